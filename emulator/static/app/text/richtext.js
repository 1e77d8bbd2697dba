/** `rich_text`: text that is already a tree, so that nothing in it is ever parsed. */

import { fragment, h } from "../dom.js";
import { dateNode } from "./dates.js";
import { emoji } from "./emoji.js";
import { link } from "./links.js";
import { broadcastMention, channelMention, groupMention, userMention } from "./mentions.js";

/** @typedef {import("../session.js").Session} Session */

/** @param {{elements?: any[]}} block @param {Session} session */
export function richText(block, session) {
  return h(
    "div",
    { class: "rich-text" },
    (block.elements ?? []).map((e) => part(e, session)),
  );
}

/** @type {Object<string, (element: any, session: Session) => Node>} */
const PARTS = {
  rich_text_section: (e, s) => h("div", { class: "rt-section" }, spans(e, s)),
  rich_text_quote: (e, s) => h("blockquote", {}, spans(e, s)),
  rich_text_preformatted: (e, s) => h("pre", {}, h("code", {}, spans(e, s))),
  rich_text_list: (e, s) =>
    h(
      e.style === "ordered" ? "ol" : "ul",
      {
        class: "rt-list",
        data: { indent: e.indent ?? 0, border: e.border ?? null },
        start: e.offset ? e.offset + 1 : null,
      },
      (e.elements ?? []).map((entry) => h("li", {}, spans(entry, s))),
    ),
};

function part(element, session) {
  const make = PARTS[element.type];
  return make ? make(element, session) : span(element, session);
}

function spans(element, session) {
  return fragment((element.elements ?? []).map((e) => span(e, session)));
}

const lines = (text) =>
  fragment(
    String(text ?? "")
      .split("\n")
      .flatMap((line, i) => [i ? h("br") : null, line]),
  );

/** @type {Object<string, (element: any, session: Session) => Node | string>} */
const SPANS = {
  text: (e) => lines(e.text),
  link: (e) => link(e.url, e.text || e.url),
  user: (e, s) => userMention(e.user_id, s),
  channel: (e, s) => channelMention(e.channel_id, s),
  usergroup: (e, s) => groupMention(e.usergroup_id, s),
  team: (e, s) => s.workspace.team.name,
  broadcast: (e) => broadcastMention(e.range),
  emoji: (e) => emoji(e.name) ?? unicode(e.unicode) ?? `:${e.name}:`,
  date: (e, s) => dateNode(e, s.me.tz),
  color: (e) => h("span", { class: "colour" }, swatch(e.value), e.value),
};

function span(element, session) {
  const make = SPANS[element.type];
  const node = make ? make(element, session) : unknown(element);
  return styled(node, element.style ?? {});
}

const STYLES = { code: "code", strike: "s", italic: "em", bold: "strong", underline: "u" };

function styled(node, style) {
  let out = node;
  for (const [name, tag] of Object.entries(STYLES)) if (style[name]) out = h(tag, {}, out);
  return out;
}

function unicode(points) {
  if (!/^[0-9a-f]{2,6}(-[0-9a-f]{2,6})*$/i.test(points ?? "")) return null;
  return String.fromCodePoint(...points.split("-").map((point) => Number.parseInt(point, 16)));
}

function swatch(value) {
  const known = /^#[0-9a-f]{3,8}$/i.test(value ?? "");
  return h("span", { class: "swatch", css: known ? { "--hue": value } : {} });
}

function unknown(element) {
  return h("span", { class: "unknown-span" }, `[${element.type ?? "?"}]`);
}
