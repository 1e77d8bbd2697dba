/** The beginning: ask who is there, draw the page, go where the address says. */

import { get } from "./api.js";
import { h } from "./dom.js";
import { Page } from "./page.js";
import { Session } from "./session.js";

async function start() {
  try {
    const page = new Page(new Session(await get("workspace")));
    await page.arrive();
    page.inspector.restore();
    document.body.dataset.ready = "";
  } catch (error) {
    document.body.replaceChildren(
      h("p", { class: "empty", role: "alert" }, `This page could not start: ${error.message}`),
    );
    throw error;
  }
}

start();
