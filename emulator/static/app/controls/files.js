/** `file_input`: files that go into the workspace as they are chosen. */

import { upload } from "../api.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { choose, marks, valueIn } from "./slot.js";

/** @param {any} element @param {import("./slot.js").Slot} slot */
export function fileInput(element, slot) {
  const most = element.max_files ?? 10;
  const kept = (valueIn(slot, element) ?? []).map((id) => ({ id, name: id }));
  const list = h("ul", { class: "file-list" });
  const told = h("p", { class: "field-error", role: "alert", hidden: true });
  const input = h("input", {
    type: "file",
    multiple: most > 1,
    accept: (element.filetypes ?? []).map((kind) => `.${kind}`).join(",") || null,
    ...marks(slot, element),
    on: { change: () => add([...input.files]) },
  });
  const node = h("div", { class: "file-input" }, input, list, told);
  const draw = () => list.replaceChildren(...kept.map(row));

  const row = (file) =>
    h(
      "li",
      { class: "token" },
      icon("file"),
      file.name,
      h(
        "button",
        {
          type: "button",
          class: "token-drop",
          "aria-label": `Remove ${file.name}`,
          on: { click: () => drop(file) },
        },
        icon("close"),
      ),
    );

  const drop = (file) => {
    kept.splice(kept.indexOf(file), 1);
    settle();
  };

  const settle = () => {
    draw();
    return choose(
      slot,
      element,
      kept.map((f) => f.id),
      input,
    );
  };

  const add = async (files) => {
    told.hidden = true;
    input.setAttribute("aria-busy", "true");
    try {
      for (const file of files.slice(0, most - kept.length)) {
        kept.push(await upload(slot.surface.session.me.id, file));
      }
      await settle();
    } catch (refused) {
      told.textContent = refused.message;
      told.hidden = false;
    } finally {
      input.removeAttribute("aria-busy");
      input.value = "";
    }
  };

  draw();
  return node;
}
