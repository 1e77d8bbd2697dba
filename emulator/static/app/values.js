/**
 * The simple form of what a control holds (emulator/README.md): text, an option's value,
 * an id, a date, a list of those.
 */

/** @typedef {string | number | string[] | null} Value */

/** From Slack's own form, as in `state.values`. @param {any} entry @returns {Value} */
export function fromState(entry) {
  if (!entry) return null;
  if (entry.selected_options) return entry.selected_options.map((o) => o.value);
  if (entry.selected_option !== undefined) return entry.selected_option?.value ?? null;
  if (entry.rich_text_value) return plainOf(entry.rich_text_value);
  if (entry.files) return entry.files.map((f) => f.id ?? f);
  for (const [key, value] of Object.entries(entry)) {
    if (key !== "type" && value !== undefined) return value;
  }
  return null;
}

/** What the app put into a control. @param {any} element @returns {Value} */
export function initialOf(element) {
  if (element.initial_options) return element.initial_options.map((o) => o.value);
  if (element.initial_option) return element.initial_option.value;
  if (element.type === "rich_text_input") return plainOf(element.initial_value);
  const key = Object.keys(element).find((name) => name.startsWith("initial_"));
  return key ? element[key] : null;
}

/** A `rich_text` object as the plain text that a text area can hold. */
export function plainOf(node) {
  if (!node) return "";
  if (typeof node.text === "string") return node.text;
  const inner = (node.elements ?? []).map(plainOf);
  return inner.join(node.type === "rich_text" || node.type === "rich_text_list" ? "\n" : "");
}

/** Nothing typed, nothing chosen. @param {Value | undefined} value */
export function isEmpty(value) {
  return value === null || value === undefined || value === "" || value.length === 0;
}
