/**
 * What a control knows of the place it stands in.
 *
 * @typedef {Object} Slot
 * @property {import("../surface.js").Surface} surface
 * @property {string} blockId
 * @property {boolean} reports whether using it is told to the app at once
 * @property {string | null} labelledBy id of the node that names it (an input's label)
 * @property {string | null} describedBy ids of its hint and error
 * @property {boolean} required
 */

import { confirmed } from "./confirm.js";

/** @param {Slot} slot @param {any} element the control's value now */
export function valueIn(slot, element) {
  return slot.surface.valueOf(slot.blockId, element);
}

/**
 * A control has a new value: hold it, and tell the app where the control reports.
 *
 * @param {Slot} slot @param {any} element @param {any} value
 * @param {Element} node the control, for where the confirmation returns focus
 * @returns {Promise<boolean>} false where the person took it back
 */
export async function choose(slot, element, value, node) {
  if (!slot.reports) {
    slot.surface.hold(slot.blockId, element, value);
    return true;
  }
  if (element.confirm && !(await confirmed(element.confirm, slot.surface.session))) {
    node.focus?.();
    return false;
  }
  slot.surface.hold(slot.blockId, element, value);
  await pressed(slot, element, value, node);
  return true;
}

/**
 * Report, and show that it is on its way.
 *
 * @param {Slot} slot @param {any} element @param {any} value @param {Element} node
 */
export async function pressed(slot, element, value, node) {
  node.setAttribute("aria-busy", "true");
  try {
    return await slot.surface.act(slot.blockId, element, value);
  } finally {
    node.removeAttribute("aria-busy");
  }
}

/** Attributes that every control carries. @param {Slot} slot @param {any} element */
export function marks(slot, element) {
  return {
    data: { actionId: element.action_id },
    "aria-labelledby": slot.labelledBy,
    "aria-describedby": slot.describedBy,
    "aria-required": slot.required ? "true" : null,
    autofocus: element.focus_on_load === true,
  };
}

/** A placeholder's text, or what stands there without one. */
export function placeholderOf(element, otherwise = "") {
  return element.placeholder?.text ?? otherwise;
}
