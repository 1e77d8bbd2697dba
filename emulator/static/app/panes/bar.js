/** The bar: whose workspace, who acts, what time it is, and the page's own tools. */

import { timeOf, workspaceNow } from "../clock.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { themeButton } from "../theme.js";
import { actAs } from "./actas.js";

/** @typedef {import("../session.js").Session} Session */

const TICK_MS = 5000;
const CLOCK_TAB = 2;

/**
 * @param {Session} session
 * @param {Object} page
 * @param {import("../inspector/drawer.js").Inspector} page.inspector
 * @param {(user: any) => void} page.become
 * @param {(user: any) => string} page.address of a window as somebody
 * @param {() => void} page.toggleSide
 * @returns {{node: Element, menu: Element}}
 */
export function bar(session, { inspector, become, address, toggleSide }) {
  const menu = h(
    "button",
    {
      type: "button",
      class: "bar-button bar-menu",
      "aria-label": "Conversations",
      "aria-expanded": "false",
      on: { click: toggleSide },
    },
    icon("menu"),
  );
  const [people, beside] = actAs(session, { become, address });
  const node = h(
    "header",
    { class: "bar" },
    menu,
    team(session.workspace.team.name),
    people,
    h(
      "span",
      { class: "bar-tools" },
      clock(session, () => inspector.open(CLOCK_TAB)),
      beside,
      themeButton(),
      inspector.opener,
    ),
  );
  return { node, menu };
}

function team(name) {
  return h(
    "span",
    { class: "bar-team" },
    h("span", { class: "bar-mark", "aria-hidden": "true" }, name.slice(0, 1)),
    h("span", { class: "bar-name" }, name),
  );
}

function clock(session, open) {
  const node = h("button", {
    type: "button",
    class: "bar-clock",
    title: "The workspace's clock",
    on: { click: open },
  });
  const tick = () => {
    if (session.me) node.textContent = timeOf(workspaceNow(), session.me.tz);
  };
  session.on("clock me", tick);
  setInterval(tick, TICK_MS);
  return node;
}
