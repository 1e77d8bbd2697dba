/**
 * Who acts and what is open stand in the address, so that two windows are two people:
 * `?as=ana&channel=content-team`, `?as=ben&channel=@crew`, `?as=ana&home`, and
 * `&thread=TS` beside a channel.
 */

/** @typedef {{home: boolean, channel: string | null, thread: string | null}} Place */

/** @returns {{as: string | null, place: Place}} */
export function readAddress() {
  const query = new URLSearchParams(location.search);
  return {
    as: query.get("as"),
    place: {
      home: query.has("home"),
      channel: query.get("channel"),
      thread: query.get("thread"),
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

const PERMALINK = /^\/archives\/(\w+)\/p(\d+)(\d{6})$/;

/**
 * The message that a permalink of this workspace leads to, or null.
 *
 * @param {string} href
 * @returns {{channel: string, ts: string, thread: string | null} | null}
 */
export function linkedMessage(href) {
  const url = new URL(href, location.origin);
  const [, channel, seconds, fraction] = PERMALINK.exec(url.pathname) ?? [];
  if (url.origin !== location.origin || !channel) return null;
  return { channel, ts: `${seconds}.${fraction}`, thread: url.searchParams.get("thread_ts") };
}
