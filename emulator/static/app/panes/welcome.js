/** One line for a first visit: what to do here. */

import { h } from "../dom.js";
import { icon } from "../icons.js";

/** @typedef {{text: string, command: string | null, channel: string | null}} Welcome */

/** @param {any} workspace @returns {Welcome | null} */
function welcomeOf({ welcome: given, app }) {
  if (given?.text) return { channel: null, command: null, ...given };
  const [first] = app.commands;
  if (!first) return null;
  const text = `Type ${first.command} to begin. ${first.description}.`;
  return { text, command: first.command, channel: null };
}

/**
 * @param {import("../session.js").Session} session
 * @param {Object} then
 * @param {(welcome: Welcome) => void} then.use puts the command into the composer
 * @param {() => void} then.done it was put away, for good
 * @returns {Element} hidden where there is nothing to say, or it was said before
 */
export function welcome(session, { use, done }) {
  const given = welcomeOf(session.workspace);
  const key = `welcome-seen ${given?.text}`;
  const node = h("section", { class: "welcome", "aria-label": "Welcome" });
  node.hidden = !given || localStorage.getItem(key) !== null;
  if (node.hidden) return node;
  const putAway = () => {
    localStorage.setItem(key, "1");
    node.hidden = true;
    done();
  };
  node.append(
    h("span", { class: "welcome-sign" }, icon("bolt")),
    h("p", {}, given.text),
    given.command ? tryButton(given, use) : "",
    h(
      "button",
      {
        type: "button",
        class: "button button-icon",
        "aria-label": "Dismiss",
        on: { click: putAway },
      },
      icon("close"),
    ),
  );
  return node;
}

/** A long command would leave no room for the line that explains it. */
const SHORT = 20;

function tryButton(given, use) {
  const { command } = given;
  const attributes = {
    type: "button",
    class: "button button-solid is-primary",
    title: command,
    on: { click: () => use(given) },
  };
  if (command.length > SHORT) return h("button", attributes, "Try it");
  return h("button", attributes, "Try ", h("code", {}, command));
}
