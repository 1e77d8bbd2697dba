/**
 * Pictures. The page's policy loads nothing from elsewhere, so a picture out there is
 * shown by its description, as a link; what the workspace itself holds is shown.
 */

import { fileAddress } from "../api.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { safeHref } from "../text/links.js";

/** @param {any} element @param {{surface: import("../surface.js").Surface}} slot */
export function image(element, { surface }) {
  const source = sourceOf(element, surface.session);
  const alt = element.alt_text ?? "Picture";
  if (source) return h("img", { class: "picture", src: source, alt, loading: "lazy" });
  const href = safeHref(element.image_url ?? element.slack_file?.url ?? "");
  const face = [icon("eye"), h("span", {}, alt)];
  return href
    ? h(
        "a",
        {
          class: "picture-away",
          href,
          title: `${alt}: ${href}`,
          target: "_blank",
          rel: "noopener noreferrer nofollow",
        },
        face,
      )
    : h("span", { class: "picture-away" }, face);
}

function sourceOf(element, session) {
  const url = element.image_url ?? "";
  if (url.startsWith("data:image/")) return url;
  if (url.startsWith(`${location.origin}/`)) return url;
  const id = element.slack_file?.id;
  return id ? fileAddress(id, session.me.id) : null;
}
