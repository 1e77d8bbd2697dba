/** A thread, beside its channel. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { MessageLog } from "../log.js";
import { Composer } from "./composer.js";

/** @typedef {import("../session.js").Session} Session */

export class ThreadPane {
  /** @param {Session} session @param {{close: () => void}} go */
  constructor(session, go) {
    this.session = session;
    this.log = new MessageLog(session, { label: "Thread", openThread: () => {} });
    this.composer = new Composer(session, {
      inThread: true,
      place: () => ({ channel: this.channel, thread: this.ts }),
    });
    this.where = h("span", { class: "pane-about" });
    this.node = h(
      "aside",
      {
        class: "sheet thread",
        "aria-label": "Thread",
        hidden: true,
        on: {
          keydown: (event) => {
            if (event.key !== "Escape" || event.defaultPrevented) return;
            go.close();
          },
        },
      },
      h(
        "header",
        { class: "pane-head" },
        h("span", { class: "pane-sign" }, icon("reply")),
        h("h2", { class: "pane-title" }, "Thread"),
        this.where,
        h(
          "button",
          {
            type: "button",
            class: "button button-icon",
            "aria-label": "Close thread",
            title: "Close (Esc)",
            on: { click: () => go.close() },
          },
          icon("close"),
        ),
      ),
      h(
        "div",
        { class: "pane-body" },
        this.log.node,
        h("div", { class: "pane-foot" }, this.composer.node),
      ),
    );
    session.on(
      "message message_changed message_deleted ephemeral ephemeral_deleted",
      (event) => this.ts && this.log.heard(event),
    );
    session.on("resumed", () => this.ts && this.log.reload());
    session.on("clock people", () => this.ts && this.log.draw());
  }

  /** @param {string} channel @param {string} ts @param {string} channelName */
  async open(channel, ts, channelName) {
    if (this.channel === channel && this.ts === ts && !this.node.hidden) return;
    Object.assign(this, { channel, ts });
    this.node.hidden = false;
    this.node.dataset.thread = ts;
    this.where.textContent = channelName;
    this.composer.begin(channelName);
    await this.log.open(channel, ts);
  }

  close() {
    this.node.hidden = true;
    this.ts = null;
  }
}
