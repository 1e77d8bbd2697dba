/** The workspace's clock, and ways to move it on. */

import { post } from "../api.js";
import { momentOf, workspaceNow } from "../clock.js";
import { h } from "../dom.js";

const STEPS = [
  ["30m", "30 minutes"],
  ["4h", "4 hours"],
  ["1d", "1 day"],
];

export class ClockTab {
  name = "clock";
  title = "Clock";

  /** @param {import("../session.js").Session} session */
  constructor(session) {
    this.session = session;
    this.face = h("output", { class: "clock-face", "aria-live": "off" });
    this.note = h("p", { class: "field-hint", role: "status" });
    this.own = h("input", {
      type: "text",
      class: "text-field",
      value: "2h",
      "aria-label": "How far: a number and s, m, h or d",
    });
    this.node = h(
      "div",
      { class: "clock-tab" },
      h("div", {}, h("div", { class: "field-label" }, "It is now"), this.face),
      h(
        "div",
        {},
        h("div", { class: "field-label" }, "Move on by"),
        h(
          "div",
          { class: "button-row" },
          STEPS.map(([step, words]) =>
            h(
              "button",
              { type: "button", class: "button", on: { click: () => this.#advance(step) } },
              words,
            ),
          ),
          h(
            "form",
            {
              class: "inline-form",
              on: {
                submit: (event) => {
                  event.preventDefault();
                  this.#advance(this.own.value.trim());
                },
              },
            },
            this.own,
            h("button", { type: "submit", class: "button" }, "Advance"),
          ),
        ),
      ),
      this.note,
    );
    session.on("clock me", () => this.#draw());
    setInterval(() => this.node.isConnected && this.#draw(), 1000);
  }

  open() {
    this.#draw();
  }

  async #advance(step) {
    try {
      await post("clock", { advance: step });
      this.note.textContent = `Moved on by ${step}. What was due has begun.`;
    } catch (refused) {
      this.note.textContent = refused.message;
    }
  }

  #draw() {
    const { me } = this.session;
    this.face.textContent = `${momentOf(workspaceNow(), me.tz)} · ${me.tz}`;
  }
}
