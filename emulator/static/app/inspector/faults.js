/** Things that go wrong, by request. */

import * as api from "../api.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";

const METHODS = [
  "chat.postMessage",
  "chat.update",
  "chat.postEphemeral",
  "views.open",
  "views.update",
  "views.push",
  "views.publish",
  "conversations.open",
  "users.info",
  "apps.connections.open",
  "files.getUploadURLExternal",
  "*",
  "response_url",
];

/** Kind → what it does, what it can hit, and the one number or word it takes. */
const KINDS = {
  lose_ack: ["the ack is lost: the person sees a failure", "socket"],
  duplicate: ["an envelope arrives twice", "socket"],
  lose_envelope: ["an envelope never arrives", "socket"],
  drop_socket: ["the connection drops right after an envelope", "socket"],
  error: ["Slack answers with an error", "method", "error", "internal_error"],
  rate_limit: ["429, with Retry-After in seconds", "method", "retry_after", 30],
  latency: ["Slack is slow, by milliseconds", "method", "ms", 2500],
  http_500: ["HTTP 500", "method"],
  drop: ["not done, and the connection drops", "method"],
  did_it_then_dropped: ["done, but the answer never comes", "method"],
};

export class FaultsTab {
  name = "faults";
  title = "Faults";

  /** @param {import("../session.js").Session} session */
  constructor(session) {
    this.session = session;
    const option = (value, words = value) => h("option", { value }, words);
    this.kind = h(
      "select",
      { class: "text-field", "aria-label": "What goes wrong", on: { change: () => this.#fit() } },
      Object.entries(KINDS).map(([kind, [words]]) =>
        option(kind, `${kind.replaceAll("_", " ")}: ${words}`),
      ),
    );
    this.target = h(
      "select",
      { class: "text-field", "aria-label": "Where" },
      METHODS.map((m) => option(m)),
    );
    this.extra = h("input", { type: "text", class: "text-field", "aria-label": "With" });
    this.times = h("input", {
      type: "number",
      class: "text-field",
      min: "1",
      value: "1",
      "aria-label": "How many times",
    });
    this.note = h("p", { class: "field-hint", role: "status" });
    this.list = h("ul", { class: "fault-list" });
    const socket = (what, words) =>
      h(
        "button",
        {
          type: "button",
          class: "button",
          on: {
            click: () =>
              this.#then(api.post("socket", { do: what }), `Done: ${words.toLowerCase()}.`),
          },
        },
        words,
      );
    this.node = h(
      "div",
      { class: "faults-tab" },
      h(
        "div",
        { class: "button-row" },
        h("span", { class: "inline-label" }, "Connections"),
        socket("refresh", "Ask to reconnect"),
        socket("drop", "Drop"),
        socket("pause", "Pause"),
        socket("resume", "Resume"),
      ),
      h(
        "form",
        {
          class: "inline-form",
          on: {
            submit: (event) => {
              event.preventDefault();
              this.#arm();
            },
          },
        },
        this.kind,
        this.target,
        this.extra,
        h("label", { class: "inline-label" }, "times", this.times),
        h("button", { type: "submit", class: "button button-solid is-danger" }, "Arm"),
      ),
      this.note,
      this.list,
    );
    this.#fit();
  }

  async open() {
    const { faults } = await api.get("faults");
    this.list.replaceChildren(...faults.map((fault) => this.#row(fault)));
    if (!faults.length) this.note.textContent = "Nothing is armed: all goes well.";
  }

  #fit() {
    const [, where, extra, value] = KINDS[this.kind.value];
    this.target.hidden = where === "socket";
    this.extra.hidden = !extra;
    if (extra) this.extra.value = value;
  }

  async #arm() {
    const [, where, extra] = KINDS[this.kind.value];
    const fault = {
      kind: this.kind.value,
      target: where === "socket" ? "socket" : this.target.value,
      times: Number(this.times.value) || 1,
    };
    if (extra) fault[extra] = extra === "error" ? this.extra.value : Number(this.extra.value);
    await this.#then(api.post("fault", fault), "Armed.");
  }

  async #then(answer, words) {
    try {
      await answer;
      this.note.textContent = words;
      await this.open();
    } catch (refused) {
      this.note.textContent = refused.message;
    }
  }

  #row(fault) {
    const { id, kind, target, times } = fault;
    return h(
      "li",
      { class: "token" },
      icon("warning"),
      `${kind.replaceAll("_", " ")} · ${target} · ${times === null ? "always" : `${times} ×`}`,
      h(
        "button",
        {
          type: "button",
          class: "token-drop",
          "aria-label": `Remove ${kind}`,
          on: { click: () => this.#then(api.remove(`fault?id=${id}`), "Removed.") },
        },
        icon("close"),
      ),
    );
  }
}
