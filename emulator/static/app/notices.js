/** Lines over everything: the workspace is gone, or no app is connected to it. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

const MISSING_AFTER_MS = 2000; // an app that restarts is not missing

/** @param {import("./session.js").Session} session @returns {Element[]} */
export function notices(session) {
  const lost = notice("warning", "The local workspace does not answer. Trying again…");
  const alone = notice(
    "info",
    `${session.app.name} is not connected: nobody answers commands and buttons until it starts.`,
  );
  let waiting;
  session.on("connection", (up) => {
    lost.hidden = up;
  });
  session.on("presence_of_app me", () => {
    clearTimeout(waiting);
    const show = () => {
      alone.hidden = false;
    };
    if (session.app.connections) alone.hidden = true;
    else waiting = setTimeout(show, MISSING_AFTER_MS);
  });
  return [lost, alone];
}

function notice(sign, text) {
  return h("div", { class: "lost", role: "status", hidden: true }, icon(sign), text);
}
