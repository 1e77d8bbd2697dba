/** Blocks that are read. */

import { renderElement } from "../controls/elements.js";
import { h } from "../dom.js";
import { markdown } from "../text/markdown.js";
import { textObject } from "../text/mrkdwn.js";

/** @typedef {import("./blocks.js").Drawing} Drawing */

const LONG = 700;

/** `section` @param {any} block @param {Drawing} drawing */
export function section(block, { surface }) {
  const { session } = surface;
  const slot = { surface, blockId: block.block_id, reports: true };
  const text = block.text && h("div", { class: "text" }, textObject(block.text, session));
  const fields =
    block.fields?.length > 0 &&
    h(
      "div",
      { class: "fields" },
      block.fields.map((f) => h("div", { class: "text" }, textObject(f, session))),
    );
  return h(
    "div",
    {},
    h("div", { class: "section-main" }, text && folded(text, block), fields),
    block.accessory && h("div", { class: "accessory" }, renderElement(block.accessory, slot)),
  );
}

/** Slack folds a long section behind "See more", unless it says `expand`. */
function folded(text, block) {
  if (block.expand || (block.text.text ?? "").length <= LONG) return text;
  text.classList.add("is-folded");
  const more = h(
    "button",
    {
      type: "button",
      class: "see-more",
      "aria-expanded": "false",
      on: {
        click: () => {
          const open = !text.classList.toggle("is-folded");
          more.textContent = open ? "See less" : "See more";
          more.setAttribute("aria-expanded", String(open));
        },
      },
    },
    "See more",
  );
  return h("div", {}, text, more);
}

/** `header` */
export function header(block, { surface }) {
  return h(surface.kind === "modal" ? "h3" : "h2", {}, textObject(block.text, surface.session));
}

/** `divider` */
export function divider() {
  return h("hr");
}

/** `context`: small print. */
export function context(block, { surface }) {
  const slot = { surface, blockId: block.block_id, reports: false };
  const item = (element) =>
    element.type === "image"
      ? renderElement(element, slot)
      : h("span", { class: "text" }, textObject(element, surface.session));
  return h("div", {}, (block.elements ?? []).map(item));
}

/** `markdown` */
export function markdownBlock(block) {
  return h("div", { class: "markdown text" }, markdown(block.text ?? ""));
}
