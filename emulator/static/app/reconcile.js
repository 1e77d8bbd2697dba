/**
 * Bring a parent's children in line with a list of items, touching only what changed:
 * a card that is updated in place does not flicker, keeps its scroll position, its open
 * menus and the keyboard's focus.
 */

/** @type {WeakMap<Node, {key: string, print: string}>} */
const known = new WeakMap();

/**
 * @template T
 * @param {Element} parent its element children all belong to this function
 * @param {T[]} items
 * @param {Object} how
 * @param {(item: T) => string} how.key what makes an item the same item
 * @param {(item: T) => string} how.print changes when the item must be drawn anew
 * @param {(item: T) => Element} how.build
 * @param {(node: Element, item: T) => void} [how.update] instead of building anew
 */
export function reconcile(parent, items, how) {
  const before = new Map();
  for (const child of parent.children) {
    const memo = known.get(child);
    if (memo) before.set(memo.key, child);
  }
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = how.key(item);
    const old = before.get(key);
    const node = current(old, item, how);
    if (place === old) place = node; // drawn anew, in the same place
    before.delete(key);
    known.set(node, { key, print: how.print(item) });
    if (node === place && node.parentNode === parent) place = place.nextElementSibling;
    else parent.insertBefore(node, place);
  }
  while (place) {
    const next = place.nextElementSibling;
    place.remove();
    place = next;
  }
}

function current(old, item, how) {
  if (!old) return how.build(item);
  if (known.get(old).print === how.print(item)) return old;
  if (how.update) {
    how.update(old, item);
    return old;
  }
  const focus = describeFocus(old);
  const node = how.build(item);
  old.replaceWith(node);
  restoreFocus(node, focus);
  return node;
}

function describeFocus(node) {
  const active = document.activeElement;
  if (!active || !node.contains(active)) return null;
  const control = active.closest("[data-action-id]");
  return { action: control?.dataset.actionId ?? null };
}

function restoreFocus(node, focus) {
  if (!focus?.action) return;
  const control = node.querySelector(`[data-action-id="${CSS.escape(focus.action)}"]`);
  const target = control?.matches("button, input, textarea, select, a")
    ? control
    : control?.querySelector("button, input, textarea, select, a");
  target?.focus({ preventScroll: true });
}
