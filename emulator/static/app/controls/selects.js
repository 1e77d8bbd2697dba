/** Selects: where their options come from, and what a chosen one is. */

import { icon } from "../icons.js";
import { avatar, nameOf } from "../people.js";
import { textObject } from "../text/mrkdwn.js";
import { picker } from "./picker.js";
import { choose, marks, placeholderOf, valueIn } from "./slot.js";

/** @typedef {import("./slot.js").Slot} Slot */
/** @typedef {import("./listbox.js").Entry} Entry */

const MOST_SHOWN = 200;

/** @param {any} element @param {Slot} slot @param {Object} source */
function select(element, slot, { find, chosen, fallback, alwaysSearch = false }) {
  const multiple = element.type.startsWith("multi_");
  return picker({
    marks: marks(slot, element),
    placeholder: placeholderOf(element, fallback),
    multiple,
    most: element.max_selected_items,
    alwaysSearch,
    chosen,
    find,
    change: (values, node) => choose(slot, element, multiple ? values : (values[0] ?? null), node),
  });
}

/** @param {any} option @param {Slot} slot @param {string} [group] @returns {Entry} */
function optionEntry(option, slot, group) {
  const { session } = slot.surface;
  return {
    value: option.value,
    label:
      textObject(option.text, session).childNodes.length > 1
        ? wrap(textObject(option.text, session))
        : (option.text?.text ?? ""),
    note: option.description ? wrap(textObject(option.description, session)) : null,
    words: option.text?.text ?? "",
    group,
  };
}

function wrap(nodes) {
  const span = document.createElement("span");
  span.append(nodes);
  return span;
}

function entriesOf({ options, option_groups: groups }, slot) {
  if (!groups) return (options ?? []).map((o) => optionEntry(o, slot));
  return groups.flatMap((g) => (g.options ?? []).map((o) => optionEntry(o, slot, g.label?.text)));
}

function matching(entries, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (e) => words.every((w) => `${e.words} ${e.group ?? ""}`.toLowerCase().includes(w));
  return entries.filter(fits).slice(0, MOST_SHOWN);
}

function among(entries, value) {
  const wanted = value === null || value === undefined ? [] : [value].flat();
  return wanted.map((v) => entries.find((e) => e.value === v)).filter(Boolean);
}

/** `static_select`, `multi_static_select` */
export function staticSelect(element, slot) {
  const entries = entriesOf(element, slot);
  return select(element, slot, {
    fallback: "Choose an option",
    chosen: among(entries, valueIn(slot, element)),
    find: (query) => matching(entries, query),
  });
}

/** `external_select`, `multi_external_select`: the app answers what is typed. */
export function externalSelect(element, slot) {
  const given = [element.initial_options ?? element.initial_option ?? []].flat();
  const state = slot.surface.state[slot.blockId]?.[element.action_id];
  const kept = [state?.selected_options ?? state?.selected_option ?? []].flat();
  const known = [...given, ...kept].map((o) => optionEntry(o, slot));
  const least = element.min_query_length ?? 3;
  return select(element, slot, {
    fallback: "Choose an option",
    alwaysSearch: true,
    chosen: among(known, valueIn(slot, element)),
    find: (query) => {
      if (query.length < least) return [];
      return slot.surface.options(slot.blockId, element, query).then((answer) => {
        const entries = entriesOf(answer, slot);
        known.push(...entries);
        return entries;
      });
    },
  });
}

/** `users_select`, `multi_users_select` */
export function userSelect(element, slot) {
  const { session } = slot.surface;
  const entries = [...session.users.values()]
    .filter((u) => !u.deleted)
    .map((u) => ({
      value: u.id,
      label: nameOf(u),
      words: `${nameOf(u)} ${u.handle}`,
      note: null,
      sign: avatar(u, { size: "small" }),
    }));
  return select(element, slot, {
    fallback: "Choose a person",
    chosen: among(entries, valueIn(slot, element)),
    find: (query) => matching(entries, query),
  });
}

function conversationEntry(conversation, session) {
  const other = session.users.get(conversation.user);
  const name = conversation.is_im ? nameOf(other) : conversation.name;
  return {
    value: conversation.id,
    label: name,
    words: name,
    sign: conversation.is_im
      ? avatar(other, { size: "small" })
      : icon(conversation.is_private ? "lock" : "hash"),
  };
}

function allowed(conversation, filter = {}) {
  const kind = conversation.is_im
    ? "im"
    : conversation.is_mpim
      ? "mpim"
      : conversation.is_private
        ? "private"
        : "public";
  if (filter.include && !filter.include.includes(kind)) return false;
  return !(filter.exclude_external_shared_channels && conversation.is_ext_shared);
}

/** `conversations_select`, `channels_select` and their `multi_` twins */
export function conversationSelect(element, slot) {
  const { session } = slot.surface;
  const publicOnly = element.type.endsWith("channels_select");
  const filter = publicOnly ? { include: ["public"] } : element.filter;
  const entries = [...session.conversations.values()]
    .filter((c) => !c.archived && allowed(c, filter))
    .map((c) => conversationEntry(c, session));
  const here = element.default_to_current_conversation ? slot.surface.currentChannel : null;
  return select(element, slot, {
    fallback: publicOnly ? "Choose a channel" : "Choose a conversation",
    chosen: among(entries, valueIn(slot, element) ?? here ?? null),
    find: (query) => matching(entries, query),
  });
}
