/**
 * `<!date^…>`: a moment in the reader's own time zone, in Slack's formats
 * (docs.slack.dev, "Formatting text for app surfaces", date formatting).
 */

import {
  agoOf,
  dayKey,
  daysFromToday,
  formatTime,
  momentOf,
  timeOf,
  timeWithSeconds,
} from "../clock.js";
import { h } from "../dom.js";
import { link } from "./links.js";

const LONG = { weekday: "long", month: "long", day: "numeric", year: "numeric" };
const PLAIN = { month: "long", day: "numeric", year: "numeric" };
const SHORT = { month: "short", day: "numeric", year: "numeric" };
const NEAR = new Map([
  [-1, "yesterday"],
  [0, "today"],
  [1, "tomorrow"],
]);

const pretty = (options) => (s, zone) =>
  NEAR.get(daysFromToday(s, zone)) ?? formatTime(s, zone, options);
const plain = (options) => (s, zone) => formatTime(s, zone, options);

/** @type {Object<string, (seconds: number, zone: string) => string>} */
const TOKENS = {
  date_num: dayKey,
  date_slash: plain({ year: "numeric", month: "2-digit", day: "2-digit" }),
  date_long: plain(LONG),
  date_long_full: plain(LONG),
  date_long_pretty: pretty(LONG),
  date: plain(PLAIN),
  date_pretty: pretty(PLAIN),
  date_short: plain(SHORT),
  date_short_pretty: pretty(SHORT),
  day_divider_pretty: pretty(LONG),
  time: timeOf,
  time_secs: timeWithSeconds,
  ago: agoOf,
};

/**
 * @param {Object} date
 * @param {number} date.timestamp seconds since 1970
 * @param {string} date.format with `{tokens}`
 * @param {string} [date.url]
 * @param {string} [date.fallback] shown where the format is not understood
 * @param {string} zone the reader's IANA time zone
 */
export function dateNode({ timestamp, format, url, fallback }, zone) {
  const words = format.replace(/\{(\w+)\}/g, (whole, name) =>
    TOKENS[name] ? TOKENS[name](timestamp, zone) : whole,
  );
  const text = Number.isFinite(timestamp) && !/\{\w+\}/.test(words) ? words : fallback || words;
  const shown = text.charAt(0) === format.charAt(0) ? text : capitalised(text);
  const props = Number.isFinite(timestamp)
    ? { datetime: new Date(timestamp * 1000).toISOString(), title: momentOf(timestamp, zone) }
    : {};
  const node = h("time", props, shown);
  return url ? link(url, node) : node;
}

function capitalised(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
