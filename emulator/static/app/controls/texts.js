/** Fields for text, numbers, addresses. */

import { h } from "../dom.js";
import { choose, marks, placeholderOf, valueIn } from "./slot.js";

/** @typedef {import("./slot.js").Slot} Slot */

const ON_ENTER = "on_enter_pressed";
const ON_CHARACTER = "on_character_entered";

/** When a text field reports, where it does at all. */
function triggers(element, slot) {
  return slot.reports ? (element.dispatch_action_config?.trigger_actions_on ?? [ON_ENTER]) : [];
}

function field(tag, element, slot, props) {
  const when = triggers(element, slot);
  const quiet = { ...slot, reports: false };
  const node = h(tag, {
    ...marks(slot, element),
    ...props,
    class: "text-field",
    placeholder: placeholderOf(element),
    value: valueIn(slot, element) ?? "",
    on: {
      input: () => {
        choose(when.includes(ON_CHARACTER) ? slot : quiet, element, node.value, node);
        if (tag === "textarea") grow(node);
      },
      keydown: (event) => {
        if (event.key !== "Enter" || !when.includes(ON_ENTER) || tag === "textarea") return;
        event.preventDefault(); // Enter reports here; it does not submit
        choose(slot, element, node.value, node);
      },
    },
  });
  return node;
}

const MOST_ROWS_PX = 320;

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight + 2, MOST_ROWS_PX)}px`;
}

/** Counts down where a field has a limit and it comes near. */
function counted(node, most) {
  if (!most) return node;
  const left = h("span", { class: "field-count", "aria-live": "polite" });
  const show = () => {
    const rest = most - node.value.length;
    left.textContent = rest <= Math.max(20, most * 0.1) ? String(rest) : "";
    left.classList.toggle("is-over", rest < 0);
  };
  node.addEventListener("input", show);
  show();
  return h("div", { class: "field-counted" }, node, left);
}

/** `plain_text_input` */
export function plainTextInput(element, slot) {
  if (!element.multiline) {
    return counted(
      field("input", element, slot, { type: "text", autocomplete: "off" }),
      element.max_length,
    );
  }
  return counted(area(element, slot), element.max_length);
}

function area(element, slot, rows = 4) {
  const node = field("textarea", element, slot, { rows });
  requestAnimationFrame(() => node.scrollHeight > node.clientHeight && grow(node));
  return node;
}

/** `rich_text_input`: typed as plain text, sent as `rich_text`. */
export function richTextInput(element, slot) {
  return area(element, slot, 5);
}

const KINDS = {
  email_text_input: { type: "email", autocomplete: "off", inputmode: "email" },
  url_text_input: { type: "url", autocomplete: "off", inputmode: "url" },
};

/** `email_text_input`, `url_text_input` */
export function addressInput(element, slot) {
  return field("input", element, slot, KINDS[element.type]);
}

/** `number_input`: text, so that what was typed is what is judged. */
export function numberInput(element, slot) {
  const inputmode = element.is_decimal_allowed ? "decimal" : "numeric";
  return field("input", element, slot, { type: "text", autocomplete: "off", inputmode });
}
