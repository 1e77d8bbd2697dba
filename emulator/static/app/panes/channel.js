/** The open conversation: its head, its messages, the composer. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { MessageLog } from "../log.js";
import { avatar, badge, nameOf } from "../people.js";
import { Composer } from "./composer.js";

/** @typedef {import("../session.js").Session} Session */

const READ_AFTER_MS = 250;

export class ChannelPane {
  /** @param {Session} session @param {{openThread: (ts: string) => void, menu: () => void}} go */
  constructor(session, go) {
    this.session = session;
    this.go = go;
    this.head = h("header", { class: "pane-head" });
    this.log = new MessageLog(session, {
      label: "Messages",
      openThread: go.openThread,
      seen: () => this.#seen(),
    });
    this.log.intro = () => this.#intro();
    this.composer = new Composer(session, { place: () => ({ channel: this.id, thread: null }) });
    this.footer = h("div", { class: "pane-foot" });
    this.node = h("div", { class: "pane-body" }, this.log.node, this.footer);
    session.on("message message_changed message_deleted ephemeral ephemeral_deleted", (event) => {
      this.log.heard(event);
      if (event.type === "message" && event.channel === this.id) this.#seen();
    });
    session.on("resumed", () => this.id && this.log.reload());
    session.on("clock people", () => this.id && this.log.draw());
    session.on("conversations", () => this.id && this.#dress());
    addEventListener("focus", () => this.#seen());
  }

  get conversation() {
    return this.session.conversations.get(this.id);
  }

  /** @param {string} id */
  async open(id) {
    this.id = id;
    this.left = false;
    const { conversation } = this;
    const lastRead = conversation?.unread ? conversation.last_read : null;
    this.#dress();
    this.composer.begin(this.name);
    await this.log.open(id, null, lastRead);
    this.#seen();
  }

  /** Nothing of it is shown now. */
  leave() {
    this.id = null;
  }

  /** "#content-team", or the other person's name. */
  get name() {
    const { conversation } = this;
    if (!conversation) return "";
    if (conversation.is_im) return nameOf(this.session.users.get(conversation.user));
    if (conversation.is_mpim)
      return conversation.members.map((m) => nameOf(this.session.users.get(m))).join(", ");
    return `#${conversation.name}`;
  }

  #dress() {
    const { conversation } = this;
    if (!conversation) return;
    const writable = conversation.is_member && !conversation.archived && !this.#readOnly;
    this.head.replaceChildren(...this.#headParts(conversation));
    this.footer.replaceChildren(writable ? this.composer.node : this.#outside(conversation));
  }

  #headParts(conversation) {
    const other = conversation.is_im ? this.session.users.get(conversation.user) : null;
    const sign = other
      ? avatar(other, { size: "small", presence: true })
      : icon(conversation.is_private ? "lock" : "hash");
    const about = other ? other.title : conversation.topic || conversation.purpose;
    return [
      h("span", { class: "pane-sign" }, sign),
      h(
        "h1",
        { class: "pane-title" },
        other ? nameOf(other) : conversation.is_mpim ? this.name : conversation.name,
      ),
      badge(other) ?? "",
      conversation.is_ext_shared
        ? h("span", { class: "badge badge-shared" }, icon("shared"), "Shared outside")
        : "",
      conversation.archived ? h("span", { class: "badge" }, "Archived") : "",
      h("span", { class: "pane-about", title: about || null }, about || ""),
      other ? "" : this.#members(conversation),
    ];
  }

  #members(conversation) {
    const people = conversation.members.map((id) => this.session.users.get(id)).filter(Boolean);
    return h(
      "span",
      {
        class: "pane-members",
        title: people.map(nameOf).join(", "),
        role: "img",
        "aria-label": `${people.length} members: ${people.map(nameOf).join(", ")}`,
      },
      people.slice(0, 4).map((user) => avatar(user, { size: "small" })),
      h("span", { "aria-hidden": "true" }, people.length),
    );
  }

  /** An app may not want to be written to. */
  get #readOnly() {
    const { app } = this.session;
    return app.messages_read_only === true && this.conversation.user === app.bot_user_id;
  }

  #outside(conversation) {
    if (this.#readOnly) {
      return h("div", { class: "outside" }, "Sending messages to this app has been turned off.");
    }
    if (conversation.archived) return h("div", { class: "outside" }, "This channel is archived.");
    const join = () =>
      this.session.post("join", { channel: this.id }).then(() => this.session.reload());
    return h(
      "div",
      { class: "outside" },
      h("span", {}, "You are looking at ", h("strong", {}, this.name), " without being a member."),
      h(
        "button",
        { type: "button", class: "button button-solid is-primary", on: { click: join } },
        "Join channel",
      ),
    );
  }

  #intro() {
    const { conversation } = this;
    if (!conversation) return "";
    const purpose = conversation.purpose || conversation.topic;
    const other = conversation.is_im ? this.session.users.get(conversation.user) : null;
    return h(
      "div",
      { class: "intro" },
      h(
        "span",
        { class: "intro-sign" },
        other ? avatar(other, { size: "large" }) : icon(conversation.is_private ? "lock" : "hash"),
      ),
      h("h2", {}, this.name),
      h(
        "p",
        {},
        other
          ? `The beginning of your conversation with ${this.name}.`
          : `The beginning of ${this.name}. ${purpose ?? ""}`,
      ),
    );
  }

  /** What is on the screen of somebody who looks is read. */
  #seen() {
    clearTimeout(this.reading);
    this.reading = setTimeout(() => {
      if (!this.id || !this.log.pinned || document.visibilityState !== "visible") return;
      if (this.conversation?.unread)
        this.session.post("read", { channel: this.id }).catch(() => {});
    }, READ_AFTER_MS);
  }
}
