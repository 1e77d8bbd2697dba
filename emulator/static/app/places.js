/** Places by the names that stand in the address, and the way back. */

import { addressOf } from "./address.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./address.js").Place} Place with ids in it */

/**
 * The conversation called `name` (`content-team`, `@ben`, or an id), where the acting
 * person can open it.
 *
 * @param {Session} session @param {string | null} name
 * @returns {string | null} its id
 */
export function channelCalled(session, name) {
  if (!name) return null;
  if (name.startsWith("@")) return session.dmWith(session.user(name.slice(1))?.id)?.id ?? null;
  if (session.conversations.has(name)) return name;
  const wanted = name.replace(/^#/, "");
  return [...session.conversations.values()].find((c) => c.name === wanted)?.id ?? null;
}

/** Where somebody begins who did not say where. @param {Session} session */
export function firstChannel(session) {
  const all = [...session.conversations.values()];
  const mine = all.filter((c) => c.is_member && !c.is_im && !c.archived);
  const wished = channelCalled(session, session.workspace.welcome?.channel ?? null);
  return (mine.find((c) => c.id === wished) ?? mine[0] ?? all[0])?.id ?? null;
}

/**
 * The address at which `user` sees a place. A conversation that they are not in is left
 * out: they begin where they can.
 *
 * @param {Session} session @param {import("./session.js").User} user @param {Place} place
 */
export function addressFor(session, user, place) {
  const conversation = session.conversations.get(place.channel);
  const foreign =
    conversation && user.id !== session.me.id && !conversation.members.includes(user.id);
  return addressOf(user.handle, {
    ...place,
    channel: foreign ? null : nameFor(session, conversation, place),
  });
}

function nameFor(session, conversation, place) {
  if (conversation?.is_im) return `@${session.users.get(conversation.user).handle}`;
  return conversation?.name || place.channel;
}
