/** Keys that work everywhere. */

import { openSwitcher } from "./panes/switcher.js";

/** In the order in which F6 walks them. */
const REGIONS = [
  ".actas-people",
  ".side",
  ".main .log",
  ".main .composer",
  ".thread:not([hidden])",
  ".inspector:not([hidden])",
];
const WITHIN = '[aria-checked="true"], [aria-current], textarea, button, [tabindex="0"]';

/** @param {import("./page.js").Page} page */
export function listenToKeys(page) {
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (!document.querySelector("dialog[open]")) openSwitcher(page.session, page);
    }
    if (event.key === "F6") {
      event.preventDefault();
      nextRegion(event.shiftKey ? -1 : 1);
    }
  });
}

function nextRegion(step) {
  const regions = REGIONS.map((r) => document.querySelector(r)).filter(Boolean);
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions.at((at + step) % regions.length);
  (next.matches(".log") ? next : next.querySelector(WITHIN))?.focus();
}
