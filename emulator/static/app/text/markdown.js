/**
 * Standard Markdown (the `markdown` block): marked's lexer finds the tokens, the nodes
 * are made here. HTML in it is shown as the characters it is made of; an image becomes a
 * link, as in Slack.
 */

import { fragment, h } from "../dom.js";
import { Lexer } from "../../vendor/marked/marked.esm.js";
import { plainText } from "./mrkdwn.js";
import { link } from "./links.js";

/** @param {string} text */
export function markdown(text) {
  return nodes(new Lexer({ gfm: true, breaks: true }).lex(text));
}

/** @type {Object<string, (token: any) => Node | string | null>} */
const MAKE = {
  space: () => null,
  br: () => h("br"),
  hr: () => h("hr"),
  def: () => null,
  escape: (t) => t.text,
  html: (t) => t.raw,
  codespan: (t) => h("code", {}, t.text),
  code: (t) => h("pre", { data: { lang: t.lang || null } }, h("code", {}, t.text)),
  text: (t) => (t.tokens ? nodes(t.tokens) : plainText(decoded(t.text))),
  strong: (t) => h("strong", {}, nodes(t.tokens)),
  em: (t) => h("em", {}, nodes(t.tokens)),
  del: (t) => h("s", {}, nodes(t.tokens)),
  link: (t) => link(t.href, nodes(t.tokens)),
  image: (t) => link(t.href, t.text || t.href),
  paragraph: (t) => h("p", {}, nodes(t.tokens)),
  heading: (t) =>
    h("p", { class: "md-heading", role: "heading", "aria-level": 3 }, nodes(t.tokens)),
  blockquote: (t) => h("blockquote", {}, nodes(t.tokens)),
  checkbox: () => null,
  list: (t) =>
    h(
      t.ordered ? "ol" : "ul",
      { start: t.ordered && t.start !== 1 ? t.start : null },
      t.items.map(item),
    ),
  table,
};

function nodes(tokens) {
  return fragment(tokens.map((token) => (MAKE[token.type] ?? ((t) => t.raw))(token)));
}

function item(token) {
  if (!token.task) return h("li", {}, nodes(token.tokens));
  const box = h("input", { type: "checkbox", checked: token.checked, disabled: true });
  return h("li", { class: "md-task" }, h("label", {}, box, h("span", {}, nodes(token.tokens))));
}

function table(token) {
  const cell = (tag) => (c) => h(tag, { data: { align: c.align } }, nodes(c.tokens));
  return h(
    "div",
    { class: "table-scroll", tabindex: "0", role: "group", "aria-label": "Table" },
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, token.header.map(cell("th")))),
      h(
        "tbody",
        {},
        token.rows.map((row) => h("tr", {}, row.map(cell("td")))),
      ),
    ),
  );
}

const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** Markdown knows HTML's entities; these are the ones in use, and the numbered ones. */
function decoded(text) {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));/gi, (whole, dec, hex, name) => {
    if (name) return NAMED[name] ?? whole;
    const code = dec ? Number(dec) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
  });
}
