/** Lists that open over the page, beside the control they belong to. */

const GAP = 6;

/**
 * Show `floating` (a `popover` element beside `anchor` in the tree) and keep it beside
 * its anchor until it is hidden.
 *
 * @param {HTMLElement} anchor @param {HTMLElement} floating
 * @param {{align?: "start" | "end", match?: boolean, above?: boolean}} [options]
 *   `match`: at least as wide as the anchor
 */
export function float(anchor, floating, { align = "start", match = false, above = false } = {}) {
  const place = () => {
    const at = anchor.getBoundingClientRect();
    if (match) floating.style.minWidth = `${at.width}px`;
    const { offsetWidth: width, offsetHeight: height } = floating;
    const below = innerHeight - at.bottom - GAP;
    const up = above ? at.top > height + GAP : below < height && at.top > below;
    const left = align === "end" ? at.right - width : at.left;
    floating.style.left = `${clamp(left, GAP, innerWidth - width - GAP)}px`;
    const top = up ? at.top - height - GAP : at.bottom + GAP;
    floating.style.top = `${clamp(top, GAP, innerHeight - height - GAP)}px`;
  };
  if (!floating.matches(":popover-open")) floating.showPopover();
  place();
  addEventListener("resize", place);
  addEventListener("scroll", place, true);
  const watch = new ResizeObserver(place);
  watch.observe(floating);
  floating.addEventListener(
    "beforetoggle", // the next one is the closing
    () => {
      watch.disconnect();
      removeEventListener("resize", place);
      removeEventListener("scroll", place, true);
    },
    { once: true },
  );
}

function clamp(value, low, high) {
  return Math.max(low, Math.min(value, Math.max(low, high)));
}
