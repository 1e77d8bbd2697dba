/** People, channels and groups where a text names them. */

import { h } from "../dom.js";
import { nameOf } from "../people.js";

/** @typedef {import("../session.js").Session} Session */

function mention(label, { me = false, data = {} } = {}) {
  return h("span", { class: me ? "mention mention-me" : "mention", data }, label);
}

/** @param {string} id @param {Session} session @param {string} [label] */
export function userMention(id, session, label) {
  const user = session.users.get(id);
  const name = user ? nameOf(user) : (label ?? id);
  return mention(`@${name}`, { me: id === session.me?.id, data: { user: id } });
}

/** @param {string} id @param {Session} session @param {string} [label] */
export function channelMention(id, session, label) {
  const name = session.channelNames.get(id) || label || "private-channel";
  return mention(`#${name}`, { data: { mentioned: id } });
}

/** @param {string} id @param {Session} session @param {string} [label] */
export function groupMention(id, session, label) {
  const group = session.groups.get(id);
  const name = group ? `@${group.handle}` : (label ?? `@${id}`);
  return mention(name, { me: group?.users?.includes(session.me?.id) });
}

/** `@channel`, `@here`, `@everyone`: everybody is called. @param {string} range */
export function broadcastMention(range) {
  return mention(`@${range}`, { me: true });
}
