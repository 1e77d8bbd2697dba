/** Blocks that frame others: `alert`, `card`, `carousel`, `container`, `auth_provider`. */

import { renderElement } from "../controls/elements.js";
import { h, uniqueId } from "../dom.js";
import { icon } from "../icons.js";
import { link } from "../text/links.js";
import { textObject } from "../text/mrkdwn.js";
import { richText } from "../text/richtext.js";

/** @typedef {import("./blocks.js").Drawing} Drawing */

const SIGNS = { error: "warning", info: "info", success: "check", warning: "warning" };

/** @param {any} block @param {Drawing} drawing */
export function alert(block, { surface }) {
  const level = block.level ?? "default";
  return h(
    "div",
    { data: { level }, role: "note" },
    icon(SIGNS[level] ?? "info"),
    h("div", { class: "text" }, textObject(block.text, surface.session)),
  );
}

/** @param {any} block @param {Drawing} drawing */
export function card(block, { surface }) {
  const { session } = surface;
  const slot = { surface, blockId: block.block_id, reports: true };
  const picture = (element) => renderElement({ ...element, type: "image" }, slot);
  return h(
    "div",
    { class: "card" },
    block.hero_image && h("div", { class: "card-hero" }, picture(block.hero_image)),
    h(
      "div",
      { class: "card-head" },
      block.icon && h("span", { class: "card-icon" }, picture(block.icon)),
      h(
        "div",
        {},
        block.title && h("div", { class: "card-title" }, textObject(block.title, session)),
        block.subtitle && h("div", { class: "card-subtitle" }, textObject(block.subtitle, session)),
      ),
    ),
    block.body && h("div", { class: "card-body text" }, textObject(block.body, session)),
    block.actions?.length > 0 &&
      h(
        "div",
        { class: "card-actions" },
        block.actions.map((a) => renderElement(a, slot)),
      ),
  );
}

/** @param {any} block @param {Drawing} drawing */
export function carousel(block, drawing) {
  const cards = (block.elements ?? []).map((element) => {
    const node = card({ block_id: block.block_id, ...element }, drawing);
    if (element.block_id) node.dataset.blockId = element.block_id;
    return node;
  });
  return h("div", { tabindex: "0", role: "group", "aria-label": `${cards.length} cards` }, cards);
}

/** @param {any} block @param {Drawing} drawing */
export function container(block, { surface, errors, blocks }) {
  const { session } = surface;
  const id = uniqueId("container");
  const slot = { surface, blockId: block.block_id, reports: false };
  const body = h("div", { id, class: "container-body blocks" });
  blocks(body, block.child_blocks ?? [], surface, errors);
  const head = h(
    "div",
    { class: "container-head" },
    block.icon &&
      h("span", { class: "card-icon" }, renderElement({ ...block.icon, type: "image" }, slot)),
    h(
      "div",
      { class: "container-titles" },
      h(
        "div",
        { class: "card-title" },
        block.rich_text_title
          ? richText(block.rich_text_title, session)
          : textObject(block.title, session),
      ),
      block.subtitle && h("div", { class: "card-subtitle" }, textObject(block.subtitle, session)),
    ),
    block.is_collapsible && fold(body, id, block.default_collapsed === true),
  );
  return h(
    "div",
    { data: { width: block.width ?? "standard", divided: block.has_header_divider ? "" : null } },
    head,
    body,
  );
}

function fold(body, id, collapsed) {
  body.hidden = collapsed;
  const button = h(
    "button",
    {
      type: "button",
      class: "button button-icon",
      "aria-controls": id,
      "aria-expanded": String(!collapsed),
      "aria-label": "Details",
      on: {
        click: () => {
          body.hidden = !body.hidden;
          button.setAttribute("aria-expanded", String(!body.hidden));
        },
      },
    },
    icon("chevronDown"),
  );
  return button;
}

/** @param {any} block @param {Drawing} drawing */
export function authProvider(block, { surface }) {
  const { session } = surface;
  const slot = { surface, blockId: block.block_id, reports: true };
  const about = [block.connected_identity, block.connected_context]
    .map((t) => t?.text ?? t)
    .filter(Boolean)
    .join(" · ");
  const url = block.is_connected ? block.disconnect_url : block.auth_url;
  return h(
    "div",
    { class: "tile" },
    h("span", { class: "tile-sign" }, icon("link")),
    h(
      "div",
      { class: "tile-main" },
      h("div", { class: "tile-title" }, textObject(block.name, session)),
      h(
        "div",
        { class: "tile-note" },
        block.is_connected
          ? about || "Connected"
          : block.description && textObject(block.description, session),
      ),
    ),
    url &&
      h("span", { class: "tile-link" }, link(url, block.is_connected ? "Disconnect" : "Connect")),
    block.is_connected && block.accessory && renderElement(block.accessory, slot),
  );
}
