/** Every block that Slack's SDK knows, by its type. */

import { h } from "../dom.js";
import { reconcile } from "../reconcile.js";
import { richText } from "../text/richtext.js";
import { actions, contextActions, input } from "./interactive.js";
import { alert, authProvider, card, carousel, container } from "./cards.js";
import { call, file, imageBlock, video } from "./media.js";
import { plan, taskCard } from "./plan.js";
import { table } from "./table.js";
import { context, divider, header, markdownBlock, section } from "./texts.js";

/** @typedef {import("../surface.js").Surface} Surface */
/** @typedef {{surface: Surface, errors: Object<string, string>, blocks: typeof drawBlocks}} Drawing */

/** @type {Object<string, (block: any, drawing: Drawing) => Element>} */
export const BLOCKS = {
  actions,
  alert,
  auth_provider: authProvider,
  call,
  card,
  carousel,
  container,
  context,
  context_actions: contextActions,
  divider,
  file,
  header,
  image: imageBlock,
  input,
  markdown: markdownBlock,
  plan,
  rich_text: (block, { surface }) => richText(block, surface.session),
  section,
  table,
  task_card: taskCard,
  video,
};

/**
 * Draw blocks into `parent`, keeping what did not change.
 *
 * @param {Element} parent @param {any[]} blocks @param {Surface} surface
 * @param {Object<string, string>} [errors] by block id, in a modal
 */
export function renderBlocks(parent, blocks, surface, errors = {}) {
  surface.blocks = blocks;
  drawBlocks(parent, blocks, surface, errors);
}

function drawBlocks(parent, blocks, surface, errors = {}) {
  const drawing = { surface, errors, blocks: drawBlocks };
  const viewer = surface.session.me.id;
  const keyed = blocks.map((block, index) => ({ block, key: block?.block_id ?? `#${index}` }));
  reconcile(parent, keyed, {
    key: (item) => item.key,
    print: ({ block }) => JSON.stringify([block, errors[block?.block_id] ?? null, viewer]),
    build: ({ block }) => renderBlock(block, drawing),
  });
}

/** @param {any} block @param {Drawing} drawing */
export function renderBlock(block, drawing) {
  const make = BLOCKS[block?.type] ?? unknown;
  const node = make(block, drawing);
  node.classList.add("block", `block-${String(block?.type).replaceAll("_", "-")}`);
  if (block?.block_id) node.dataset.blockId = block.block_id;
  return node;
}

/** Never blank: what cannot be drawn is said, with all that it holds. */
function unknown(block) {
  const type = block?.type ?? "no type";
  return h(
    "details",
    { class: "unknown", role: "note" },
    h("summary", {}, `This page cannot draw the block “${type}”. Slack may.`),
    h("pre", {}, h("code", {}, JSON.stringify(block, null, 2))),
  );
}
