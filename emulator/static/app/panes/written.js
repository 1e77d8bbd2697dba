/** What was written before: sent lines to bring back, and drafts that wait. */

const KEY = "composer-history";
const MOST = 50;

export class Written {
  #lines = [];
  #back = 0;
  #unsent = "";
  #place = "";
  #person = "";
  /** @type {Map<string, string>} by person and place */
  #drafts = new Map();

  /**
   * Go on in another place.
   *
   * @param {string} person @param {string} place
   * @param {string} leaving what stands unsent in the old one
   * @returns {string} what stood unsent in the new one
   */
  begin(person, place, leaving) {
    this.#drafts.set(this.#place, leaving);
    this.#place = `${person} ${place}`;
    this.#person = person;
    this.#lines = JSON.parse(sessionStorage.getItem(`${KEY} ${person}`) ?? "[]");
    this.#back = 0;
    return this.#drafts.get(this.#place) ?? "";
  }

  /** Is an earlier line on show? */
  get recalling() {
    return this.#back > 0;
  }

  /** @param {string} line */
  sent(line) {
    this.#back = 0;
    if (!line || this.#lines.at(-1) === line) return;
    this.#lines = [...this.#lines, line].slice(-MOST);
    sessionStorage.setItem(`${KEY} ${this.#person}`, JSON.stringify(this.#lines));
  }

  /**
   * One line back, or forth.
   *
   * @param {1 | -1} step @param {string} now what stands there
   * @returns {string | null} what shall stand there; null where there is no more
   */
  recall(step, now) {
    const next = this.#back + step;
    if (next < 0 || next > this.#lines.length) return null;
    if (this.#back === 0) this.#unsent = now;
    this.#back = next;
    return next === 0 ? this.#unsent : this.#lines.at(-next);
  }
}
