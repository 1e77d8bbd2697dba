/** Checkboxes and radio buttons. */

import { h, uniqueId } from "../dom.js";
import { textObject } from "../text/mrkdwn.js";
import { choose, marks, valueIn } from "./slot.js";

/** @typedef {import("./slot.js").Slot} Slot */

function choices(element, slot, { type, role, isChecked, collect }) {
  const name = uniqueId("choice");
  const boxes = (element.options ?? []).map((option) =>
    h("input", {
      type,
      name,
      value: option.value,
      checked: isChecked(option.value),
      on: { change: () => changed() },
    }),
  );
  let before = boxes.map((box) => box.checked);
  const changed = async () => {
    const kept = await choose(slot, element, collect(boxes), node);
    if (kept) before = boxes.map((box) => box.checked);
    else for (const [i, box] of boxes.entries()) box.checked = before[i];
  };
  const { session } = slot.surface;
  const node = h(
    "div",
    { class: "choices", role, ...marks(slot, element), tabindex: "-1" },
    (element.options ?? []).map((option, i) =>
      h(
        "label",
        { class: "choice" },
        boxes[i],
        h(
          "span",
          { class: "choice-text" },
          h("span", {}, textObject(option.text, session)),
          option.description
            ? h("span", { class: "option-note" }, textObject(option.description, session))
            : null,
        ),
      ),
    ),
  );
  return node;
}

/** `checkboxes` */
export function checkboxes(element, slot) {
  const held = new Set(valueIn(slot, element) ?? []);
  return choices(element, slot, {
    type: "checkbox",
    role: "group",
    isChecked: (value) => held.has(value),
    collect: (boxes) => boxes.filter((box) => box.checked).map((box) => box.value),
  });
}

/** `radio_buttons` */
export function radioButtons(element, slot) {
  const held = valueIn(slot, element);
  return choices(element, slot, {
    type: "radio",
    role: "radiogroup",
    isChecked: (value) => value === held,
    collect: (boxes) => boxes.find((box) => box.checked)?.value ?? null,
  });
}
