/** `table` */

import { h } from "../dom.js";
import { plainText } from "../text/mrkdwn.js";
import { richText } from "../text/richtext.js";

/** @typedef {import("./blocks.js").Drawing} Drawing */

const NUMBERS = new Intl.NumberFormat("en", { maximumFractionDigits: 6 });

function content(cell, session) {
  if (cell?.type === "rich_text") return richText(cell, session);
  if (cell?.type === "raw_number") return cell.text ?? NUMBERS.format(cell.value ?? cell.number);
  return plainText(String(cell?.text ?? ""));
}

/** The first row is the heading. @param {any} block @param {Drawing} drawing */
export function table(block, { surface }) {
  const [head = [], ...rows] = block.rows ?? [];
  const settings = block.column_settings ?? [];
  const cell = (tag) => (value, column) => {
    const { align, is_wrapped: wrapped } = settings[column] ?? {};
    return h(
      tag,
      {
        scope: tag === "th" ? "col" : null,
        data: {
          align: align ?? (value?.type === "raw_number" ? "right" : null),
          wrapped: wrapped ? "" : null,
        },
      },
      content(value, surface.session),
    );
  };
  return h(
    "div",
    { class: "table-scroll", tabindex: "0", role: "group", "aria-label": "Table" },
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, head.map(cell("th")))),
      h(
        "tbody",
        {},
        rows.map((row) => h("tr", {}, row.map(cell("td")))),
      ),
    ),
  );
}
