/** Links that may be followed, and no others. */

import { h } from "../dom.js";

const SAFE = new Set(["http:", "https:", "mailto:", "tel:", "slack:"]);

/** The address as a safe absolute one, or null. @param {string} address */
export function safeHref(address) {
  try {
    const url = new URL(address);
    return SAFE.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * A link that opens elsewhere; its true address is its tooltip. An address that must not
 * be followed is shown as text.
 *
 * @param {string} address @param {...import("../dom.js").Child} label
 */
export function link(address, ...label) {
  const href = safeHref(address);
  const shown = label.length ? label : [address];
  if (!href) return h("span", { class: "dead-link", title: address }, shown);
  return h(
    "a",
    { href, title: href, target: "_blank", rel: "noopener noreferrer nofollow" },
    shown,
  );
}
