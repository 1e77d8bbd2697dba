/** `attachments`: Slack's older way to dress a message, still in use for its colour bar. */

import { renderBlocks } from "./blocks/blocks.js";
import { h } from "./dom.js";
import { link } from "./text/links.js";
import { mrkdwn, plainText } from "./text/mrkdwn.js";

/** @typedef {import("./surface.js").Surface} Surface */

const NAMED = { good: "#2e9e6b", warning: "#d9a021", danger: "#d1453b" };

/** @param {any[]} list @param {Surface} surface */
export function attachments(list, surface) {
  return h(
    "div",
    { class: "attachments" },
    list.map((each) => attachment(each, surface)),
  );
}

function attachment(given, surface) {
  const { session } = surface;
  const colour =
    NAMED[given.color] ??
    (/^#?[0-9a-f]{6}$/i.test(given.color ?? "") ? `#${given.color.replace("#", "")}` : null);
  const text = (value) => value && h("div", { class: "text" }, mrkdwn(value, { session }));
  const body = h("div", { class: "blocks" });
  if (given.blocks?.length) renderBlocks(body, given.blocks, surface);
  return h(
    "div",
    { class: "attachment", css: colour ? { "--hue": colour } : {} },
    text(given.pretext),
    given.author_name && h("div", { class: "tile-note" }, given.author_name),
    given.title &&
      h(
        "div",
        { class: "tile-title" },
        given.title_link ? link(given.title_link, given.title) : plainText(given.title),
      ),
    body,
    given.blocks?.length ? null : text(given.text ?? given.fallback),
    given.fields?.length > 0 && h("div", { class: "fields" }, given.fields.map(field)),
    given.footer && h("div", { class: "tile-note" }, given.footer),
  );

  function field({ title, value }) {
    return h("div", {}, h("strong", {}, title), text(value));
  }
}
