/** The page: its parts, and the way between its places. */

import { linkedMessage, readAddress, writeAddress } from "./address.js";
import { h } from "./dom.js";
import { Inspector } from "./inspector/drawer.js";
import { listenToKeys } from "./keys.js";
import { notices } from "./notices.js";
import { bar } from "./panes/bar.js";
import { ChannelPane } from "./panes/channel.js";
import { HomePane } from "./panes/home.js";
import { Modals } from "./panes/modal.js";
import { sidebar } from "./panes/sidebar.js";
import { ThreadPane } from "./panes/thread.js";
import { welcome } from "./panes/welcome.js";
import { nameOf } from "./people.js";
import { addressFor, channelCalled, firstChannel } from "./places.js";

/** @typedef {import("./address.js").Place} Place with ids in it */
/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./session.js").User} User */

const LAST_PERSON = "last-person";
const RECOUNT_MS = 150;
const PHONE = matchMedia("(max-width: 760px)");

export class Page {
  /** @type {Place} */
  place = { home: false, channel: null, thread: null };

  /** @param {Session} session */
  constructor(session) {
    this.session = session;
    this.channel = new ChannelPane(session, {
      openThread: (ts) => this.go({ ...this.place, thread: ts }),
    });
    this.thread = new ThreadPane(session, { close: () => this.closeThread() });
    this.home = new HomePane(session, { messages: () => this.openDm(session.app.bot_user_id) });
    this.modals = new Modals(session);
    this.inspector = new Inspector(session);
    this.main = h("main", { class: "sheet main" });
    this.welcome = welcome(session, {
      use: (given) => this.#tryOut(given),
      done: () => this.channel.composer.focus(),
    });
    this.bar = bar(session, {
      inspector: this.inspector,
      become: (user) => this.become(user),
      address: (user) => addressFor(session, user, { ...this.place, thread: null }),
      toggleSide: () => this.#sideOpen(),
    });
    document.body.replaceChildren(
      this.bar.node,
      ...notices(session),
      this.#desk(),
      this.modals.dialog,
    );
    this.#listen();
    listenToKeys(this);
  }

  #desk() {
    const shade = h("button", {
      type: "button",
      class: "side-shade",
      "aria-label": "Close the list",
      tabindex: "-1",
      on: { click: () => this.#sideOpen(false) },
    });
    const side = sidebar(this.session, this);
    return h(
      "div",
      { class: "desk" },
      side,
      shade,
      this.main,
      this.thread.node,
      this.inspector.node,
    );
  }

  #listen() {
    const { session } = this;
    session.on("conversations me", () => this.#title());
    session.on("conversations", () => this.#stillThere());
    session.on("message ephemeral", ({ channel }) => this.#recount(channel));
    addEventListener("popstate", () => this.arrive());
    addEventListener("click", (event) => this.#followed(event));
  }

  /** Messages elsewhere change the unread marks; a burst of them is one question. */
  #recount(channel) {
    if (channel === this.place.channel) return;
    this.counting ??= setTimeout(() => {
      this.counting = undefined;
      this.session.reload().catch(() => {});
    }, RECOUNT_MS);
  }

  /** Out of a channel that was left, archived away or closed to this person. */
  #stillThere() {
    const { conversations, me } = this.session;
    const { channel } = this.place;
    if (!channel || this.shownTo !== me.id || conversations.has(channel)) return;
    this.#begin({ replace: true });
  }

  #begin(options) {
    const channel = firstChannel(this.session);
    return this.go({ home: false, channel, thread: null }, options);
  }

