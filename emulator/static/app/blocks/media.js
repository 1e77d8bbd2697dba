/** Blocks for what is not text: pictures, films, files, calls. */

import { renderElement } from "../controls/elements.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { fileChip } from "../files.js";
import { link } from "../text/links.js";
import { plainText, textObject } from "../text/mrkdwn.js";

/** @typedef {import("./blocks.js").Drawing} Drawing */

/** `image` @param {any} block @param {Drawing} drawing */
export function imageBlock(block, { surface }) {
  return h(
    "figure",
    {},
    block.title && h("figcaption", {}, textObject(block.title, surface.session)),
    renderElement(
      { ...block, type: "image" },
      { surface, blockId: block.block_id, reports: false },
    ),
  );
}

/** `video`: what it is and where; nothing from elsewhere plays inside the page. */
export function video(block, { surface }) {
  const { session } = surface;
  const title = block.title ? plainText(block.title.text ?? block.title) : block.alt_text;
  const source = [block.author_name, block.provider_name].filter(Boolean).join(" · ");
  return h(
    "div",
    { class: "tile" },
    h("span", { class: "tile-sign" }, icon("play")),
    h(
      "div",
      { class: "tile-main" },
      h("div", { class: "tile-title" }, link(block.title_url || block.video_url || "", title)),
      block.description && h("div", { class: "tile-note" }, textObject(block.description, session)),
      source && h("div", { class: "tile-note" }, source),
    ),
  );
}

/** `file`: a remote file, or one of the workspace. */
export function file(block, { surface }) {
  const known = block.file ?? { id: block.file_id, name: block.external_id ?? "File" };
  return fileChip(known, surface.session);
}

/** `call` */
export function call(block) {
  const details = block.call?.v1 ?? {};
  const people = details.active_participants?.length ?? 0;
  return h(
    "div",
    { class: "tile" },
    h("span", { class: "tile-sign" }, icon("phone")),
    h(
      "div",
      { class: "tile-main" },
      h(
        "div",
        { class: "tile-title" },
        details.join_url
          ? link(details.join_url, details.name ?? "Call")
          : (details.name ?? "Call"),
      ),
      h("div", { class: "tile-note" }, people ? `${people} in the call` : (block.call_id ?? "")),
    ),
  );
}
