/** What could come next in the composer: a command, somebody's name. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { avatar, nameOf } from "../people.js";

/** @typedef {import("../session.js").Session} Session */
/** @typedef {import("../controls/listbox.js").Entry} Entry */

/**
 * @param {Session} session
 * @param {string} before what stands before the caret
 * @returns {Entry[]}
 */
export function suggestions(session, before) {
  if (/^\/\S*$/.test(before)) return commands(session, before.toLowerCase());
  const name = /(?:^|\s)@([\p{L}\w.-]*)$/u.exec(before);
  return name ? people(session, name[1].toLowerCase()) : [];
}

function commands({ app }, typed) {
  return app.commands
    .filter(({ command }) => command.startsWith(typed))
    .map(({ command, usage_hint: usage, description }) => ({
      value: command,
      label: h("span", {}, h("strong", {}, command), ` ${usage ?? ""}`),
      note: description,
      words: command,
      sign: icon("bolt"),
    }));
}

function people({ users }, typed) {
  const called = (user) => `${user.handle} ${nameOf(user)}`.toLowerCase().split(/\s+/);
  return [...users.values()]
    .filter((user) => !user.deleted && called(user).some((word) => word.startsWith(typed)))
    .map((user) => ({
      value: `@${user.handle}`,
      label: nameOf(user),
      note: `@${user.handle}`,
      words: user.handle,
      sign: avatar(user, { size: "small" }),
    }));
}

/** The command that is being typed, with what it takes; null where there is none. */
export function commandHint({ app }, text) {
  const [word] = text.split(/\s/);
  const found = /\s/.test(text) && app.commands.find(({ command }) => command === word);
  if (!found) return null;
  return [
    h("code", {}, found.command),
    ` ${found.usage_hint ?? ""}`,
    h("span", { class: "option-note" }, found.description ?? ""),
  ];
}
