/** Files that go with the next message. */

import { upload } from "../api.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";

export class Enclosures {
  /** @type {any[]} Slack's file objects */
  files = [];

  /**
   * @param {import("../session.js").Session} session
   * @param {Object} then
   * @param {() => void} then.changed
   * @param {(text: string) => void} then.refused
   */
  constructor(session, { changed, refused }) {
    Object.assign(this, { session, changed, refused });
    this.chips = h("div", { class: "composer-files", hidden: true });
    this.input = h("input", {
      type: "file",
      multiple: true,
      hidden: true,
      on: { change: () => this.#add() },
    });
    this.button = h(
      "button",
      {
        type: "button",
        class: "tool",
        "aria-label": "Attach files",
        title: "Attach files",
        on: { click: () => this.input.click() },
      },
      icon("plus"),
    );
  }

  /** @param {any[]} files */
  put(files) {
    this.files = files;
    this.chips.hidden = files.length === 0;
    this.chips.replaceChildren(...files.map((file) => this.#chip(file)));
    this.changed();
  }

  async #add() {
    try {
      for (const file of this.input.files) {
        this.put([...this.files, await upload(this.session.me.id, file)]);
      }
    } catch (refused) {
      this.refused(refused.message);
    }
    this.input.value = "";
  }

  #chip(file) {
    const drop = () => this.put(this.files.filter((f) => f !== file));
    return h(
      "span",
      { class: "token" },
      icon("file"),
      file.name,
      h(
        "button",
        {
          type: "button",
          class: "token-drop",
          "aria-label": `Remove ${file.name}`,
          on: { click: drop },
        },
        icon("close"),
      ),
    );
  }
}
