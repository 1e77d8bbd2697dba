/** A list of messages that stays in step with the workspace: a channel's, or a thread's. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { rowsOf } from "./logrows.js";
import { MessageNode } from "./message.js";
import { reconcile } from "./reconcile.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./message.js").Message} Message */

const PAGE = 60;
const MOST_KEPT = 240;
const MOST_ASKED = 1000;
const MOST_PAGES_BACK = 20;
const NEAR_END_PX = 80;

export class MessageLog {
  /** @type {Map<string, Message>} by ts */
  #messages = new Map();
  #more = false;
  #asked = 0;
  #drawing = 0;
  /** @type {any[] | null} events heard while the whole list is being asked for */
  #meanwhile = null;

  /**
   * @param {Session} session
   * @param {Object} options
   * @param {string} options.label
   * @param {(ts: string) => void} options.openThread
   * @param {() => void} [options.seen] the newest message is on the screen
   */
  constructor(session, { label, openThread, seen = () => {} }) {
    this.session = session;
    this.openThread = openThread;
    this.seen = seen;
    this.list = h("div", {
      class: "log-list",
      role: "log",
      "aria-label": label,
      "aria-live": "polite",
    });
    this.top = h("div", { class: "log-top" });
    this.newer = h(
      "button",
      { type: "button", class: "newer", hidden: true, on: { click: () => this.toEnd() } },
      icon("arrowDown"),
      "New messages",
    );
    this.scroller = h(
      "div",
      {
        class: "log",
        tabindex: "0",
        role: "region",
        "aria-label": label,
        on: {
          scroll: () => this.#scrolled(),
          keydown: (event) => this.#walk(event),
        },
      },
      this.top,
      this.list,
    );
    this.node = h("div", { class: "log-frame" }, this.scroller, this.newer);
    new ResizeObserver(() => this.pinned && this.toEnd()).observe(this.scroller);
    new ResizeObserver(() => this.pinned && this.toEnd()).observe(this.list);
  }

  /** @param {string} channel @param {string | null} [thread] @param {string | null} [lastRead] */
  async open(channel, thread = null, lastRead = null) {
    Object.assign(this, { channel, thread, lastRead, pinned: true });
    this.#messages.clear();
    this.list.replaceChildren();
    await this.reload();
  }

