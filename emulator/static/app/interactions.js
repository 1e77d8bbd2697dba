/**
 * What became of what a person did. Slack gives an app three seconds to acknowledge;
 * then it shows the person that something went wrong.
 */

import { get } from "./api.js";

/** @typedef {{id: number, status: string, ms: number | null, note: string | null}} Outcome */

const PATIENCE_S = 10;

export class Interactions {
  /** @type {Map<number, Outcome>} */
  #done = new Map();
  /** @type {Map<number, ((outcome: Outcome) => void)[]>} */
  #waiting = new Map();

  /** Take in an `interaction` event. @param {Outcome} outcome */
  heard(outcome) {
    if (outcome.status === "sent") return;
    this.#done.set(outcome.id, outcome);
    for (const resolve of this.#waiting.get(outcome.id) ?? []) resolve(outcome);
    this.#waiting.delete(outcome.id);
  }

  /**
   * The outcome of interaction `id`, when there is one. The stream usually tells; where
   * it was down at that moment, the workspace is asked.
   *
   * @param {number} id
   * @returns {Promise<Outcome>}
   */
  async outcome(id) {
    if (this.#done.has(id)) return this.#done.get(id);
    const told = new Promise((resolve) => {
      this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), resolve]);
    });
    const asked = get(`interactions/${id}`, { wait: PATIENCE_S });
    return Promise.race([told, asked]);
  }
}

/** Slack's words for an outcome, or null where all went well. @param {Outcome} outcome */
export function trouble(outcome) {
  if (outcome.status === "acked" || outcome.status === "sent") return null;
  return outcome.note ?? "The app did not respond in time.";
}
