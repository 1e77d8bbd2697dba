/** One message: who, when, what, and what hangs on it. */

import { renderBlocks } from "./blocks/blocks.js";
import { momentOf, agoOf, timeOf } from "./clock.js";
import { openMenu } from "./controls/menu.js";
import { fragment, h } from "./dom.js";
import { fileChip } from "./files.js";
import { icon } from "./icons.js";
import { avatar, badge, nameOf } from "./people.js";
import { Surface } from "./surface.js";
import { attachments } from "./attachments.js";
import { emoji, REACTIONS } from "./text/emoji.js";
import { mrkdwn } from "./text/mrkdwn.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {Object<string, any>} Message Slack's message object, as the workspace gives it */

/**
 * @typedef {Object} MessagePlace
 * @property {Session} session
 * @property {string} channel
 * @property {boolean} inThread
 * @property {(ts: string) => void} openThread
 * @property {(message: Message) => void} dismiss hides an ephemeral note
 */

/** Whoever wrote it. @param {Message} message @param {Session} session */
export function authorOf(message, session) {
  const user = session.users.get(message.user ?? session.app.bot_user_id);
  if (!message.username) return user;
  return { ...user, real_name: message.username };
}

/** A message that stays the same node while it changes. */
export class MessageNode {
  /** @type {WeakMap<Element, MessageNode>} */
  static #of = new WeakMap();

  /** @param {Element} node */
  static of(node) {
    return MessageNode.#of.get(node);
  }

  /** @param {Message} message @param {MessagePlace} place */
  constructor(message, place) {
    this.place = place;
    const { session, channel } = place;
    this.trouble = h("div", { class: "trouble", role: "alert", hidden: true });
    this.surface = new Surface(session, { channel, ts: message.ts }, "message", (text) =>
      this.#complain(text),
    );
    this.surface.currentChannel = channel;
    this.parts = {
      gutter: h("div", { class: "gutter" }),
      byline: h("div", { class: "byline" }),
      note: h("div", { class: "only-you" }),
      body: h("div", { class: "blocks" }),
      extras: h("div", { class: "extras" }),
      foot: h("div", { class: "message-foot" }),
    };
    const { gutter, byline, note, body, extras, foot } = this.parts;
    this.node = h(
      "article",
      { class: "message", tabindex: "-1", data: { ts: message.ts, channel } },
      gutter,
      h("div", { class: "message-main" }, note, byline, body, extras, this.trouble, foot),
      this.#tools(),
    );
    MessageNode.#of.set(this.node, this);
    this.update(message);
  }

  /** @param {Message} message */
  update(message) {
    const { session } = this.place;
    this.message = message;
    this.surface.state = message.state ?? {};
    const author = authorOf(message, session);
    const at = Number(message.ts);
    this.node.setAttribute("aria-label", `${nameOf(author)}, ${timeOf(at, session.me.tz)}`);
    this.node.classList.toggle("is-private", message.ephemeral === true);
    this.node.classList.toggle("is-notice", NOTICES.has(message.subtype));
    this.parts.gutter.replaceChildren(avatar(author), this.#time("gutter-time"));
    this.parts.byline.replaceChildren(
      this.#author(author),
      badge(author) ?? "",
      this.#time("time"),
    );
    this.parts.note.replaceChildren(
      ...(message.ephemeral ? [icon("eye"), "Only visible to you", this.#dismiss()] : []),
    );
    this.#body();
    this.parts.extras.replaceChildren(fragment(this.#edited(), this.#files(), this.#reactions()));
    this.parts.foot.replaceChildren(this.#replies());
  }

  #author(author) {
    return h("span", { class: "author" }, nameOf(author));
  }

  #time(name) {
    const { me } = this.place.session;
    const at = Number(this.message.ts);
    return h(
      "time",
      { class: name, datetime: new Date(at * 1000).toISOString(), title: momentOf(at, me.tz) },
      timeOf(at, me.tz),
    );
  }

  /** The text stands in for blocks; with blocks it is only for notifications. */
  #body() {
    const { message, surface, place } = this;
    const blocks = message.blocks ?? [];
    const said = { type: "said", text: message.text ?? "" };
    const drawn = blocks.length || !said.text ? blocks : [];
    renderBlocks(this.parts.body, drawn, surface);
    this.plain?.remove();
    this.plain =
      drawn === blocks
        ? null
        : h("div", { class: "text" }, mrkdwn(said.text, { session: place.session }));
    if (this.plain) this.parts.body.before(this.plain);
    this.attached?.remove();
    this.attached = message.attachments?.length ? attachments(message.attachments, surface) : null;
    if (this.attached) this.parts.body.after(this.attached);
  }

  /** Slack marks the edits of people; an app's cards just change. */
  #edited() {
    const { message } = this;
    return message.edited && !message.bot_id ? h("span", { class: "edited" }, "(edited)") : null;
  }

  #files() {
    const files = this.message.files ?? [];
    return files.length
      ? h(
          "div",
          { class: "files" },
          files.map((f) => fileChip(f, this.place.session)),
        )
      : null;
  }

  #reactions() {
    const reactions = this.message.reactions ?? [];
    if (!reactions.length) return null;
    const { session } = this.place;
    const chip = ({ name, users, count }) => {
      const mine = users.includes(session.me.id);
      return h(
        "button",
        {
          type: "button",
          class: "reaction",
          "aria-pressed": String(mine),
          title: users.map((id) => nameOf(session.users.get(id))).join(", "),
          on: { click: () => this.#react(name, mine) },
        },
        emoji(name) ?? `:${name}:`,
        ` ${count}`,
      );
    };
    return h("div", { class: "reactions" }, reactions.map(chip));
  }

  #react(name, remove) {
    const { session, channel } = this.place;
    session
      .post("react", { channel, ts: this.message.ts, name, remove })
      .catch((e) => this.#complain(e.message));
  }

  #replies() {
    const { reply_count: count, reply_users: users = [], latest_reply: latest } = this.message;
    if (!count || this.place.inThread) return "";
    const { session } = this.place;
    return h(
      "button",
      {
        type: "button",
        class: "replies",
        on: { click: () => this.place.openThread(this.message.ts) },
      },
      users.slice(0, 4).map((id) => avatar(session.users.get(id), { size: "small" })),
      h("span", { class: "replies-count" }, count === 1 ? "1 reply" : `${count} replies`),
      latest && h("span", { class: "replies-last" }, `Last ${agoOf(Number(latest))}`),
    );
  }

