/** Light, dark, or as the system has it. */

import { openMenu } from "./controls/menu.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";

const KEY = "theme"; // also read by first.js, before anything is drawn
const CHOICES = [
  ["system", "As the system", "systemTheme"],
  ["light", "Light", "sun"],
  ["dark", "Dark", "moon"],
];

function current() {
  return document.documentElement.dataset.theme ?? "system";
}

function choose(name) {
  if (name === "system") {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem(KEY);
  } else {
    document.documentElement.dataset.theme = name;
    localStorage.setItem(KEY, name);
  }
}

/** The button that chooses. */
export function themeButton() {
  const face = () => icon(CHOICES.find(([name]) => name === current())[2]);
  const node = h(
    "button",
    {
      type: "button",
      class: "bar-button",
      "aria-label": "Theme",
      title: "Theme",
      "aria-haspopup": "menu",
      on: {
        click: () =>
          openMenu(
            node,
            CHOICES.map(([name, label]) => ({
              label,
              value: name,
              checked: name === current(),
              run: () => {
                choose(name);
                node.replaceChildren(face());
              },
            })),
          ),
      },
    },
    face(),
  );
  return node;
}
