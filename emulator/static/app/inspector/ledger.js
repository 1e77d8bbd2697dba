/** A growing table of what happened, newest first; each row opens to show all it holds. */

import { h } from "../dom.js";

const MOST_ROWS = 300;

export class Ledger {
  /** @type {Map<number, any>} by number */
  #items = new Map();
  /** @type {Map<number, HTMLElement>} */
  #rows = new Map();

  /**
   * @param {Object} options
   * @param {string} options.none said while there is nothing
   * @param {(item: any) => import("../dom.js").Child[]} options.cells
   * @param {(item: any) => Object<string, any>} options.parts what an open row shows, by title
   * @param {(item: any) => string} options.state `ok`, `slow`, `bad` or ``
   */
  constructor({ none, cells, parts, state }) {
    Object.assign(this, { cells, parts, state });
    this.empty = h("p", { class: "empty" }, none);
    this.list = h("div", { class: "ledger" });
    this.node = h("div", {}, this.empty, this.list);
  }

  /** The greatest number known. */
  get last() {
    return Math.max(0, ...this.#items.keys());
  }

  /** @param {any} item with `n`; the same `n` again is the same thing, changed */
  put(item) {
    this.#items.set(item.n, item);
    this.empty.hidden = true;
    const row = this.#row(item);
    const old = this.#rows.get(item.n);
    if (old) {
      row.open = old.open;
      old.replaceWith(row);
    } else {
      this.list.prepend(row);
    }
    this.#rows.set(item.n, row);
    this.#trim();
  }

  #row(item) {
    const body = h("div", { class: "ledger-body" });
    const row = h(
      "details",
      {
        class: "ledger-row",
        data: { n: item.n, state: this.state(item) },
        on: {
          toggle: () => row.open && !body.firstChild && body.append(...this.#body(item)),
        },
      },
      h(
        "summary",
        {},
        this.cells(item).map((cell) => h("span", {}, cell)),
      ),
      body,
    );
    return row;
  }

  #body(item) {
    return Object.entries(this.parts(item))
      .filter(([, value]) => value !== null && value !== undefined)
      .flatMap(([title, value]) => [
        h("h3", {}, title),
        h("pre", { tabindex: "0" }, h("code", {}, JSON.stringify(value, null, 2))),
      ]);
  }

  #trim() {
    while (this.#rows.size > MOST_ROWS) {
      const oldest = Math.min(...this.#rows.keys());
      this.#rows.get(oldest).remove();
      this.#rows.delete(oldest);
      this.#items.delete(oldest);
    }
  }
}
