/** The inspector: what passes between the workspace and the app, its clock, its faults. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { CallsTab } from "./calls.js";
import { ClockTab } from "./clocktab.js";
import { EnvelopesTab } from "./envelopes.js";
import { FaultsTab } from "./faults.js";

/** @typedef {import("../session.js").Session} Session */

const KEY = "inspector";

export class Inspector {
  /** @param {Session} session */
  constructor(session) {
    this.session = session;
    this.tabs = [
      new EnvelopesTab(session),
      new CallsTab(session),
      new ClockTab(session),
      new FaultsTab(session),
    ];
    this.buttons = this.tabs.map((tab, index) =>
      h(
        "button",
        {
          type: "button",
          class: "tab",
          role: "tab",
          id: `inspect-tab-${index}`,
          "aria-controls": "inspect-panel",
          data: { tab: tab.name },
          on: { click: () => this.show(index) },
        },
        tab.title,
      ),
    );
    this.panel = h("div", {
      class: "inspect-panel",
      id: "inspect-panel",
      role: "tabpanel",
      tabindex: "0",
    });
    this.node = h(
      "aside",
      { class: "sheet inspector", "aria-label": "Inspector", hidden: true },
      h(
        "header",
        { class: "pane-head" },
        h(
          "div",
          {
            class: "tabs",
            role: "tablist",
            "aria-label": "Inspector",
            on: { keydown: (event) => this.#move(event) },
          },
          this.buttons,
        ),
        h("span", { class: "pane-about" }),
        h(
          "button",
          {
            type: "button",
            class: "button button-icon",
            "aria-label": "Close inspector",
            on: { click: () => this.toggle(false) },
          },
          icon("close"),
        ),
      ),
      this.panel,
    );
    this.opener = h(
      "button",
      {
        type: "button",
        class: "bar-button",
        "aria-label": "Inspector",
        title: "Inspector: envelopes, API calls, clock, faults",
        "aria-expanded": "false",
        on: { click: () => this.toggle(this.node.hidden) },
      },
      icon("gauge"),
    );
    this.index = 0;
  }

  /** Open at one of its tabs. @param {number} index */
  open(index) {
    this.index = index;
    this.toggle(true);
  }

  /** Open again where it was open before. */
  restore() {
    if (sessionStorage.getItem(KEY)) this.toggle(true);
  }

  /** @param {boolean} open */
  toggle(open) {
    this.node.hidden = !open;
    this.opener.setAttribute("aria-expanded", String(open));
    this.session.inspect(open);
    if (open) {
      sessionStorage.setItem(KEY, "1");
      this.show(this.index);
    } else {
      sessionStorage.removeItem(KEY);
    }
  }

  /** @param {number} index */
  show(index) {
    this.index = index;
    for (const [i, button] of this.buttons.entries()) {
      button.setAttribute("aria-selected", String(i === index));
      button.tabIndex = i === index ? 0 : -1;
    }
    this.panel.setAttribute("aria-labelledby", this.buttons[index].id);
    this.panel.replaceChildren(this.tabs[index].node);
    this.tabs[index].open();
  }

  #move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = (this.index + step + this.tabs.length) % this.tabs.length;
    this.show(next);
    this.buttons[next].focus();
  }
}
