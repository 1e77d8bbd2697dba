/** The workspace's clock, and times as the acting person reads them. */

let offset = 0;

/** Follow the workspace's clock. @param {number} now seconds since 1970, there */
export function setWorkspaceNow(now) {
  offset = now - Date.now() / 1000;
}

/** Seconds since 1970 by the workspace's clock. */
export function workspaceNow() {
  return Date.now() / 1000 + offset;
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

function format(seconds, zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) {
    formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  }
  return formats.get(key).format(new Date(seconds * 1000));
}

/** "17:05" */
export function timeOf(seconds, zone) {
  return format(seconds, zone, { hour: "2-digit", minute: "2-digit" });
}

/** "17:05:09" */
export function timeWithSeconds(seconds, zone) {
  return format(seconds, zone, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** "Sat, 21 Nov 2026, 17:05:09": for a time's tooltip. */
export function momentOf(seconds, zone) {
  return format(seconds, zone, {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
}

/** "2026-11-21": equal for two moments of the same day. */
export function dayKey(seconds, zone) {
  const parts = { year: "numeric", month: "2-digit", day: "2-digit" };
  return format(seconds, zone, parts).split("/").reverse().join("-");
}

/** -1 yesterday, 0 today, 1 tomorrow, … by the workspace's clock. */
export function daysFromToday(seconds, zone) {
  const day = Date.parse(dayKey(seconds, zone));
  return Math.round((day - Date.parse(dayKey(workspaceNow(), zone))) / 86_400_000);
}

const NEAR = new Map([
  [-1, "Yesterday"],
  [0, "Today"],
  [1, "Tomorrow"],
]);

/** "Today", "Yesterday" or "Thursday, 19 November". */
export function dayOf(seconds, zone) {
  return (
    NEAR.get(daysFromToday(seconds, zone)) ??
    format(seconds, zone, { weekday: "long", day: "numeric", month: "long" })
  );
}

/** "just now", "5 minutes ago", "in 3 hours". */
export function agoOf(seconds) {
  const gap = seconds - workspaceNow();
  const size = Math.abs(gap);
  if (size < 45) return "just now";
  const [unit, length] =
    size < 3600 ? ["minute", 60] : size < 86_400 ? ["hour", 3600] : ["day", 86_400];
  const words = new Intl.RelativeTimeFormat("en", { numeric: "always" });
  return words.format(Math.round(gap / length), unit);
}

export { format as formatTime };
