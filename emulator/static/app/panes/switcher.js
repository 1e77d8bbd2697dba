/** Ctrl+K: go anywhere by typing a few letters of its name. */

import { Listbox } from "../controls/listbox.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { avatar, nameOf } from "../people.js";

/**
 * @param {import("../session.js").Session} session
 * @param {import("../page.js").Page} page
 */
export function openSwitcher(session, page) {
  const field = h("input", {
    type: "text",
    class: "switcher-field",
    placeholder: "Go to…",
    "aria-label": "Go to",
    role: "combobox",
    "aria-expanded": "true",
    autocomplete: "off",
    on: {
      input: () => show(),
      keydown: (event) => list.key(event),
    },
  });
  const list = new Listbox({
    owner: field,
    label: "Places",
    picked: (entry) => {
      dialog.close();
      entry.run();
    },
  });
  const dialog = h(
    "dialog",
    { class: "dialog switcher", "aria-label": "Go to" },
    h("div", { class: "picker-search-row" }, icon("search"), field),
    list.node,
  );
  const all = places(session, page);
  const show = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    list.show(
      all.filter((p) => words.every((w) => p.words.toLowerCase().includes(w))).slice(0, 12),
    );
  };
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  show();
}

function places(session, page) {
  const channels = [...session.conversations.values()]
    .filter((c) => !c.is_im && !c.is_mpim)
    .map((c) => ({
      value: c.id,
      label: c.name,
      words: c.name,
      sign: icon(c.is_private ? "lock" : "hash"),
      run: () => page.openChannel(c.id),
    }));
  const people = [...session.users.values()]
    .filter((u) => !u.deleted)
    .map((u) => ({
      value: u.id,
      label: nameOf(u),
      words: `${nameOf(u)} ${u.handle}`,
      sign: avatar(u, { size: "small" }),
      run: () => page.openDm(u.id),
    }));
  const home = {
    value: "home",
    label: `${session.app.name} Home`,
    words: `${session.app.name} home`,
    sign: icon("home"),
    run: () => page.openHome(),
  };
  return [...channels, ...(session.hasHome ? [home] : []), ...people];
}
