/** `plan` and `task_card`: work in progress. */

import { h, spoken } from "../dom.js";
import { icon } from "../icons.js";
import { link } from "../text/links.js";
import { richText } from "../text/richtext.js";

/** @typedef {import("./blocks.js").Drawing} Drawing */

const STATUS = {
  pending: ["waiting", null],
  in_progress: ["in progress", "spinner"],
  complete: ["done", "check"],
  error: ["failed", "close"],
};

/** @param {any} block @param {Drawing} drawing */
export function taskCard(block, { surface }) {
  const [word, sign] = STATUS[block.status] ?? [block.status ?? "unknown", "info"];
  const more = ["details", "output"].filter((key) => block[key]);
  return h(
    "div",
    { class: "task", data: { status: block.status, taskId: block.task_id } },
    h("span", { class: "task-sign" }, sign && icon(sign)),
    h(
      "div",
      { class: "task-main" },
      h("div", { class: "task-title" }, block.title, spoken(`, ${word}`)),
      more.map((key) => h("div", { class: `task-${key}` }, richText(block[key], surface.session))),
      block.sources?.length
        ? h(
            "div",
            { class: "task-sources" },
            block.sources.map((s) => link(s.url, s.text || s.url)),
          )
        : null,
    ),
  );
}

/** @param {any} block @param {Drawing} drawing */
export function plan(block, drawing) {
  const tasks = block.tasks ?? [];
  const done = tasks.filter((t) => t.status === "complete").length;
  return h(
    "div",
    { role: "group", "aria-label": block.title },
    h(
      "div",
      { class: "plan-head" },
      h("span", { class: "plan-title" }, block.title),
      tasks.length ? h("span", { class: "plan-count" }, `${done} of ${tasks.length}`) : null,
    ),
    h(
      "div",
      { class: "plan-tasks" },
      tasks.map((task) => taskCard(task, drawing)),
    ),
  );
}
