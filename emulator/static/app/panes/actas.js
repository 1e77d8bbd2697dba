/** Who acts: the one switch that makes this window a person. */

import { openMenu } from "../controls/menu.js";
import { h, spoken } from "../dom.js";
import { icon } from "../icons.js";
import { avatar, badge, colourOf, firstName, nameOf } from "../people.js";

/** @typedef {import("../session.js").Session} Session */

/**
 * @param {Session} session
 * @param {Object} options
 * @param {(user: import("../session.js").User) => void} options.become
 * @param {(user: import("../session.js").User) => string} options.address of a window as somebody
 */
export function actAs(session, { become, address }) {
  const chips = h("div", {
    class: "actas-people",
    role: "radiogroup",
    "aria-label": "Act as",
    on: { keydown: move },
  });
  const more = h(
    "button",
    {
      type: "button",
      class: "actas-more",
      "aria-haspopup": "menu",
      "aria-label": "Act as somebody else",
      title: "Somebody else",
      on: {
        click: () =>
          openMenu(
            more,
            others().map((u) => entry(u, () => become(u))),
            { align: "start" },
          ),
      },
    },
    icon("dots"),
  );
  const beside = h(
    "button",
    {
      type: "button",
      class: "bar-button actas-beside",
      "aria-haspopup": "menu",
      "aria-label": "Open a second window as",
      title: "Open a second window as somebody else",
      on: {
        click: () =>
          openMenu(
            beside,
            session.people
              .filter((u) => u.id !== session.me.id)
              .map((u) => entry(u, () => window.open(address(u), "_blank", "noopener"))),
          ),
      },
    },
    icon("windows"),
  );

  const offered = () =>
    session.people.filter((u) => u.offered !== false || u.id === session.me?.id);
  const others = () => session.people.filter((u) => !offered().includes(u));

  const draw = () => {
    const { me } = session;
    chips.replaceChildren(...offered().map(chip));
    more.hidden = others().length === 0;
    document.documentElement.style.setProperty("--me", colourOf(me));
  };

  const chip = (user) => {
    const mine = user.id === session.me.id;
    return h(
      "button",
      {
        type: "button",
        class: "actas-person",
        role: "radio",
        "aria-checked": String(mine),
        tabindex: mine ? "0" : "-1",
        data: { user: user.handle },
        css: { "--hue": colourOf(user) },
        title: [nameOf(user), user.title].filter(Boolean).join(" · "),
        on: { click: () => become(user) },
      },
      avatar(user, { size: "small", presence: true }),
      h(
        "span",
        { class: "actas-name" },
        mine ? h("span", { class: "actas-word" }, "Acting as ") : spoken("Act as "),
        firstName(user),
      ),
    );
  };

  function move(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const people = offered();
    const at = people.findIndex((u) => u.id === session.me.id);
    become(people[(at + step + people.length) % people.length]);
  }

  session.on("me people", () => {
    const focused = chips.contains(document.activeElement);
    draw();
    if (focused) chips.querySelector('[aria-checked="true"]')?.focus();
  });
  return [h("div", { class: "actas" }, chips, more), beside];
}

function entry(user, run) {
  return {
    label: [avatar(user, { size: "small" }), nameOf(user), badge(user)],
    note: user.title || null,
    value: user.handle,
    run,
  };
}
