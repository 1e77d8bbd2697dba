/** The rows of a list of messages: the messages, and the lines between them. */

import { dayKey, dayOf } from "./clock.js";

/** @typedef {import("./message.js").Message} Message */

/**
 * @typedef {Object} Row
 * @property {string} key
 * @property {string} print changes when it must be drawn anew
 * @property {Message} [message]
 * @property {boolean} [compact] goes on without a name: the same person, just now
 * @property {"day" | "new" | "count"} [divider]
 * @property {string} [label] of a divider
 */

const SAME_BREATH_S = 300;

/**
 * @param {Message[]} messages
 * @param {Object} how
 * @param {import("./session.js").User} how.me
 * @param {string | null} how.thread the root's ts, in a thread
 * @param {string | null} how.lastRead where the unread ones begin
 * @returns {Row[]}
 */
export function rowsOf(messages, { me, thread, lastRead }) {
  const sorted = [...messages].sort((a, b) => Number(a.ts) - Number(b.ts));
  const firstUnread = lastRead && sorted.find((m) => m.ts > lastRead && m.user !== me.id);
  return sorted.flatMap((message, index) => {
    const before = sorted[index - 1];
    const lines = [
      !thread && newDay(before, message, me.tz),
      message === firstUnread && divider("new", "new", "New"),
    ].filter(Boolean);
    const compact = !lines.length && sameBreath(before, message);
    const row = { message, compact, key: message.ts, print: `${printOf(message)} ${compact}` };
    const after = message.ts === thread ? [replies(messages.length - 1)] : [];
    return [...lines, row, ...after];
  });
}

function divider(kind, key, label) {
  return { divider: kind, key, print: label, label };
}

function newDay(before, message, zone) {
  const day = dayKey(Number(message.ts), zone);
  if (before && dayKey(Number(before.ts), zone) === day) return null;
  return divider("day", `day ${day}`, dayOf(Number(message.ts), zone));
}

function replies(count) {
  const label = count === 0 ? "No replies yet" : count === 1 ? "1 reply" : `${count} replies`;
  return divider("count", "count", label);
}

const plain = (message) => !message.ephemeral && !message.subtype;

function sameBreath(before, message) {
  return (
    Boolean(before) &&
    plain(before) &&
    plain(message) &&
    before.user === message.user &&
    before.username === message.username &&
    !before.reply_count &&
    Number(message.ts) - Number(before.ts) < SAME_BREATH_S
  );
}

/** @type {WeakMap<Message, string>} a message object never changes; its successor is another */
const prints = new WeakMap();

function printOf(message) {
  if (!prints.has(message)) prints.set(message, JSON.stringify(message));
  return prints.get(message);
}