  /** Ask for all of it anew, as after a lost connection. */
  async reload() {
    const turn = ++this.#asked;
    this.#meanwhile = [];
    const size = Math.max(PAGE, Math.min(this.#messages.size, MOST_ASKED));
    const { messages, has_more: more } = await this.#page({ limit: size });
    if (turn !== this.#asked) return;
    this.#messages = new Map(messages.map((m) => [m.ts, m]));
    this.#more = more;
    const missed = this.#meanwhile;
    this.#meanwhile = null;
    for (const event of missed) this.heard(event);
    this.draw();
    if (this.pinned) this.toEnd();
  }

  #page(query) {
    return this.session.get("messages", {
      channel: this.channel,
      thread_ts: this.thread ?? undefined,
      ...query,
    });
  }

  async earlier() {
    const [oldest] = this.#messages.keys();
    const before = this.scroller.scrollHeight;
    const turn = this.#asked;
    const { messages, has_more: more } = await this.#page({ before: oldest, limit: PAGE });
    if (turn !== this.#asked) return;
    this.#messages = new Map([...messages.map((m) => [m.ts, m]), ...this.#messages]);
    this.#more = more;
    this.pinned = false;
    this.draw();
    this.scroller.scrollTop += this.scroller.scrollHeight - before;
  }

  /** Does a message stand in this list? @param {Message} message */
  #holds(message) {
    const root = message.thread_ts ?? message.ts;
    if (this.thread) return root === this.thread;
    return root === message.ts || message.subtype === "thread_broadcast";
  }

  /** Take in what the stream tells. @param {any} event */
  heard(event) {
    if (event.channel !== this.channel) return;
    this.#meanwhile?.push(event); // the answer on its way may be older than this
    if (event.type === "message_deleted" || event.type === "ephemeral_deleted")
      this.#forget(event.ts);
    else if (event.message && this.#holds(event.message)) this.#take(event);
  }

  #take({ type, message }) {
    if (type === "message_changed" && !this.#messages.has(message.ts)) return; // older than what is shown
    const isNew = !this.#messages.has(message.ts);
    this.#messages.set(message.ts, message);
    if (this.pinned && !this.thread) this.#forgetOldest();
    this.#soon();
    if (isNew && !this.pinned) this.newer.hidden = false;
  }

  /** A page that stays open for days keeps what can be scrolled to, not all there was. */
  #forgetOldest() {
    const spare = this.#messages.size - MOST_KEPT;
    if (spare < PAGE) return;
    for (const ts of [...this.#messages.keys()].slice(0, spare)) this.#messages.delete(ts);
    this.#more = true;
  }

  /** Bring a message onto the screen, with what came after it. @param {string} ts */
  async reveal(ts) {
    for (let i = 0; i < MOST_PAGES_BACK && this.#more && !this.#messages.has(ts); i += 1) {
      await this.earlier();
    }
    const node = this.nodeOf(ts);
    if (!node) return;
    this.pinned = false;
    node.scrollIntoView({ block: "center" });
    node.focus({ preventScroll: true });
    node.classList.add("is-found");
    node.addEventListener("animationend", () => node.classList.remove("is-found"), { once: true });
  }

  /** Where a message stands, if it is shown. @param {string | null} ts @returns {HTMLElement | null} */
  nodeOf(ts) {
    return this.list.querySelector(`[data-ts="${CSS.escape(ts ?? "")}"]`);
  }

  #dismiss({ ts }) {
    this.#forget(ts);
    this.session.post("delete", { channel: this.channel, ts }).catch(() => {});
  }

  #forget(ts) {
    if (this.#messages.delete(ts)) this.#soon();
  }

  /** A burst of events is one drawing. */
  #soon() {
    if (this.#drawing) return;
    this.#drawing = requestAnimationFrame(() => {
      this.#drawing = 0;
      this.draw();
      if (this.pinned) this.toEnd();
    });
  }

  draw() {
    const place = {
      session: this.session,
      channel: this.channel,
      inThread: Boolean(this.thread),
      openThread: this.openThread,
      dismiss: (message) => this.#dismiss(message),
    };
    const { me } = this.session;
    const { thread, lastRead } = this;
    reconcile(this.list, rowsOf([...this.#messages.values()], { me, thread, lastRead }), {
      key: (row) => row.key,
      print: (row) => row.print,
      build: (row) => (row.divider ? divider(row) : this.#built(row, place)),
      update: (node, row) => (row.divider ? relabel(node, row) : this.#updated(node, row)),
    });
    this.top.replaceChildren(
      ...(this.#more ? [this.#moreButton()] : this.intro ? [this.intro()] : []),
    );
  }

  #built(row, place) {
    const { node } = new MessageNode(row.message, place);
    node.classList.toggle("is-compact", row.compact);
    return node;
  }

  #updated(node, row) {
    MessageNode.of(node).update(row.message);
    node.classList.toggle("is-compact", row.compact);
  }

  #moreButton() {
    return h(
      "button",
      { type: "button", class: "button earlier", on: { click: () => this.earlier() } },
      "Earlier messages",
    );
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.pinned = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    if (!this.pinned) return;
    this.newer.hidden = true;
    this.seen();
  }

  /** Up and down walk from message to message, right to its tools; Enter opens the thread. */
  #walk(event) {
    const all = [...this.list.querySelectorAll(".message")];
    const on = event.target.classList.contains("message") ? event.target : null;
    if (event.target !== this.scroller && !on) return;
    const at = on ? all.indexOf(on) : all.length;
    const next = {
      ArrowUp: all[at - 1],
      ArrowDown: all[at + 1],
      ArrowRight: on?.querySelector(".tool"),
      Home: all[0],
      End: all.at(-1),
    }[event.key];
    if (event.key === "Enter" && on && !this.thread) {
      event.preventDefault();
      this.openThread(MessageNode.of(on).message.thread_ts ?? on.dataset.ts);
    }
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
}

function relabel(node, { label }) {
  node.setAttribute("aria-label", label);
  node.firstElementChild.textContent = label;
}

function divider({ divider: kind, label }) {
  return h(
    "div",
    { class: `divider divider-${kind}`, role: "separator", "aria-label": label },
    h("span", {}, label),
  );
}
