/** Buttons, and the menus that are buttons. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { safeHref } from "../text/links.js";
import { textObject } from "../text/mrkdwn.js";
import { confirmed } from "./confirm.js";
import { openMenu } from "./menu.js";
import { choose, marks, pressed } from "./slot.js";

/** @typedef {import("./slot.js").Slot} Slot */

const STYLES = { primary: "is-primary", danger: "is-danger" };

function hiddenFrom(element, { surface }) {
  const only = element.visible_to_user_ids;
  return Array.isArray(only) && !only.includes(surface.session.me.id);
}

async function press(element, slot, value, node) {
  const { session } = slot.surface;
  if (element.confirm && !(await confirmed(element.confirm, session))) {
    node.focus();
    return;
  }
  const href = element.url && safeHref(element.url);
  if (href) window.open(href, "_blank", "noopener,noreferrer");
  await pressed(slot, element, value, node);
}

/** `button`: the app is told, also where a link opens. */
export function button(element, slot) {
  if (hiddenFrom(element, slot)) return null;
  const node = h(
    "button",
    {
      type: "button",
      class: `button ${STYLES[element.style] ?? ""}`,
      ...marks(slot, element),
      "aria-label": element.accessibility_label ?? null,
      value: element.value ?? "",
      on: { click: () => press(element, slot, undefined, node) },
    },
    textObject(element.text, slot.surface.session),
    element.url ? icon("arrowOut") : null,
  );
  return node;
}

/** `workflow_button`: starts a Slack workflow, which a local workspace has not. */
export function workflowButton(element, slot) {
  return h(
    "button",
    {
      type: "button",
      class: `button ${STYLES[element.style] ?? ""}`,
      ...marks(slot, element),
      disabled: true,
      title: "Workflows do not run in the local workspace",
    },
    icon("bolt"),
    textObject(element.text, slot.surface.session),
  );
}

/** `icon_button` */
export function iconButton(element, slot) {
  if (hiddenFrom(element, slot)) return null;
  const name = element.accessibility_label ?? element.text?.text ?? element.icon;
  const node = h(
    "button",
    {
      type: "button",
      class: "button button-icon",
      ...marks(slot, element),
      "aria-label": name,
      title: element.text?.text ?? name,
      on: { click: () => press(element, slot, undefined, node) },
    },
    icon(element.icon === "trash" ? "trash" : "dots"),
  );
  return node;
}

/** `feedback_buttons`: one of two, remembered as pressed. */
export function feedbackButtons(element, slot) {
  const pair = [
    [element.positive_button, "thumbUp"],
    [element.negative_button, "thumbDown"],
  ];
  const nodes = pair.map(([option, sign]) => {
    const node = h(
      "button",
      {
        type: "button",
        class: "button button-icon",
        "aria-label": option?.accessibility_label ?? option?.text?.text,
        "aria-pressed": "false",
        title: option?.text?.text,
        on: {
          click: () => {
            for (const each of nodes) each.setAttribute("aria-pressed", String(each === node));
            pressed(slot, element, option?.value, node);
          },
        },
      },
      icon(sign),
    );
    return node;
  });
  return h(
    "span",
    { class: "feedback", role: "group", "aria-label": "Feedback", ...dataOf(slot, element) },
    nodes,
  );
}

function dataOf(slot, element) {
  return { data: marks(slot, element).data };
}

/** `overflow`: a menu behind three dots. */
export function overflow(element, slot) {
  const { session } = slot.surface;
  const entry = (option) => ({
    label: textObject(option.text, session),
    note: option.description ? textObject(option.description, session) : null,
    value: option.value,
    run: () => {
      const href = option.url && safeHref(option.url);
      if (href) window.open(href, "_blank", "noopener,noreferrer");
      choose({ ...slot, reports: true }, element, option.value, node);
    },
  });
  const node = h(
    "button",
    {
      type: "button",
      class: "button button-icon",
      ...marks(slot, element),
      "aria-label": "More actions",
      "aria-haspopup": "menu",
      on: { click: () => openMenu(node, (element.options ?? []).map(entry)) },
    },
    icon("dots"),
  );
  return node;
}