  #dismiss() {
    return h(
      "button",
      {
        type: "button",
        class: "plain-button",
        on: { click: () => this.place.dismiss(this.message) },
      },
      "Dismiss",
    );
  }

  #tools() {
    const tool = (label, sign, run) =>
      h(
        "button",
        {
          type: "button",
          class: "tool",
          tabindex: "-1",
          "aria-label": label,
          title: label,
          on: { click: run, keydown: (event) => this.#toolKey(event) },
        },
        icon(sign),
      );
    const react = (event) => {
      const mine = (name) =>
        this.message.reactions
          ?.find((r) => r.name === name)
          ?.users.includes(this.place.session.me.id);
      openMenu(
        event.currentTarget,
        REACTIONS.map((name) => ({
          label: fragment(emoji(name), ` ${name.replaceAll("_", " ")}`),
          run: () => this.#react(name, mine(name)),
        })),
      );
    };
    return h(
      "div",
      { class: "tools", role: "toolbar", "aria-label": "Message" },
      tool("React", "face", react),
      tool("More", "dots", (event) => openMenu(event.currentTarget, this.#more())),
      this.place.inThread
        ? null
        : tool("Reply in thread", "reply", () =>
            this.place.openThread(this.message.thread_ts ?? this.message.ts),
          ),
    );
  }

  #more() {
    const { session, channel } = this.place;
    const { ts, user } = this.message;
    const link = `${location.origin}/archives/${channel}/p${ts.replace(".", "")}`;
    const copy = { label: "Copy link", run: () => navigator.clipboard.writeText(link) };
    const remove = {
      label: "Delete message",
      run: () => session.post("delete", { channel, ts }).catch((e) => this.#complain(e.message)),
    };
    return user === session.me.id && !this.message.bot_id ? [copy, remove] : [copy];
  }

  #toolKey(event) {
    const { currentTarget: on } = event;
    const next = {
      ArrowRight: on.nextElementSibling,
      ArrowLeft: on.previousElementSibling ?? this.node,
      Escape: this.node,
    }[event.key];
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
  }

  #complain(text) {
    this.trouble.hidden = text === null;
    this.trouble.replaceChildren(...(text === null ? [] : [icon("warning"), text]));
  }
}

/** Messages that only say that something happened to the conversation. */
const NOTICES = new Set([
  "channel_join",
  "channel_leave",
  "channel_archive",
  "channel_unarchive",
  "channel_name",
  "channel_topic",
  "channel_purpose",
  "group_join",
  "group_leave",
  "bot_add",
  "bot_remove",
]);
