/**
 * Where blocks live (a message, a modal, Home): what their controls hold, and what
 * happens when they are used.
 */

import { trouble } from "./interactions.js";
import { fromState, FormValues, initialOf } from "./values.js";

/** @typedef {import("./session.js").Session} Session */

export class Surface {
  values = new FormValues();
  #busy = new Set();

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
    /** @type {Object<string, Object<string, any>>} as the workspace remembers it */
    this.state = {};
  }

  /** What a control holds now. @param {string} blockId @param {any} element */
  valueOf(blockId, element) {
    const held = this.values.get(blockId, element.action_id);
    if (held !== undefined) return held;
    const remembered = this.state[blockId]?.[element.action_id];
    return remembered ? fromState(remembered) : initialOf(element);
  }

  /** @param {string} blockId @param {any} element @param {any} value */
  hold(blockId, element, value) {
    this.values.set(blockId, element.action_id, value);
  }

  /** Has this exact control been pressed, without an answer yet? */
  isBusy(blockId, actionId) {
    return this.#busy.has(`${blockId}/${actionId}`);
  }

  /**
   * Report a control's use to the app.
   *
   * @param {string} blockId @param {any} element
   * @param {any} selected in simple form; undefined for a button
   * @returns {Promise<boolean>} whether the app acknowledged it
   */
  async act(blockId, element, selected) {
    const key = `${blockId}/${element.action_id}`;
    if (this.#busy.has(key)) return false;
    this.#busy.add(key);
    this.complain(null);
    try {
      const outcome = await this.session.act("click", {
        ...this.place,
        block_id: blockId,
        action_id: element.action_id,
        selected,
        values: this.kind === "message" ? undefined : this.values.toJSON(),
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
