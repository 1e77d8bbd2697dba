/**
 * One picker for every select: static, external, of people, of conversations; one value
 * or several; with groups and a search field.
 */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { float } from "./floating.js";
import { Listbox } from "./listbox.js";

/** @typedef {import("./listbox.js").Entry} Entry */

const SEARCH_FROM = 8;

/**
 * @param {Object} options
 * @param {Object} options.marks attributes of the control
 * @param {string} options.placeholder
 * @param {boolean} options.multiple
 * @param {number | undefined} options.most how many may be chosen
 * @param {boolean} options.alwaysSearch
 * @param {Entry[]} options.chosen what is chosen now
 * @param {(query: string) => Entry[] | Promise<Entry[]>} options.find
 * @param {(values: string[], node: Element) => Promise<boolean>} options.change
 */
export function picker(options) {
  return new Picker(options).node;
}

class Picker {
  constructor(options) {
    this.options = options;
    this.chosen = options.chosen;
    this.face = h("span", { class: "picker-face" });
    this.button = h(
      "button",
      {
        type: "button",
        class: "picker-button",
        role: "combobox",
        "aria-haspopup": "listbox",
        "aria-expanded": "false",
        ...named(options),
        on: { click: () => this.toggle(), keydown: (e) => this.#openKey(e) },
      },
      this.face,
      icon("chevronDown"),
    );
    this.search = h("input", {
      type: "text",
      class: "picker-search",
      role: "combobox",
      autocomplete: "off",
      "aria-expanded": "true",
      "aria-autocomplete": "list",
      "aria-label": "Search",
      placeholder: "Search",
      on: {
        input: () => this.#refresh(),
        keydown: (event) => this.#key(event),
      },
    });
    this.list = new Listbox({
      owner: this.search,
      label: options.placeholder,
      multiple: options.multiple,
      isSelected: (entry) => this.chosen.some((c) => c.value === entry.value),
      picked: (entry) => this.#pick(entry),
    });
    this.button.setAttribute("aria-controls", this.list.node.id);
    this.menu = h(
      "div",
      { class: "picker-menu", popover: "auto", on: { toggle: (e) => this.#toggled(e) } },
      h("div", { class: "picker-search-row" }, icon("search"), this.search),
      this.list.node,
    );
    this.tokens = h("div", { class: "picker-tokens" });
    this.node = h(
      "div",
      { class: "picker", data: options.marks.data },
      options.multiple ? this.tokens : null,
      this.button,
      this.menu,
    );
    this.#draw();
  }

  toggle() {
    if (this.menu.matches(":popover-open")) this.menu.hidePopover();
    else this.#open();
  }

  #open() {
    this.search.value = "";
    float(this.button, this.menu, { match: true });
    this.search.focus();
    this.#refresh();
  }

  #openKey(event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    this.#open();
  }

  #toggled(event) {
    const open = event.newState === "open";
    this.button.setAttribute("aria-expanded", String(open));
    if (!open && this.menu.contains(document.activeElement)) this.button.focus();
  }

  #key(event) {
    if (this.list.key(event)) return;
    if (event.key === "Tab") this.menu.hidePopover();
    if (event.key === "Backspace" && !this.search.value && this.options.multiple) {
      this.#commit(this.chosen.slice(0, -1));
    }
  }

  async #refresh() {
    const query = this.search.value.trim();
    this.asked = query;
    let entries;
    try {
      const found = this.options.find(query);
      if (found instanceof Promise) this.list.show([], "Looking…");
      entries = await found;
    } catch (refused) {
      if (this.asked === query) this.list.show([], refused.message);
      return;
    }
    if (this.asked !== query) return;
    this.list.show(entries, query ? `Nothing found for “${query}”` : "Nothing to choose from");
    const few = entries.length < SEARCH_FROM && !query && !this.options.alwaysSearch;
    this.search.parentElement.classList.toggle("is-hushed", few);
  }

  #pick(entry) {
    if (!this.options.multiple) {
      this.menu.hidePopover();
      this.button.focus();
      this.#commit([entry]);
      return;
    }
    const without = this.chosen.filter((c) => c.value !== entry.value);
    const added = without.length === this.chosen.length;
    if (added && this.chosen.length >= (this.options.most ?? Infinity)) return;
    this.#commit(added ? [...without, entry] : without);
    this.search.value = "";
    this.#refresh();
    this.search.focus();
  }

  async #commit(chosen) {
    const before = this.chosen;
    this.chosen = chosen;
    this.#draw();
    const kept = await this.options.change(
      chosen.map((c) => c.value),
      this.button,
    );
    if (kept) return;
    this.chosen = before;
    this.#draw();
  }

  #draw() {
    const { multiple, placeholder } = this.options;
    const single = !multiple && this.chosen[0];
    this.face.replaceChildren(
      ...(single
        ? [
            single.sign?.cloneNode(true) ?? "",
            h("span", { class: "picker-value" }, copy(single.label)),
          ]
        : [placeholder]),
    );
    this.button.classList.toggle("is-empty", !single);
    this.button.setAttribute("data-value", this.chosen.map((c) => c.value).join(" "));
    if (multiple) this.tokens.replaceChildren(...this.chosen.map((entry) => this.#token(entry)));
  }

  #token(entry) {
    const drop = () => {
      this.#commit(this.chosen.filter((c) => c.value !== entry.value));
      this.button.focus();
    };
    return h(
      "span",
      { class: "token" },
      entry.sign?.cloneNode(true),
      copy(entry.label),
      h(
        "button",
        {
          type: "button",
          class: "token-drop",
          "aria-label": `Remove ${entry.words}`,
          on: { click: drop },
        },
        icon("close"),
      ),
    );
  }
}

/** Labels are nodes; a node can stand in one place only. */
function copy(label) {
  return label instanceof Node ? label.cloneNode(true) : label;
}

/** The button has the name (its label's, else the placeholder); the wrapper has the data. */
function named({ marks, placeholder }) {
  const { data: _data, ...attributes } = marks;
  return attributes["aria-labelledby"] ? attributes : { ...attributes, "aria-label": placeholder };
}
