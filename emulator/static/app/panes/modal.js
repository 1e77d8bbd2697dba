/** The acting person's modals: a stack of views in one dialog, the last on top. */

import { renderBlocks } from "../blocks/blocks.js";
import { h, uniqueId } from "../dom.js";
import { icon } from "../icons.js";
import { trouble } from "../interactions.js";
import { Refused } from "../api.js";
import { Surface } from "../surface.js";
import { textObject } from "../text/mrkdwn.js";

/** @typedef {import("../session.js").Session} Session */

const REMEMBER_MS = 400;
const FIELDS = "input:not([type=file]), textarea, .picker-button, .choices input";

/** One view of the stack: its own form, so that nothing typed is lost under a pushed one. */
class ViewForm {
  /** @param {any} view @param {Session} session @param {{close: (all: boolean) => void}} stack */
  constructor(view, session, stack) {
    this.session = session;
    this.stack = stack;
    this.ids = { title: uniqueId("view") };
    this.notice = h("p", { class: "view-notice", role: "alert", hidden: true });
    this.surface = new Surface(session, { view_id: view.id }, "modal", (text) => this.#say(text));
    this.body = h("div", {
      class: "view-body blocks",
      on: { input: () => this.#remember(), change: () => this.#remember() },
    });
    this.head = h("header", { class: "dialog-head" });
    this.foot = h("footer", { class: "dialog-foot" });
    this.node = h(
      "form",
      {
        class: "view",
        novalidate: true,
        on: {
          submit: (event) => {
            event.preventDefault();
            this.submit();
          },
          keydown: (event) => this.#key(event),
        },
      },
      this.head,
      this.notice,
      this.body,
      this.foot,
    );
    this.errors = {};
    this.update(view);
  }

  /** @param {any} view */
  update(view) {
    const { session } = this;
    this.view = view;
    this.errors = view.errors ?? {};
    this.surface.state = view.state?.values ?? {};
    this.head.replaceChildren(
      this.backButton ?? "",
      h("h2", { id: this.ids.title, class: "dialog-title" }, textObject(view.title, session)),
      h(
        "button",
        {
          type: "button",
          class: "button button-icon",
          "aria-label": "Close",
          title: "Close",
          on: { click: () => this.stack.close(true) },
        },
        icon("close"),
      ),
    );
    this.foot.replaceChildren(
      h(
        "button",
        { type: "button", class: "button", on: { click: () => this.stack.close(false) } },
        view.close ? textObject(view.close, session) : view.submit ? "Cancel" : "Close",
      ),
      ...(view.submit ? [this.#submitButton()] : []),
    );
    this.#say(view.notice ?? null);
    this.#busy(view.submitting === true);
    this.draw();
  }

  #submitButton() {
    this.submitter = h(
      "button",
      { type: "submit", class: "button button-solid is-primary" },
      textObject(this.view.submit, this.session),
    );
    return this.submitter;
  }

  /** Only a pushed view has something to go back to. @param {boolean} pushed */
  pushed(pushed) {
    this.backButton?.remove();
    this.backButton = pushed
      ? h(
          "button",
          {
            type: "button",
            class: "button button-icon",
            "aria-label": "Back",
            on: { click: () => this.stack.close(false) },
          },
          icon("arrowLeft"),
        )
      : null;
    if (this.backButton) this.head.prepend(this.backButton);
  }

  draw() {
    renderBlocks(this.body, this.view.blocks ?? [], this.surface, this.errors);
  }

  /** @param {Object<string, string>} errors by block id */
  fail(errors) {
    this.errors = errors;
    this.#busy(false);
    this.draw();
    const field = this.body.querySelector('[aria-invalid="true"]');
    (field?.matches(".choices") ? field.querySelector("input") : field)?.focus();
  }

  focusFirst() {
    const wished = this.body.querySelector("[autofocus]");
    (
      wished ??
      this.body.querySelector(FIELDS) ??
      this.submitter ??
      this.foot.firstElementChild
    )?.focus();
  }

  async submit() {
    if (!this.view.submit || this.node.getAttribute("aria-busy") === "true") return;
    this.#say(null);
    this.#busy(true);
    clearTimeout(this.remembering);
    try {
      const outcome = await this.session.act("submit", {
        view_id: this.view.id,
        values: this.surface.values(),
      });
      this.#busy(false);
      if (trouble(outcome)) this.#say(trouble(outcome));
    } catch (refused) {
      this.#refused(refused);
    }
  }

  #refused(refused) {
    this.#busy(false);
    if (!(refused instanceof Refused)) throw refused;
    if (Object.keys(refused.errors).length) this.fail(refused.errors);
    else this.#say(refused.message);
  }

  /** So that what is typed survives a reload, and is there in the person's other window. */
  #remember() {
    clearTimeout(this.remembering);
    this.remembering = setTimeout(() => {
      this.session
        .post("input", { view_id: this.view.id, values: this.surface.values() })
        .catch(() => {});
    }, REMEMBER_MS);
  }

  #key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.submit();
    }
  }

  #busy(busy) {
    this.node.setAttribute("aria-busy", String(busy));
    if (this.submitter) this.submitter.disabled = busy;
  }

  #say(text) {
    this.notice.hidden = text === null;
    this.notice.replaceChildren(...(text === null ? [] : [icon("warning"), h("span", {}, text)]));
  }
}

