/** The page: its parts, and the way between its places. */

import { addressOf, linkedMessage, readAddress, writeAddress } from "./address.js";
import * as api from "./api.js";
import { timeOf, workspaceNow } from "./clock.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { Inspector } from "./inspector/drawer.js";
import { actAs } from "./panes/actas.js";
import { ChannelPane } from "./panes/channel.js";
import { HomePane } from "./panes/home.js";
import { Modals } from "./panes/modal.js";
import { sidebar } from "./panes/sidebar.js";
import { openSwitcher } from "./panes/switcher.js";
import { ThreadPane } from "./panes/thread.js";
import { welcome } from "./panes/welcome.js";
import { nameOf } from "./people.js";
import { Session } from "./session.js";
import { themeButton } from "./theme.js";

/** @typedef {import("./address.js").Place} Place with ids in it */

const LAST_PERSON = "last-person";
const LEFT_AFTER_MS = 5000;
const MISSING_AFTER_MS = 2000;
const RECOUNT_MS = 150;

class Page {
  /** @type {Place} */
  place = { home: false, channel: null, thread: null };

  /** @param {Session} session */
  constructor(session) {
    this.session = session;
    this.channel = new ChannelPane(session, { openThread: (ts) => this.go({ ...this.place, thread: ts }) });
    this.thread = new ThreadPane(session, { close: () => this.closeThread() });
    this.home = new HomePane(session, { messages: () => this.openDm(session.app.bot_user_id) });
    this.modals = new Modals(session);
    this.inspector = new Inspector(session);
    this.main = h("main", { class: "sheet main", id: "main" });
    this.lost = h("div", { class: "lost", role: "status", hidden: true }, icon("warning"), "The local workspace does not answer. Trying again…");
    this.side = sidebar(session, { current: () => this.place, home: () => this.openHome(),
      channel: (id) => this.openChannel(id), dm: (id) => this.openDm(id) });
    this.alone = h("div", { class: "lost", role: "status", hidden: true }, icon("info"),
      `${session.app.name} is not connected: nobody answers commands and buttons until it starts.`);
    document.body.replaceChildren(this.#bar(), this.lost, this.alone, h("div", { class: "desk" }, this.side,
      h("button", { type: "button", class: "side-shade", "aria-label": "Close the list", tabindex: "-1", on: { click: () => this.#sideOpen(false) } }),
      this.main, this.thread.node, this.inspector.node), this.modals.dialog);
    this.welcome = welcome(session, (given) => this.#tryOut(given), () => {
      this.welcome = null;
      this.channel.composer.focus();
    });
    this.#listen();
  }

  #bar() {
    const { session } = this;
    const team = session.workspace.team.name;
    this.menu = h("button", { type: "button", class: "bar-button bar-menu", "aria-label": "Conversations", "aria-expanded": "false", on: { click: () => this.#sideOpen() } }, icon("menu"));
    this.clock = h("button", { type: "button", class: "bar-clock", title: "The workspace's clock", on: {
      click: () => { this.inspector.index = 2; this.inspector.toggle(true); } } });
    const [people, beside] = actAs(session, { become: (user) => this.become(user), address: (user) => this.#address(user, { ...this.place, thread: null }) });
    return h("header", { class: "bar" }, this.menu,
      h("span", { class: "bar-team" }, h("span", { class: "bar-mark", "aria-hidden": "true" }, team.slice(0, 1)), h("span", { class: "bar-name" }, team)),
      people,
      h("span", { class: "bar-tools" }, this.clock, beside, themeButton(), this.inspector.opener));
  }

  #listen() {
    const { session } = this;
    session.on("connection", (up) => { this.lost.hidden = up; });
    session.on("conversations me", () => this.#title());
    session.on("message ephemeral", (event) => event.channel !== this.place.channel && this.#recount());
    session.on("clock me", () => this.#tick());
    setInterval(() => this.#tick(), 5000);
    session.on("conversations", () => this.#stillThere());
    session.on("presence_of_app me", () => this.#appPresence());
    addEventListener("popstate", () => this.arrive());
    addEventListener("click", (event) => this.#followed(event));
    document.addEventListener("visibilitychange", () => this.#visibility());
    addEventListener("keydown", (event) => this.#key(event));
  }

  /** Messages elsewhere change the unread marks; a burst of them is one question. */
  #recount() {
    this.counting ??= setTimeout(() => {
      this.counting = undefined;
      this.session.reload().catch(() => {});
    }, RECOUNT_MS);
  }

  #visibility() {
    clearTimeout(this.leaving);
    const seen = document.visibilityState === "visible";
    if (seen) this.session.watch(true);
    else this.leaving = setTimeout(() => this.session.watch(false), LEFT_AFTER_MS);
  }

  /** Out of a channel that was left, archived away or closed to this person. */
  #stillThere() {
    const { channel } = this.place;
    if (channel && this.shownTo === this.session.me.id && !this.session.conversations.has(channel)) {
      this.go({ home: false, channel: this.#firstChannel(), thread: null }, { replace: true });
    }
  }

  #appPresence() {
    clearTimeout(this.missing);
    const { app } = this.session;
    if (app.connections) this.alone.hidden = true;
    else this.missing = setTimeout(() => { this.alone.hidden = false; }, MISSING_AFTER_MS);
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

  #tick() {
    this.clock.textContent = timeOf(workspaceNow(), this.session.me.tz);
  }

  #title() {
    const { me, conversations, workspace } = this.session;
    const waiting = [...conversations.values()].reduce((sum, c) => sum + (c.is_member ? c.mentions : 0), 0);
    const where = this.place.home ? `${this.session.app.name} Home` : this.channel.name;
    document.title = `${waiting ? `(${waiting}) ` : ""}${where} · ${nameOf(me)} · ${workspace.team.name}`;
  }

  /** Be where the address says. */
  async arrive() {
    const { as, place } = readAddress();
    const { session } = this;
    const wished = as ?? localStorage.getItem(LAST_PERSON);
    const user = session.people.find((u) => u.handle === wished || u.id === wished) ?? session.people.find((u) => u.offered) ?? session.people[0];
    if (session.me?.id !== user.id) await session.actAs(user);
    const channel = this.#channelId(place.channel);
    await this.go({ home: place.home, channel: place.home ? null : (channel ?? this.#firstChannel()), thread: channel ? place.thread : null }, { replace: true });
  }

  /** @param {string | null} name as in the address @returns {string | null} */
  #channelId(name) {
    const { session } = this;
    if (!name) return null;
    if (name.startsWith("@")) return session.dmWith(session.user(name.slice(1))?.id)?.id ?? null;
    if (session.conversations.has(name)) return name;
    return [...session.conversations.values()].find((c) => c.name === name.replace(/^#/, ""))?.id ?? null;
  }

  #firstChannel() {
    const { conversations, workspace } = this.session;
    const mine = [...conversations.values()].filter((c) => c.is_member && !c.is_im && !c.archived);
    const wished = this.#channelId(workspace.welcome?.channel ?? null);
    return (mine.find((c) => c.id === wished) ?? mine[0] ?? [...conversations.values()][0])?.id ?? null;
  }

  /** @param {import("./session.js").User} user @param {Place} place */
  #address(user, place) {
    const conversation = this.session.conversations.get(place.channel);
    const other = conversation?.is_im ? this.session.users.get(conversation.user) : null;
    const foreign = conversation && user.id !== this.session.me?.id && !conversation.members.includes(user.id);
    const channel = foreign ? null : other ? `@${other.handle}` : conversation?.name || place.channel;
    return addressOf(user.handle, { ...place, channel });
  }

  /** @param {Place} place @param {{replace?: boolean}} [options] */
  async go(place, { replace = false } = {}) {
    const before = this.place;
    const moved = before.home !== place.home || before.channel !== place.channel || this.shownTo !== this.session.me.id;
    this.place = place;
    this.shownTo = this.session.me.id;
    localStorage.setItem(LAST_PERSON, this.session.me.handle);
    writeAddress(this.#address(this.session.me, place), { replace });
    this.session.emit("place", place);
    this.#sideOpen(false);
    if (!place.thread) this.thread.close();
    document.body.classList.toggle("has-thread", Boolean(place.thread));
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
    this.main.replaceChildren(this.channel.head, ...(this.welcome ? [this.welcome] : []), this.channel.node);
    if (place.channel) await this.channel.open(place.channel);
    if (this.#mayTakeFocus()) this.channel.composer.focus();
  }

  /** Nobody writes elsewhere, and no phone's keyboard would jump up. */
  #mayTakeFocus() {
    const { activeElement: on } = document;
    const writing = on?.matches("textarea, input, dialog *") && !this.channel.composer.node.contains(on);
    return !writing && !matchMedia("(max-width: 760px)").matches;
  }

  async #openThread({ channel, thread }, focus) {
    await this.thread.open(channel, thread, this.channel.name);
    if (focus) this.thread.composer.focus();
  }

  openChannel(id) {
    return this.go({ home: false, channel: id, thread: null });
  }

  openHome() {
    return this.go({ home: true, channel: null, thread: null });
  }

  async openDm(userId) {
    const { conversation } = await this.session.post("open_dm", { with: userId });
    this.session.conversations.set(conversation.id, conversation);
    this.session.emit("conversations");
    await this.openChannel(conversation.id);
  }

  closeThread() {
    const { thread } = this.place;
    this.go({ ...this.place, thread: null });
    this.channel.log.list.querySelector(`[data-ts="${CSS.escape(thread ?? "")}"]`)?.focus();
  }

  /** Go on as somebody else, in the same place where they can see it. */
  async become(user) {
    if (user.id === this.session.me.id) return;
    const before = this.session.conversations.get(this.place.channel);
    await this.session.actAs(user);
    const same = before && !before.is_im && this.session.conversations.has(before.id);
    const channel = same ? before.id : before?.is_im ? this.session.dmWith(before.user)?.id : null;
    await this.go({ home: this.place.home, channel: this.place.home ? null : (channel ?? this.#firstChannel()), thread: same ? this.place.thread : null });
  }

  async #tryOut({ command, channel }) {
    const id = this.#channelId(channel);
    if (id && id !== this.place.channel) await this.openChannel(id);
    this.channel.composer.write(command);
    this.channel.composer.focus();
  }

  #sideOpen(open = !document.body.classList.contains("side-open")) {
    document.body.classList.toggle("side-open", open);
    this.menu.setAttribute("aria-expanded", String(open));
  }

  #key(event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (document.querySelector("dialog[open]")) return;
      openSwitcher(this.session, { channel: (id) => this.openChannel(id), dm: (id) => this.openDm(id), home: () => this.openHome() });
    }
    if (event.key === "F6") {
      event.preventDefault();
      this.#nextRegion(event.shiftKey ? -1 : 1);
    }
  }

  /** F6 walks: people, list, messages, composer, thread, inspector. */
  #nextRegion(step) {
    const regions = [".actas-people", ".side", ".main .log", ".main .composer", ".thread:not([hidden])", ".inspector:not([hidden])"]
      .map((selector) => document.querySelector(selector)).filter(Boolean);
    const at = regions.findIndex((region) => region.contains(document.activeElement));
    const next = regions[(at + step + regions.length) % regions.length];
    const target = next.matches(".log") ? next : next.querySelector('[aria-checked="true"], [aria-current], textarea, button, [tabindex="0"]');
    target?.focus();
  }
}

async function start() {
  try {
    const page = new Page(new Session(await api.get("workspace")));
    await page.arrive();
    page.inspector.restore();
    document.body.dataset.ready = "";
  } catch (error) {
    document.body.replaceChildren(h("p", { class: "empty", role: "alert" }, `This page could not start: ${error.message}`));
    throw error;
  }
}

start();