  /** A permalink leads to its message here, as the same person. */
  #followed(event) {
    const anchor = event.target.closest?.("a[href]");
    const linked = anchor && !event.ctrlKey && !event.metaKey && linkedMessage(anchor.href);
    if (!linked || !this.session.conversations.has(linked.channel)) return;
    event.preventDefault();
    this.#reveal(linked);
  }

  async #reveal({ channel, ts, thread }) {
    const inThread = thread && thread !== ts;
    await this.go({ home: false, channel, thread: inThread ? thread : null });
    await (inThread ? this.thread : this.channel).log.reveal(ts);
  }

  #title() {
    const { me, conversations, workspace, app } = this.session;
    const mine = [...conversations.values()].filter((c) => c.is_member);
    const waiting = mine.reduce((sum, c) => sum + c.mentions, 0);
    const where = this.place.home ? `${app.name} Home` : this.channel.name;
    const parts = [where, nameOf(me), workspace.team.name].filter(Boolean);
    document.title = `${waiting ? `(${waiting}) ` : ""}${parts.join(" · ")}`;
  }

  /** Be where the address says. */
  async arrive() {
    const { as, place } = readAddress();
    const { session } = this;
    const user = this.#person(as ?? localStorage.getItem(LAST_PERSON));
    if (session.me?.id !== user.id) await session.actAs(user);
    const channel = channelCalled(session, place.channel);
    const home = place.home && session.hasHome;
    await this.go(
      {
        home,
        channel: home ? null : (channel ?? firstChannel(session)),
        thread: channel ? place.thread : null,
      },
      { replace: true },
    );
  }

  #person(wished) {
    const { people } = this.session;
    return (
      people.find((u) => u.handle === wished || u.id === wished) ??
      people.find((u) => u.offered) ??
      people[0]
    );
  }

  /** @param {Place} place @param {{replace?: boolean}} [options] */
  async go(place, { replace = false } = {}) {
    const { me } = this.session;
    const moved =
      this.place.home !== place.home ||
      this.place.channel !== place.channel ||
      this.shownTo !== me.id;
    this.place = place;
    this.shownTo = me.id;
    localStorage.setItem(LAST_PERSON, me.handle);
    writeAddress(addressFor(this.session, me, place), { replace });
    this.session.emit("place", place);
    this.#sideOpen(false);
    if (!place.thread) this.thread.close();
    if (moved) await this.#open(place);
    if (place.thread) await this.#openThread(place, !moved);
    this.#title();
  }

  async #open(place) {
    if (place.home) {
      this.channel.leave();
      this.main.replaceChildren(this.home.head, this.home.node);
      await this.home.open();
      return;
    }
    this.home.leave();
    this.main.replaceChildren(this.channel.head, this.welcome, this.channel.node);
    if (place.channel) await this.channel.open(place.channel);
    if (this.#mayTakeFocus()) this.channel.composer.focus();
  }

  /** Nobody writes elsewhere, and no phone's keyboard would jump up. */
  #mayTakeFocus() {
    const { activeElement: on } = document;
    const own = this.channel.composer.node.contains(on);
    return !PHONE.matches && (own || !on?.matches("textarea, input, dialog *"));
  }

  async #openThread({ channel, thread }, focus) {
    await this.thread.open(channel, thread, this.channel.name);
    if (focus && !PHONE.matches) this.thread.composer.focus();
  }

  /** @param {string} id */
  openChannel(id) {
    return this.go({ home: false, channel: id, thread: null });
  }

  openHome() {
    return this.go({ home: true, channel: null, thread: null });
  }

  /** @param {string} userId */
  async openDm(userId) {
    const { conversation } = await this.session.post("open_dm", { with: userId });
    this.session.conversations.set(conversation.id, conversation);
    this.session.emit("conversations");
    await this.openChannel(conversation.id);
  }

  closeThread() {
    const { thread } = this.place;
    this.go({ ...this.place, thread: null });
    this.channel.log.nodeOf(thread)?.focus();
  }

  /** Go on as somebody else, in the same place where they can see it. @param {User} user */
  async become(user) {
    const { session, place } = this;
    if (user.id === session.me.id) return;
    const before = session.conversations.get(place.channel);
    await session.actAs(user);
    const same = before && !before.is_im && session.conversations.has(before.id);
    const channel = same ? before.id : before?.is_im ? session.dmWith(before.user)?.id : null;
    await this.go({
      home: place.home,
      channel: place.home ? null : (channel ?? firstChannel(session)),
      thread: same ? place.thread : null,
    });
  }

  async #tryOut({ command, channel }) {
    const id = channelCalled(this.session, channel);
    if (id && id !== this.place.channel) await this.openChannel(id);
    this.channel.composer.write(command);
    this.channel.composer.focus();
  }

  #sideOpen(open = !document.body.classList.contains("side-open")) {
    document.body.classList.toggle("side-open", open);
    this.bar.menu.setAttribute("aria-expanded", String(open));
  }
}
