/** Every element that Slack's SDK knows, by its type. */

import { h } from "../dom.js";
import { button, feedbackButtons, iconButton, overflow, workflowButton } from "./buttons.js";
import { checkboxes, radioButtons } from "./choices.js";
import { fileInput } from "./files.js";
import { image } from "./image.js";
import { datePicker, dateTimePicker, timePicker } from "./moments.js";
import { conversationSelect, externalSelect, staticSelect, userSelect } from "./selects.js";
import { addressInput, numberInput, plainTextInput, richTextInput } from "./texts.js";

/** @typedef {import("./slot.js").Slot} Slot */

/** @type {Object<string, (element: any, slot: Slot) => Node | null>} */
export const ELEMENTS = {
  button,
  channels_select: conversationSelect,
  checkboxes,
  conversations_select: conversationSelect,
  datepicker: datePicker,
  datetimepicker: dateTimePicker,
  email_text_input: addressInput,
  external_select: externalSelect,
  feedback_buttons: feedbackButtons,
  file_input: fileInput,
  icon_button: iconButton,
  image,
  multi_channels_select: conversationSelect,
  multi_conversations_select: conversationSelect,
  multi_external_select: externalSelect,
  multi_static_select: staticSelect,
  multi_users_select: userSelect,
  number_input: numberInput,
  overflow,
  plain_text_input: plainTextInput,
  radio_buttons: radioButtons,
  rich_text_input: richTextInput,
  static_select: staticSelect,
  timepicker: timePicker,
  url_text_input: addressInput,
  users_select: userSelect,
  workflow_button: workflowButton,
};

/** @param {any} element @param {Slot} slot */
export function renderElement(element, slot) {
  const make = ELEMENTS[element?.type];
  return make ? make(element, slot) : unknown(element);
}

function unknown(element) {
  const type = element?.type ?? "no type";
  return h("span", { class: "unknown-span" }, `This page cannot draw the element “${type}”`);
}
