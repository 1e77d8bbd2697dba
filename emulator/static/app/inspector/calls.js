/** Every Web API call that the app makes. */

import * as api from "../api.js";
import { timeWithSeconds } from "../clock.js";
import { h } from "../dom.js";
import { Ledger } from "./ledger.js";

function verdict({ status, response }) {
  if (response?.ok) return "ok";
  return response?.error ?? (status ? `HTTP ${status}` : "no answer");
}

export class CallsTab {
  name = "calls";
  title = "API calls";

  /** @param {import("../session.js").Session} session */
  constructor(session) {
    this.ledger = new Ledger({
      none: "The app has not called yet.",
      cells: (c) => [
        `#${c.n}`,
        timeWithSeconds(c.at, session.me.tz),
        h("strong", {}, c.method),
        h("span", { class: "verdict" }, verdict(c)),
        c.fault ? "fault" : "",
        `${Number(c.ms ?? 0).toFixed(1)} ms`,
      ],
      parts: (c) => ({ Request: c.body, Response: c.response, Fault: c.fault }),
      state: (c) => (c.response?.ok ? "ok" : "bad"),
    });
    this.node = this.ledger.node;
    session.on("call", ({ call }) => this.ledger.put(call));
  }

  async open() {
    const { calls } = await api.get("calls", { since: this.ledger.last });
    for (const call of calls.slice(-300)) this.ledger.put(call);
  }
}
