/** Socket Mode, envelope by envelope, with the time the app took. */

import * as api from "../api.js";
import { timeWithSeconds } from "../clock.js";
import { h } from "../dom.js";
import { Ledger } from "./ledger.js";

const DEADLINE_MS = 3000;
const SLOW_MS = 1500;

const WORDS = { sent: "waiting…", timed_out: "no ack in 3 s", undelivered: "no app connected" };

export class EnvelopesTab {
  name = "envelopes";
  title = "Envelopes";

  /** @param {import("../session.js").Session} session */
  constructor(session) {
    this.session = session;
    this.ledger = new Ledger({
      none: "No envelope yet. Press a button, or send a command.",
      cells: (e) => [
        `#${e.n}`,
        timeWithSeconds(e.sent_at, session.me.tz),
        h("strong", {}, e.kind ?? e.type),
        e.redelivery ? `again (${e.redelivery})` : "",
        e.connection ? `connection ${e.connection}` : "",
        meter(e),
      ],
      parts: (e) => ({ "Sent to the app": e.payload, Answered: e.ack_payload, Fault: e.fault }),
      state: (e) =>
        e.status === "timed_out" || e.status === "undelivered"
          ? "bad"
          : e.acked_ms > SLOW_MS
            ? "slow"
            : "ok",
    });
    this.node = this.ledger.node;
    session.on("envelope", ({ envelope }) => this.ledger.put(envelope));
  }

  async open() {
    const { envelopes } = await api.get("envelopes", { since: this.ledger.last });
    for (const envelope of envelopes) this.ledger.put(envelope);
  }
}

/** How much of the three seconds went by. */
function meter({ status, acked_ms: ms }) {
  if (ms === null || ms === undefined)
    return h("span", { class: "meter-word" }, WORDS[status] ?? status);
  const share = `${Math.min(100, Math.max(2, (ms / DEADLINE_MS) * 100)).toFixed(1)}%`;
  return h(
    "span",
    { class: "meter" },
    h("span", { class: "meter-bar", css: { "--share": share } }),
    `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`,
  );
}
