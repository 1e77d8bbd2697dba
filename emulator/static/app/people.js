/** Faces and names. */

import { h, spoken } from "./dom.js";
import { icon } from "./icons.js";

/** @typedef {import("./session.js").User} User */

/** "AR" for Ana Ruiz. @param {string} name */
export function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...word][0].toUpperCase()).join("");
}

/** What a person is called in the page. @param {User | undefined} user */
export function nameOf(user) {
  return user?.real_name || user?.name || "Somebody";
}

/** "Ana" of Ana Ruiz. @param {User} user */
export function firstName(user) {
  return nameOf(user).split(/\s+/)[0];
}

/** The person's own colour, as CSS. @param {User | undefined} user */
export function colourOf(user) {
  return /^#?[0-9a-f]{6}$/i.test(user?.color ?? "") ? `#${user.color.replace("#", "")}` : "#7a7f8c";
}

/**
 * @param {User | undefined} user
 * @param {{size?: "small" | "large", presence?: boolean}} [options]
 */
export function avatar(user, { size, presence = false } = {}) {
  const classes = ["avatar", size && `avatar-${size}`, user?.is_bot && "avatar-app"];
  return h(
    "span",
    {
      class: classes.filter(Boolean).join(" "),
      "aria-hidden": "true",
      css: { "--hue": colourOf(user) },
      data: presence && user ? { presence: user.dnd ? "dnd" : user.presence } : {},
    },
    user?.is_bot ? icon("bolt") : initials(nameOf(user)),
  );
}

const KINDS = [
  [(u) => u.is_bot, "App"],
  [(u) => u.deleted, "Deactivated"],
  [(u) => u.external, "External"],
  [(u) => u.guest, "Guest"],
];

/** A badge where somebody is not an ordinary member. @param {User | undefined} user */
export function badge(user) {
  const kind = user && KINDS.find(([test]) => test(user));
  return kind ? h("span", { class: "badge" }, kind[1]) : null;
}

/** "Away" or "Do not disturb", for those who cannot see a dot. @param {User} user */
export function presenceNote(user) {
  if (user.dnd) return spoken(", do not disturb");
  return user.presence === "active" ? spoken(", active") : null;
}
