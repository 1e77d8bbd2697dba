/** Who wants to know what. */
export class Bus {
  /** @type {Map<string, Set<(detail: any) => void>>} */
  #listeners = new Map();

  /** @returns {() => void} stops it */
  on(types, listener) {
    for (const type of types.split(" ")) {
      if (!this.#listeners.has(type)) this.#listeners.set(type, new Set());
      this.#listeners.get(type).add(listener);
    }
    return () => {
      for (const type of types.split(" ")) this.#listeners.get(type).delete(listener);
    };
  }

  emit(type, detail) {
    for (const listener of this.#listeners.get(type) ?? []) listener(detail);
  }
}
