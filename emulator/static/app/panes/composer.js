/** Where one writes: messages, and the app's commands. */

import { float } from "../controls/floating.js";
import { Listbox } from "../controls/listbox.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { avatar, firstName, nameOf } from "../people.js";
import { Enclosures } from "./enclosures.js";
import { commandHint, suggestions } from "./suggestions.js";
import { Written } from "./written.js";

/** @typedef {import("../session.js").Session} Session */

const MOST_HEIGHT_PX = 220;

export class Composer {
  #written = new Written();
  #helping = false;

  /**
   * @param {Session} session
   * @param {Object} options
   * @param {() => {channel: string, thread: string | null}} options.place
   * @param {boolean} [options.inThread]
   */
  constructor(session, { place, inThread = false }) {
    Object.assign(this, { session, place, inThread });
    this.area = this.#textArea();
    this.list = new Listbox({
      owner: this.area,
      label: "Suggestions",
      picked: (entry) => this.#complete(entry),
    });
    this.enclosures = new Enclosures(session, {
      changed: () => this.#changed(),
      refused: (text) => this.say(text),
    });
    this.help = h("div", { class: "picker-menu composer-help", popover: "manual" }, this.list.node);
    this.hint = h("div", { class: "composer-hint", hidden: true });
    this.notice = h("div", { class: "composer-notice", role: "alert", hidden: true });
    this.face = h("span", { class: "composer-face" });
    this.sendButton = h(
      "button",
      { type: "submit", class: "send", "aria-label": "Send", title: "Send (Enter)" },
      icon("send"),
    );
    this.box = this.#box();
    this.node = h("div", { class: "composer" }, this.notice, this.box, this.hint, this.help);
  }

  #textArea() {
    return h("textarea", {
      class: "composer-text",
      rows: "1",
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "true",
      "aria-label": "Message",
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
      on: {
        input: () => this.#changed(),
        keydown: (event) => this.#key(event),
        blur: () => this.#hideHelp(),
      },
    });
  }

  #box() {
    const { chips, input, button } = this.enclosures;
    const submit = (event) => {
      event.preventDefault();
      this.send();
    };
    const row = [this.face, this.area, input, button, this.sendButton];
    return h(
      "form",
      { class: "composer-box", on: { submit } },
      chips,
      h("div", { class: "composer-row" }, row),
    );
  }

  /** Begin to write somewhere, where one left off. @param {string} placeName "#content-team" */
  begin(placeName) {
    const { me } = this.session;
    const { channel, thread } = this.place();
    const words = this.inThread ? "Reply" : `Message ${placeName}`;
    this.area.placeholder = `${words} as ${firstName(me)}`;
    this.area.setAttribute("aria-label", `${words} as ${nameOf(me)}`);
    this.face.replaceChildren(avatar(me, { size: "small" }));
    this.say(null);
    this.write(this.#written.begin(me.id, `${channel} ${thread}`, this.area.value));
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
    const { files } = this.enclosures;
    if (!text && !files.length) return;
    this.#written.sent(text);
    this.say(null);
    this.write("");
    this.enclosures.put([]);
    try {
      await this.#post(text, files);
    } catch (refused) {
      this.say(refused.message);
      if (!this.area.value) this.write(text); // nothing typed is lost
      this.enclosures.put(files);
    }
  }

  /** What the app answers to a command, or that it does not, comes as a private note. */
  #post(text, files) {
    const { channel, thread } = this.place();
    const message = { channel, text, thread_ts: thread ?? undefined };
    if (/^\/[a-z]/i.test(text)) return this.session.post("slash", message);
    const enclosed = files.length ? files.map((f) => f.id) : undefined;
    return this.session.post("say", { ...message, files: enclosed });
  }

  #key(event) {
    if (event.isComposing) return;
    if (this.#helping && this.#helpKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    }
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (step && (!this.area.value || this.#written.recalling)) this.#recall(step, event);
  }

  #recall(step, event) {
    const line = this.#written.recall(step, this.area.value);
    if (line === null) return;
    event.preventDefault();
    this.write(line);
    this.#hideHelp();
  }

  /** @returns {boolean} whether the open list took the key */
  #helpKey(event) {
    if (event.key === "Escape" || (event.key === "Tab" && this.list.active)) {
      event.preventDefault();
      if (event.key === "Tab") this.#complete(this.list.active);
      this.#hideHelp();
      return true;
    }
    const [word] = /\S*$/.exec(this.#beforeCaret);
    const whole = event.key === "Enter" && this.list.active?.value === word;
    return !whole && this.list.key(event); // Enter sends what is already complete
  }

  get #beforeCaret() {
    return this.area.value.slice(0, this.area.selectionStart);
  }

  #changed() {
    this.area.style.height = "auto";
    const needed = this.area.scrollHeight;
    if (needed) this.area.style.height = `${Math.min(needed, MOST_HEIGHT_PX)}px`;
    this.sendButton.disabled = !this.area.value.trim() && !this.enclosures.files.length;
    const hint = commandHint(this.session, this.area.value);
    this.hint.hidden = hint === null;
    this.hint.replaceChildren(...(hint ?? []));
    this.#showHelp();
  }

  #showHelp() {
    const writing = document.activeElement === this.area;
    const entries = writing ? suggestions(this.session, this.#beforeCaret) : [];
    if (!entries.length) {
      this.#hideHelp();
      return;
    }
    this.list.show(entries);
    float(this.box, this.help, { above: true, match: true });
    this.#helping = true;
  }

  #hideHelp() {
    if (this.#helping) this.help.hidePopover();
    this.area.removeAttribute("aria-activedescendant");
    this.#helping = false;
  }

  #complete(entry) {
    const end = this.area.selectionStart;
    const start = this.#beforeCaret.search(/\S+$/);
    this.area.setRangeText(`${entry.value} `, Math.max(start, 0), end, "end");
    this.area.focus();
    this.#changed();
  }
}
