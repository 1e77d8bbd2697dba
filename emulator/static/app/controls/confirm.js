/** "Are you sure?": a control's `confirm` object, as a dialog of its own. */

import { h, uniqueId } from "../dom.js";
import { textObject } from "../text/mrkdwn.js";

/**
 * @param {any} confirm
 * @param {import("../session.js").Session} session
 * @returns {Promise<boolean>}
 */
export function confirmed(confirm, session) {
  const title = uniqueId("confirm");
  const text = uniqueId("confirm");
  const dialog = h(
    "dialog",
    {
      class: "dialog dialog-small",
      role: "alertdialog",
      "aria-labelledby": title,
      "aria-describedby": text,
    },
    h(
      "h2",
      { id: title, class: "dialog-title" },
      textObject(confirm.title ?? "Are you sure?", session),
    ),
    h("div", { id: text, class: "confirm-text" }, textObject(confirm.text, session)),
    h(
      "div",
      { class: "dialog-foot" },
      h(
        "button",
        { type: "button", class: "button", on: { click: () => dialog.close("no") } },
        textObject(confirm.deny ?? "Cancel", session),
      ),
      h(
        "button",
        {
          type: "button",
          class: `button button-solid ${confirm.style === "danger" ? "is-danger" : "is-primary"}`,
          autofocus: true,
          on: { click: () => dialog.close("yes") },
        },
        textObject(confirm.confirm ?? "Yes", session),
      ),
    ),
  );
  (document.querySelector("dialog[open]") ?? document.body).append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", (event) => {
      event.stopPropagation();
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    dialog.addEventListener("cancel", (event) => event.stopPropagation());
  });
}
