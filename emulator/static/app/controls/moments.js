/** Fields for days and times. */

import { h } from "../dom.js";
import { choose, marks, valueIn } from "./slot.js";

/** @typedef {import("./slot.js").Slot} Slot */

function moment(element, slot, type, { toField, fromField }) {
  const shown = () => toField(valueIn(slot, element)) ?? "";
  const node = h("input", {
    type,
    class: "text-field moment-field",
    ...marks(slot, element),
    value: shown(),
    on: {
      change: async () => {
        const value = fromField(node.value);
        const before = shown();
        if (value === null && slot.reports) return;
        if (!(await choose(slot, element, value, node))) node.value = before;
      },
    },
  });
  if (!slot.labelledBy) node.setAttribute("aria-label", element.placeholder?.text ?? LABELS[type]);
  return node;
}

const LABELS = { date: "Date", time: "Time", "datetime-local": "Date and time" };
const AS_IT_IS = { toField: (value) => value, fromField: (text) => text || null };

/** `datepicker` */
export function datePicker(element, slot) {
  return moment(element, slot, "date", AS_IT_IS);
}

/** `timepicker` */
export function timePicker(element, slot) {
  return moment(element, slot, "time", AS_IT_IS);
}

/** `datetimepicker`: seconds since 1970, shown in the time zone of the acting person. */
export function dateTimePicker(element, slot) {
  const zone = slot.surface.session.me.tz;
  return moment(element, slot, "datetime-local", {
    toField: (seconds) => (seconds ? wallTime(seconds, zone) : ""),
    fromField: (text) => (text ? epochOf(text, zone) : null),
  });
}

/** "2026-11-21T17:05" on a clock in `zone`. @param {number} seconds @param {string} zone */
export function wallTime(seconds, zone) {
  const parts = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  }).format(new Date(seconds * 1000));
  return parts.replace(" ", "T");
}

/** The moment at which a clock in `zone` shows `wall`. @param {string} wall */
export function epochOf(wall, zone) {
  const asUtc = Date.parse(`${wall}:00Z`) / 1000;
  const shift = (at) => Date.parse(`${wallTime(at, zone)}:00Z`) / 1000 - at;
  return asUtc - shift(asUtc - shift(asUtc));
}
