/** A menu of things to do, opened by a button. */

import { h } from "../dom.js";
import { float } from "./floating.js";

/**
 * @typedef {Object} MenuEntry
 * @property {import("../dom.js").Child} label
 * @property {import("../dom.js").Child} [note]
 * @property {string} [value]
 * @property {boolean} [checked] makes it one of a choice
 * @property {() => void} run
 */

/**
 * @param {HTMLElement} anchor
 * @param {MenuEntry[]} entries
 * @param {{align?: "start" | "end", above?: boolean, label?: string}} [options]
 */
export function openMenu(anchor, entries, { align = "end", above = false, label } = {}) {
  const menu = h("div", {
    class: "menu",
    role: "menu",
    popover: "auto",
    "aria-label": label ?? anchor.getAttribute("aria-label"),
    on: { keydown: (event) => move(menu, event), toggle: (event) => closed(anchor, menu, event) },
  });
  menu.append(...entries.map((entry) => item(menu, entry)));
  anchor.after(menu);
  anchor.setAttribute("aria-expanded", "true");
  float(anchor, menu, { align, above });
  (menu.querySelector('[aria-checked="true"]') ?? menu.firstElementChild)?.focus();
}

function item(menu, entry) {
  const choice = entry.checked !== undefined;
  return h(
    "button",
    {
      type: "button",
      class: "menu-item",
      role: choice ? "menuitemradio" : "menuitem",
      "aria-checked": choice ? String(entry.checked) : null,
      data: { value: entry.value },
      on: {
        click: () => {
          menu.hidePopover();
          entry.run();
        },
      },
    },
    h("span", { class: "menu-label" }, entry.label),
    entry.note ? h("span", { class: "option-note" }, entry.note) : null,
  );
}

function move(menu, event) {
  const items = [...menu.children];
  const at = items.indexOf(document.activeElement);
  const next = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  }[event.key];
  if (event.key === "Tab") menu.hidePopover();
  if (next === undefined) return;
  event.preventDefault();
  items[next].focus();
}

function closed(anchor, menu, event) {
  if (event.newState === "open") return;
  anchor.setAttribute("aria-expanded", "false");
  if (menu.contains(document.activeElement)) anchor.focus();
  menu.remove();
}
