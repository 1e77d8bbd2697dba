/**
 * Slack's own text format, read into nodes. Blocks first (fences, quotes, lines), then
 * what stands inside a line. No markup is ever made from the text.
 */

import { fragment, h } from "../dom.js";
import { dateNode } from "./dates.js";
import { emoji } from "./emoji.js";
import { link } from "./links.js";
import { broadcastMention, channelMention, groupMention, userMention } from "./mentions.js";

/** @typedef {import("../session.js").Session} Session */
/** @typedef {{session: Session, verbatim?: boolean}} Reading */

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

/** Undo the only three escapes that Slack knows. @param {string} text */
export function unescaped(text) {
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);
}

/** @param {string} text @param {Reading} reading */
export function mrkdwn(text, reading) {
  const out = fragment();
  const parts = text.split(/```\n?([\s\S]+?)\n?```/);
  parts.forEach((part, index) => {
    if (index % 2) out.append(h("pre", {}, h("code", {}, plainSpans(part, reading))));
    else quotesAndLines(out, part, reading, index > 0, index < parts.length - 1);
  });
  return out;
}

function quotesAndLines(out, text, reading, afterFence, beforeFence) {
  let rest = text;
  if (afterFence) rest = rest.replace(/^\n/, "");
  if (beforeFence) rest = rest.replace(/\n$/, "");
  if (!rest) return;
  for (const run of runs(rest.split("\n"))) {
    const body = run.lines.flatMap((line, i) => [i ? h("br") : null, inline(line, reading)]);
    out.append(run.quoted ? h("blockquote", {}, body) : h("span", { class: "lines" }, body));
  }
}

/** Neighbouring lines that are all quoted (`>`; `>>>` quotes the rest), or all not. */
function runs(lines) {
  const found = [];
  let rest = false;
  for (const line of lines) {
    rest ||= /^(&gt;){3}|^>>>/.test(line);
    const quoted = rest || /^(&gt;|>)/.test(line);
    const bare = quoted ? line.replace(/^(?:&gt;|>){1,3}\s?/, "") : line;
    if (found.at(-1)?.quoted === quoted) found.at(-1).lines.push(bare);
    else found.push({ quoted, lines: [bare] });
  }
  return found;
}

const STYLES = { "*": "strong", _: "em", "~": "s" };
const EDGE = "[\\s.,;:!?'\"“”‘’()\\[\\]{}/*_~\\-—–]";
const TOKEN = new RegExp(
  [
    "<(?<angle>[^<>\\n]+)>",
    "`(?<code>[^`\\n]+)`",
    // a mark stands alone: `**this**` is not Slack's way to be bold
    `(?<=^|${EDGE})(?<mark>[*_~])(?<!\\k<mark>{2})(?=\\S)(?!\\k<mark>)(?<marked>[^\\n]{0,1000}?\\S)\\k<mark>(?!\\k<mark>)(?=$|${EDGE}|&)`,
    ":(?<emoji>[a-z0-9_+'-]+(?:::skin-tone-\\d)?):",
    "(?<url>https?://[^\\s<>|]+[^\\s<>|.,;:!?'\")\\]])",
  ].join("|"),
  "gu",
);

/** @param {string} text @param {Reading} reading */
function inline(text, reading) {
  const out = fragment();
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    out.append(unescaped(text.slice(end, match.index)));
    out.append(token(match, reading));
    end = match.index + match[0].length;
  }
  out.append(unescaped(text.slice(end)));
  return out;
}

function token({ 0: raw, groups }, reading) {
  if (groups.angle) return angle(groups.angle, reading);
  if (groups.code) return h("code", {}, plainSpans(groups.code, reading));
  if (groups.mark) return h(STYLES[groups.mark], {}, inline(groups.marked, reading));
  if (groups.emoji) return emoji(groups.emoji) ?? raw;
  return reading.verbatim ? unescaped(raw) : link(unescaped(raw));
}

/** Code keeps its characters, but what stands in angle brackets is still resolved. */
function plainSpans(text, reading) {
  return text
    .split(/(<[^<>\n]+>)/)
    .map((part, i) => (i % 2 ? angle(part.slice(1, -1), reading) : unescaped(part)));
}

/** What stands between `<` and `>`. */
function angle(inner, { session }) {
  const [target, label] = split(inner);
  if (target.startsWith("@")) return userMention(target.slice(1), session, label);
  if (target.startsWith("#")) return channelMention(target.slice(1), session, label);
  if (target.startsWith("!date^")) return date(inner, session);
  if (target.startsWith("!subteam^")) {
    return groupMention(target.slice("!subteam^".length), session, label);
  }
  if (target.startsWith("!")) return broadcastMention(label ?? target.slice(1));
  if (!/^[a-z][a-z0-9+.-]*:/i.test(target)) return unescaped(`<${inner}>`);
  return label ? link(unescaped(target), unescaped(label)) : link(unescaped(target));
}

function split(inner) {
  const bar = inner.indexOf("|");
  return bar < 0 ? [inner, undefined] : [inner.slice(0, bar), inner.slice(bar + 1)];
}

/** `!date^1795237200^{date} at {time}^https://example.com|fallback` */
function date(inner, session) {
  const bar = inner.lastIndexOf("|");
  const fallback = bar < 0 ? "" : unescaped(inner.slice(bar + 1));
  const [, timestamp, format = "", url] = (bar < 0 ? inner : inner.slice(0, bar)).split("^");
  const moment = { timestamp: Number(timestamp), format: unescaped(format), url, fallback };
  return dateNode(moment, session.me.tz);
}

/** Text without any format but emoji: `plain_text`. @param {string} text */
export function plainText(text, { emojis = true } = {}) {
  if (!emojis) return fragment(text);
  const parts = text.split(/:([a-z0-9_+'-]+):/);
  return fragment(parts.map((part, i) => (i % 2 ? (emoji(part) ?? `:${part}:`) : part)));
}

/** A text object (`plain_text` or `mrkdwn`). @param {any} object @param {Session} session */
export function textObject(object, session) {
  if (!object) return fragment();
  if (typeof object === "string") return plainText(object);
  if (object.type === "mrkdwn") {
    return mrkdwn(object.text ?? "", { session, verbatim: object.verbatim });
  }
  return plainText(object.text ?? "", { emojis: object.emoji !== false });
}
