/** Files: a chip that opens them. */

import { fileAddress } from "./api.js";
import { h, uniqueId } from "./dom.js";
import { icon } from "./icons.js";
import { markdown } from "./text/markdown.js";

/** @typedef {import("./session.js").Session} Session */

const UNITS = ["B", "kB", "MB", "GB"];

/** "12 kB" @param {number} size in bytes */
export function sizeOf(size) {
  if (!Number.isFinite(size)) return "";
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log(Math.max(size, 1)) / Math.log(1000)));
  const amount = size / 1000 ** step;
  return `${amount < 10 && step ? amount.toFixed(1) : Math.round(amount)} ${UNITS[step]}`;
}

/** @param {any} file Slack's file object @param {Session} session */
export function fileChip(file, session) {
  const name = file.title || file.name || file.id;
  return h(
    "button",
    {
      type: "button",
      class: "file-chip",
      data: { fileId: file.id },
      on: { click: () => openFile(file, session) },
    },
    h("span", { class: "tile-sign" }, icon("file")),
    h(
      "span",
      { class: "tile-main" },
      h("span", { class: "tile-title" }, name),
      h(
        "span",
        { class: "tile-note" },
        [file.pretty_type || file.filetype, sizeOf(file.size)].filter(Boolean).join(" · "),
      ),
    ),
  );
}

const READABLE = /\.(md|markdown|txt|json|ya?ml|csv|log|py|js|html?|css|xml|toml)$/i;
const MOST_SHOWN = 400_000;

/** Show a file: text here, anything else as a download. */
async function openFile(file, session) {
  const address = fileAddress(file.id, session.me.id);
  const name = file.name || file.title || file.id;
  const title = uniqueId("file");
  const body = h("div", { class: "file-body", tabindex: "0" }, "Opening…");
  const dialog = h(
    "dialog",
    { class: "dialog dialog-wide", "aria-labelledby": title },
    h(
      "div",
      { class: "dialog-head" },
      h("h2", { id: title, class: "dialog-title" }, name),
      h("a", { class: "button", href: address, download: name }, "Download"),
      h(
        "button",
        {
          type: "button",
          class: "button button-icon",
          "aria-label": "Close",
          on: { click: () => dialog.close() },
        },
        icon("close"),
      ),
    ),
    body,
  );
  dialog.addEventListener("close", () => dialog.remove());
  (document.querySelector("dialog[open]") ?? document.body).append(dialog);
  dialog.showModal();
  body.replaceChildren(await contentOf(address, name, file));
}

async function contentOf(address, name, file) {
  const readable = READABLE.test(name) || (file.mimetype ?? "").startsWith("text/");
  if (!readable)
    return h(
      "p",
      { class: "empty" },
      "This kind of file cannot be shown here. Download it instead.",
    );
  const response = await fetch(address).catch(() => null);
  if (!response?.ok) return h("p", { class: "empty" }, "The workspace did not give this file out.");
  const text = (await response.text()).slice(0, MOST_SHOWN);
  if (/\.(md|markdown)$/i.test(name)) return h("div", { class: "markdown text" }, markdown(text));
  return h("pre", {}, h("code", {}, text));
}
