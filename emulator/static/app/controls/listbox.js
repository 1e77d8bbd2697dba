/** A list of options that is walked with the arrow keys while focus stays elsewhere. */

import { h, uniqueId } from "../dom.js";

/**
 * @typedef {Object} Entry
 * @property {string} value
 * @property {import("../dom.js").Child} label
 * @property {string} words what typing is compared with
 * @property {import("../dom.js").Child} [note] a second line
 * @property {Node | null} [sign] an icon or avatar
 * @property {string} [group]
 */

export class Listbox {
  /** @type {Entry[]} */
  entries = [];
  #active = -1;

  /**
   * @param {Object} options
   * @param {HTMLElement} options.owner where the keyboard's focus is
   * @param {string} options.label
   * @param {boolean} [options.multiple]
   * @param {(entry: Entry) => boolean} [options.isSelected]
   * @param {(entry: Entry) => void} options.picked
   */
  constructor({ owner, label, multiple = false, isSelected = () => false, picked }) {
    Object.assign(this, { owner, multiple, isSelected, picked });
    this.node = h("div", {
      id: uniqueId("listbox"),
      class: "listbox",
      role: "listbox",
      "aria-label": label,
      "aria-multiselectable": multiple ? "true" : null,
    });
    owner.setAttribute("aria-controls", this.node.id);
  }

  /** @param {Entry[]} entries @param {string} [none] said where there are none */
  show(entries, none = "Nothing found") {
    this.entries = entries;
    const rows = [];
    let group;
    entries.forEach((entry, index) => {
      if (entry.group && entry.group !== group) {
        rows.push(h("div", { class: "option-group", role: "presentation" }, entry.group));
      }
      group = entry.group;
      rows.push(this.#row(entry, index));
    });
    if (!entries.length) rows.push(h("div", { class: "option-none" }, none));
    this.node.replaceChildren(...rows);
    const chosen = this.multiple ? -1 : entries.findIndex((e) => this.isSelected(e));
    this.#activate(entries.length ? Math.max(chosen, 0) : -1);
  }

  #row(entry, index) {
    return h(
      "div",
      {
        id: `${this.node.id}-${index}`,
        class: "option",
        role: "option",
        "aria-selected": String(this.isSelected(entry)),
        data: { value: entry.value, index },
        on: {
          mousedown: (event) => event.preventDefault(), // focus stays with the owner
          mousemove: () => this.#active !== index && this.#activate(index, false),
          click: () => this.picked(entry),
        },
      },
      entry.sign,
      h(
        "span",
        { class: "option-text" },
        h("span", { class: "option-label" }, entry.label),
        entry.note ? h("span", { class: "option-note" }, entry.note) : null,
      ),
    );
  }

  #activate(index, scroll = true) {
    this.#active = index;
    for (const row of this.node.querySelectorAll(".option")) {
      const active = Number(row.dataset.index) === index;
      row.classList.toggle("is-active", active);
      if (active && scroll) row.scrollIntoView({ block: "nearest" });
    }
    if (index < 0) this.owner.removeAttribute("aria-activedescendant");
    else this.owner.setAttribute("aria-activedescendant", `${this.node.id}-${index}`);
  }

  /** @type {Entry | undefined} */
  get active() {
    return this.entries[this.#active];
  }

  /** Take an arrow, Home, End or Enter key. @returns {boolean} whether it was one */
  key(event) {
    const last = this.entries.length - 1;
    const next = { ArrowDown: this.#active + 1, ArrowUp: this.#active - 1 }[event.key];
    if (next !== undefined && last >= 0) this.#activate(next > last ? 0 : next < 0 ? last : next);
    else if (event.key === "Enter" && this.active) this.picked(this.active);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}
