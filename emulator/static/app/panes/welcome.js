/** One line for a first visit: what to do here. */

import { h } from "../dom.js";
import { icon } from "../icons.js";

/** @typedef {{text: string, command: string | null, channel: string | null}} Welcome */

/** @param {any} workspace @returns {Welcome | null} */
function welcomeOf({ welcome, app }) {
  if (welcome?.text) return { channel: null, command: null, ...welcome };
  const [first] = app.commands;
  return first ? { text: `Type ${first.command} to begin. ${first.description}.`, command: first.command, channel: null } : null;
}

/**
 * @param {import("../session.js").Session} session
 * @param {(welcome: Welcome) => void} use puts the command into the composer
 * @param {() => void} done it was put away
 */
export function welcome(session, use, done) {
  const given = welcomeOf(session.workspace);
  const key = `welcome-seen ${given?.text}`;
  if (!given || localStorage.getItem(key)) return null;
  const node = h("section", { class: "welcome", "aria-label": "Welcome" },
    h("span", { class: "welcome-sign" }, icon("bolt")),
    h("p", {}, given.text),
    given.command
      ? h("button", { type: "button", class: "button button-solid is-primary", on: { click: () => use(given) } }, "Try ", h("code", {}, given.command))
      : null,
    h("button", { type: "button", class: "button button-icon", "aria-label": "Dismiss", on: { click: () => {
      localStorage.setItem(key, "1");
      node.remove();
      done();
    } } }, icon("close")));
  return node;
}
