/** App Home: what the app has published for the acting person. */

import { renderBlocks } from "../blocks/blocks.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { avatar } from "../people.js";
import { Surface } from "../surface.js";

/** @typedef {import("../session.js").Session} Session */

export class HomePane {
  /** @param {Session} session @param {{messages: () => void}} go */
  constructor(session, go) {
    this.session = session;
    const bot = session.users.get(session.app.bot_user_id);
    this.head = h(
      "header",
      { class: "pane-head" },
      h("span", { class: "pane-sign" }, avatar(bot, { size: "small" })),
      h("h1", { class: "pane-title" }, session.app.name),
      h(
        "div",
        { class: "tabs", role: "tablist", "aria-label": session.app.name },
        h("button", { type: "button", class: "tab", role: "tab", "aria-selected": "true" }, "Home"),
        h(
          "button",
          {
            type: "button",
            class: "tab",
            role: "tab",
            "aria-selected": "false",
            on: { click: () => go.messages() },
          },
          "Messages",
        ),
      ),
    );
    this.trouble = h("div", { class: "trouble", role: "alert", hidden: true });
    this.blocks = h("div", { class: "blocks" });
    this.empty = h(
      "div",
      { class: "empty" },
      icon("home"),
      h("p", {}, `${session.app.name} has not published a Home for you yet.`),
    );
    this.node = h(
      "div",
      { class: "pane-body" },
      h(
        "div",
        { class: "log home", tabindex: "0", role: "region", "aria-label": "Home" },
        this.trouble,
        this.blocks,
        this.empty,
      ),
    );
    session.on("home", ({ view }) => this.shown && this.#draw(view));
    session.on("resumed", () => this.shown && this.#ask("home"));
  }

  async open() {
    this.shown = true;
    this.surface = null;
    const { view } = await this.session.post("open_home", {});
    this.#draw(view);
  }

  leave() {
    this.shown = false;
  }

  async #ask() {
    this.#draw((await this.session.get("home")).view);
  }

  #draw(view) {
    this.empty.hidden = Boolean(view);
    this.blocks.hidden = !view;
    if (!view) return;
    if (this.surface?.place.view_id !== view.id) {
      this.surface = new Surface(this.session, { view_id: view.id }, "home", (text) =>
        this.#say(text),
      );
      this.blocks.replaceChildren();
    }
    this.node.dataset.viewId = view.id;
    this.surface.state = view.state?.values ?? {};
    renderBlocks(this.blocks, view.blocks ?? [], this.surface);
  }

  #say(text) {
    this.trouble.hidden = text === null;
    this.trouble.replaceChildren(...(text === null ? [] : [icon("warning"), text]));
  }
}
