/**
 * Where blocks live (a message, a modal, Home): what their controls hold, and what
 * happens when they are used.
 */

import { inputsOf } from "./inputs.js";
import { trouble } from "./interactions.js";
import { fromState, initialOf } from "./values.js";

/** @typedef {import("./session.js").Session} Session */

export class Surface {
  /** What was put into controls here: by block, action and type. @type {Map<string, any>} */
  #held = new Map();
  #busy = new Set();
  /** @type {any[]} the blocks that are shown now */
  blocks = [];
  /** @type {Object<string, Object<string, any>>} values as the workspace remembers them */
  state = {};
  /** @type {string | null} where a message stands, for `default_to_current_conversation` */
  currentChannel = null;

  /**
   * @param {Session} session
   * @param {Object} place what addresses it: `{channel, ts}` or `{view_id}`
   * @param {"message" | "modal" | "home"} kind
   * @param {(text: string | null) => void} [complain] shows what went wrong, in place
   */
  constructor(session, place, kind, complain = () => {}) {
    this.session = session;
    this.place = place;
    this.kind = kind;
    this.complain = complain;
  }

  /** What a control holds now. @param {string} blockId @param {any} element */
  valueOf(blockId, element) {
    const key = keyOf(blockId, element);
    if (this.#held.has(key)) return this.#held.get(key);
    const remembered = this.state[blockId]?.[element.action_id];
    return remembered?.type === element.type ? fromState(remembered) : initialOf(element);
  }

  /** @param {string} blockId @param {any} element @param {any} value */
  hold(blockId, element, value) {
    this.#held.set(keyOf(blockId, element), value);
  }

  /** What the whole form holds now, in simple form. */
  values() {
    const values = {};
    for (const { blockId, element } of inputsOf(this.blocks)) {
      values[blockId] ??= {};
      values[blockId][element.action_id] = this.valueOf(blockId, element);
    }
    return values;
  }

  /**
   * Report a control's use to the app.
   *
   * @param {string} blockId @param {any} element
   * @param {any} selected in simple form; undefined for a button
   * @returns {Promise<boolean>} whether the app acknowledged it
   */
  async act(blockId, element, selected) {
    const key = keyOf(blockId, element);
    if (this.#busy.has(key)) return false;
    this.#busy.add(key);
    this.complain(null);
    try {
      const outcome = await this.session.act("click", {
        ...this.place,
        block_id: blockId,
        action_id: element.action_id,
        selected,
        values: this.kind === "message" ? undefined : this.values(),
      });
      this.complain(trouble(outcome));
      return outcome.status === "acked";
    } catch (refused) {
      this.complain(refused.message);
      return false;
    } finally {
      this.#busy.delete(key);
    }
  }

  /** Ask the app for an external select's options. */
  options(blockId, element, query) {
    return this.session.post("options", {
      ...this.place,
      block_id: blockId,
      action_id: element.action_id,
      query,
    });
  }
}

function keyOf(blockId, { type, action_id: action }) {
  return JSON.stringify([blockId, action, type]);
}