export class Modals {
  /** @type {ViewForm[]} */
  #stack = [];

  /** @param {Session} session */
  constructor(session) {
    this.session = session;
    this.dialog = h("dialog", {
      class: "dialog",
      on: {
        cancel: (event) => this.#escape(event),
        close: (event) => event.target === this.dialog && this.close(false), // a second Escape cannot be held back
      },
    });
    session.on("view_opened", ({ view }) => this.#reset([view]));
    session.on("view_pushed", ({ view }) => this.#push(view));
    session.on("view_updated", ({ view }) => this.#update(view));
    session.on("view_errors", ({ view_id: id, errors }) => this.#find(id)?.fail(errors));
    session.on("view_notice", ({ view_id: id, notice }) => {
      const form = this.#find(id);
      form?.update({ ...form.view, notice, submitting: false });
    });
    session.on("view_closed", ({ view_ids: ids }) => this.#drop(ids));
    session.on("me resumed", () => this.reload());
  }

  async reload() {
    const { me } = this.session;
    const { views } = await this.session.get("view");
    if (me.id !== this.session.me.id) return;
    const same = this.#stack.map((form) => form.view.id).join() === views.map((v) => v.id).join();
    if (same && this.owner === me.id) for (const view of views) this.#update(view);
    else this.#reset(views);
    this.owner = me.id;
  }

  /** @param {string} id */
  #find(id) {
    return this.#stack.find((form) => form.view.id === id);
  }

  #reset(views) {
    this.#stack = views.map((view) => this.#form(view));
    this.#show(true);
  }

  #push(view) {
    this.#stack.push(this.#form(view));
    this.#show(true);
  }

  #update(view) {
    const form = this.#find(view.id);
    if (!form) return;
    const held = this.dialog.contains(document.activeElement);
    form.update(view);
    if (held && !this.dialog.contains(document.activeElement)) form.focusFirst();
  }

  #drop(ids) {
    this.#stack = this.#stack.filter((form) => !ids.includes(form.view.id));
    this.#show(this.dialog.children.length !== this.#stack.length);
  }

  #form(view) {
    return new ViewForm(view, this.session, { close: (all) => this.close(all) });
  }

  #show(refocus) {
    const top = this.#stack.at(-1);
    this.dialog.replaceChildren(...this.#stack.map((form) => form.node));
    for (const [depth, form] of this.#stack.entries()) {
      form.pushed(depth > 0);
      form.node.hidden = form !== top;
    }
    if (!top) {
      if (this.dialog.open) this.dialog.close();
      return;
    }
    this.dialog.setAttribute("aria-labelledby", top.ids.title);
    this.dialog.dataset.viewId = top.view.id;
    this.dialog.dataset.callbackId = top.view.callback_id ?? "";
    if (!this.dialog.open) this.dialog.showModal();
    if (refocus) top.focusFirst();
  }

  #escape(event) {
    if (event.target !== this.dialog) return;
    event.preventDefault();
    this.close(false);
  }

  /** Close the view on top, or all: here at once, then in the workspace. @param {boolean} all */
  async close(all) {
    const top = this.#stack.at(-1);
    if (!top) return;
    this.#drop(all ? this.#stack.map((form) => form.view.id) : [top.view.id]);
    await this.session.post("close", { view_id: top.view.id, all }).catch(() => this.reload());
  }
}
