/** Blocks that are used. */

import { renderElement } from "../controls/elements.js";
import { h, uniqueId } from "../dom.js";
import { textObject } from "../text/mrkdwn.js";

/** @typedef {import("./blocks.js").Drawing} Drawing */

function row(block, { surface }) {
  const slot = { surface, blockId: block.block_id, reports: true };
  return h(
    "div",
    {},
    (block.elements ?? []).map((element) => renderElement(element, slot)),
  );
}

/** `actions` @param {any} block @param {Drawing} drawing */
export const actions = row;

/** `context_actions` */
export const contextActions = row;

const GROUPED = new Set(["checkboxes", "radio_buttons"]);

/** `input`: a label, a control, a hint, and what is wrong with it. */
export function input(block, { surface, errors }) {
  const { session } = surface;
  const ids = { label: uniqueId("label"), hint: uniqueId("hint"), error: uniqueId("error") };
  const error = errors[block.block_id];
  const control = renderElement(block.element, {
    surface,
    blockId: block.block_id,
    reports: block.dispatch_action === true,
    labelledBy: ids.label,
    describedBy: [block.hint && ids.hint, error && ids.error].filter(Boolean).join(" ") || null,
    required: !block.optional,
  });
  const named = ownControl(control);
  if (error) named?.setAttribute("aria-invalid", "true");
  if (named && !named.id) named.id = uniqueId("field");
  const grouped = GROUPED.has(block.element?.type);
  return h(
    "div",
    { class: error ? "field has-error" : "field" },
    h(
      grouped ? "span" : "label",
      { id: ids.label, class: "field-label", for: grouped ? null : named?.id },
      textObject(block.label, session),
      block.optional ? h("span", { class: "field-optional" }, " optional") : null,
    ),
    control,
    error ? h("p", { id: ids.error, class: "field-error", role: "alert" }, error) : null,
    block.hint
      ? h("p", { id: ids.hint, class: "field-hint" }, textObject(block.hint, session))
      : null,
  );
}

/** The node inside a control that the keyboard goes to. */
function ownControl(control) {
  const focusable = "input, textarea, .picker-button, .choices";
  if (!(control instanceof Element)) return null;
  return control.matches(focusable) ? control : control.querySelector(focusable);
}
