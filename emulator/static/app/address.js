/**
 * Who acts and what is open stand in the address, so that two windows are two people:
 * `?as=ana&channel=content-team`, `?as=ben&channel=@crew`, `?as=ana&home`, and
 * `&thread=TS` beside a channel. A permalink (`/archives/C…/p…`) opens its thread.
 */

/** @typedef {{home: boolean, channel: string | null, thread: string | null}} Place */

const PERMALINK = /^\/archives\/(\w+)\/p(\d+)(\d{6})$/;

/** @returns {{as: string | null, place: Place}} */
export function readAddress() {
  const query = new URLSearchParams(location.search);
  const [, channel, seconds, fraction] = PERMALINK.exec(location.pathname) ?? [];
  const linked = channel ? `${seconds}.${fraction}` : null;
  return {
    as: query.get("as"),
    place: {
      home: query.has("home"),
      channel: channel ?? query.get("channel"),
      thread: query.get("thread_ts") ?? query.get("thread") ?? linked,
    },
  };
}

/** @param {string} as a handle @param {Place} place with names, not ids */
export function addressOf(as, place) {
  const query = new URLSearchParams({ as });
  if (place.home) query.set("home", "");
  if (place.channel && !place.home) query.set("channel", place.channel);
  if (place.thread && !place.home) query.set("thread", place.thread);
  return `/?${query.toString().replaceAll("%40", "@").replace("home=", "home")}`;
}

/** @param {string} address @param {{replace?: boolean}} [options] */
export function writeAddress(address, { replace = false } = {}) {
  if (address === location.pathname + location.search) return;
  history[replace ? "replaceState" : "pushState"](null, "", address);
}
