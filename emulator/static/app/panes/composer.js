/** Where one writes: messages, and the app's commands. */

import { upload } from "../api.js";
import { float } from "../controls/floating.js";
import { Listbox } from "../controls/listbox.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { avatar, firstName, nameOf } from "../people.js";

/** @typedef {import("../session.js").Session} Session */

const HISTORY_KEY = "composer-history";
const HISTORY_MOST = 50;
const MOST_HEIGHT_PX = 220;

export class Composer {
  #history = [];
  #back = 0;
  #unsent = "";
  #where = "";
  /** @type {Map<string, string>} what was begun and not sent, by person and place */
  #drafts = new Map();
  #files = [];

  /**
   * @param {Session} session
   * @param {Object} options
   * @param {() => {channel: string, thread: string | null}} options.place
   * @param {boolean} [options.inThread]
   */
  constructor(session, { place, inThread = false }) {
    this.session = session;
    this.place = place;
    this.inThread = inThread;
    this.area = h("textarea", { class: "composer-text", rows: "1", autocomplete: "off", autocapitalize: "off",
      spellcheck: "true", "aria-label": "Message", "aria-autocomplete": "list", "aria-haspopup": "listbox", on: {
        input: () => this.#changed(), keydown: (event) => this.#key(event), blur: () => this.#hideHelp() } });
    this.list = new Listbox({ owner: this.area, label: "Suggestions", picked: (entry) => this.#complete(entry) });
    this.help = h("div", { class: "picker-menu composer-help", popover: "manual" }, this.list.node);
    this.hint = h("div", { class: "composer-hint", hidden: true });
    this.notice = h("div", { class: "composer-notice", role: "alert", hidden: true });
    this.face = h("span", { class: "composer-face" });
    this.chips = h("div", { class: "composer-files", hidden: true });
    this.sendButton = h("button", { type: "submit", class: "send", "aria-label": "Send", title: "Send (Enter)" }, icon("send"));
    this.fileInput = h("input", { type: "file", multiple: true, hidden: true, on: { change: () => this.#attach() } });
    const attach = h("button", { type: "button", class: "tool", "aria-label": "Attach files", title: "Attach files", on: { click: () => this.fileInput.click() } }, icon("plus"));
    this.box = h("form", { class: "composer-box", on: { submit: (event) => { event.preventDefault(); this.send(); } } },
      this.chips, h("div", { class: "composer-row" }, this.face, this.area, this.fileInput, attach, this.sendButton));
    this.node = h("div", { class: "composer" }, this.notice, this.box, this.hint, this.help);
  }

  /** Begin to write somewhere, where one left off. @param {string} placeName "#content-team" */
  begin(placeName) {
    const { me } = this.session;
    const { channel, thread } = this.place();
    this.#drafts.set(this.#where, this.area.value);
    this.#where = [me.id, channel, thread].join(" ");
    const words = this.inThread ? "Reply" : `Message ${placeName}`;
    this.area.placeholder = `${words} as ${firstName(me)}`;
    this.area.setAttribute("aria-label", `${words} as ${nameOf(me)}`);
    this.face.replaceChildren(avatar(me, { size: "small" }));
    this.#history = JSON.parse(sessionStorage.getItem(`${HISTORY_KEY} ${me.id}`) ?? "[]");
    this.#back = 0;
    this.say(null);
    this.write(this.#drafts.get(this.#where) ?? "");
  }

  /** Put text into the composer, for the person to send. @param {string} text */
  write(text) {
    this.area.value = text;
    this.#changed();
  }

  focus() {
    this.area.focus();
    this.area.setSelectionRange(this.area.value.length, this.area.value.length);
  }

  /** Say what went wrong. @param {string | null} text */
  say(text) {
    this.notice.hidden = text === null;
    this.notice.replaceChildren(...(text === null ? [] : [icon("warning"), h("span", {}, text)]));
  }

  async send() {
    const text = this.area.value.trim();
    if (!text && !this.#files.length) return;
    const files = this.#files;
    this.#remember(text);
    this.say(null);
    this.write("");
    this.#files = [];
    this.#drawFiles();
    try {
      await (/^\/[a-z]/i.test(text) ? this.#command(text) : this.#message(text, files));
    } catch (refused) {
      this.say(refused.message);
      if (!this.area.value) this.write(text); // nothing typed is lost
      this.#files = files;
      this.#drawFiles();
    }
  }

  #message(text, files) {
    const { channel, thread } = this.place();
    return this.session.post("say", { channel, text, thread_ts: thread ?? undefined,
      files: files.length ? files.map((f) => f.id) : undefined });
  }

  /** What the app answers, or that it does not, comes as a private note. */
  #command(text) {
    const { channel, thread } = this.place();
    return this.session.post("slash", { channel, text, thread_ts: thread ?? undefined });
  }

  #remember(text) {
    if (!text || this.#history.at(-1) === text) return;
    this.#history = [...this.#history, text].slice(-HISTORY_MOST);
    this.#back = 0;
    sessionStorage.setItem(`${HISTORY_KEY} ${this.session.me.id}`, JSON.stringify(this.#history));
  }

  #recall(step) {
    const next = this.#back + step;
    if (next < 0 || next > this.#history.length) return false;
    if (this.#back === 0) this.#unsent = this.area.value;
    this.write(next === 0 ? this.#unsent : this.#history.at(-next));
    this.#back = next;
    this.#hideHelp();
    return true;
  }

  #key(event) {
    if (event.isComposing) return;
    if (this.helping && this.#helpKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
      return;
    }
    const walking = !this.area.value || this.#back > 0;
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (step && walking && this.#recall(step)) event.preventDefault();
  }

  /** @returns {boolean} whether the open list took the key */
  #helpKey(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      this.#hideHelp();
      return true;
    }
    if (event.key === "Tab" && this.list.active) {
      event.preventDefault();
      this.#complete(this.list.active);
      return true;
    }
    const [word] = /\S*$/.exec(this.area.value.slice(0, this.area.selectionStart));
    const whole = event.key === "Enter" && this.list.active?.value === word;
    return !whole && this.list.key(event); // Enter sends what is already complete
  }

  #changed() {
    this.area.style.height = "auto";
    if (this.area.scrollHeight) this.area.style.height = `${Math.min(this.area.scrollHeight, MOST_HEIGHT_PX)}px`;
    this.sendButton.disabled = !this.area.value.trim() && !this.#files.length;
    this.#showHint();
    const entries = document.activeElement === this.area ? this.#suggestions() : [];
    if (!entries.length) {
      this.#hideHelp();
      return;
    }
    this.list.show(entries);
    float(this.box, this.help, { above: true, match: true });
    this.helping = true;
  }

  #hideHelp() {
    if (this.helping) this.help.hidePopover();
    this.area.removeAttribute("aria-activedescendant");
    this.helping = false;
  }

  /** The command that is being typed, with what it takes. */
  #showHint() {
    const [word] = this.area.value.split(/\s/);
    const command = /\s/.test(this.area.value) && this.session.app.commands.find((c) => c.command === word);
    this.hint.hidden = !command;
    if (command) this.hint.replaceChildren(h("code", {}, command.command), ` ${command.usage_hint ?? ""}`, h("span", { class: "option-note" }, command.description ?? ""));
  }

  #suggestions() {
    const before = this.area.value.slice(0, this.area.selectionStart);
    if (/^\/\S*$/.test(before)) return this.#commands(before.toLowerCase());
    const at = /(?:^|\s)@([\p{L}\w.-]*)$/u.exec(before);
    return at ? this.#people(at[1].toLowerCase()) : [];
  }

  #commands(typed) {
    return this.session.app.commands
      .filter((c) => c.command.startsWith(typed))
      .map((c) => ({ value: c.command, label: h("span", {}, h("strong", {}, c.command), ` ${c.usage_hint ?? ""}`), note: c.description, words: c.command, sign: icon("bolt") }));
  }

  #people(typed) {
    return [...this.session.users.values()]
      .filter((u) => !u.deleted && `${u.handle} ${nameOf(u)}`.toLowerCase().split(/\s+/).some((w) => w.startsWith(typed)))
      .map((u) => ({ value: `@${u.handle}`, label: nameOf(u), note: `@${u.handle}`, words: u.handle, sign: avatar(u, { size: "small" }) }));
  }

  #complete(entry) {
    const end = this.area.selectionStart;
    const start = this.area.value.slice(0, end).search(/\S+$/);
    this.area.setRangeText(`${entry.value} `, Math.max(start, 0), end, "end");
    this.area.focus();
    this.#changed();
  }

  async #attach() {
    try {
      for (const file of this.fileInput.files) this.#files.push(await upload(this.session.me.id, file));
    } catch (refused) {
      this.say(refused.message);
    }
    this.fileInput.value = "";
    this.#drawFiles();
    this.area.focus();
  }

  #drawFiles() {
    this.chips.hidden = this.#files.length === 0;
    this.chips.replaceChildren(...this.#files.map((file) =>
      h("span", { class: "token" }, icon("file"), file.name,
        h("button", { type: "button", class: "token-drop", "aria-label": `Remove ${file.name}`, on: { click: () => {
          this.#files = this.#files.filter((f) => f !== file);
          this.#drawFiles();
        } } }, icon("close")))));
    this.sendButton.disabled = !this.area.value.trim() && !this.#files.length;
  }
}
