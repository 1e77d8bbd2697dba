/** What the acting person can open. */

import { h, spoken } from "../dom.js";
import { icon } from "../icons.js";
import { avatar, badge, nameOf, presenceNote } from "../people.js";

/** @typedef {import("../session.js").Session} Session */

/**
 * @param {Session} session
 * @param {import("../page.js").Page} page
 */
export function sidebar(session, page) {
  const list = h("div", { class: "side-list" });
  const node = h("nav", { class: "side", "aria-label": "Conversations" }, list);

  const row = ({
    on,
    sign,
    name,
    unread = 0,
    mentions = 0,
    extra = null,
    data,
    run,
    spoken: said = null,
    quiet = false,
  }) =>
    h(
      "button",
      {
        type: "button",
        class: ["side-row", unread ? "is-unread" : "", quiet ? "is-quiet" : ""].join(" ").trim(),
        "aria-current": on ? "page" : null,
        data,
        on: { click: run },
      },
      h("span", { class: "side-sign" }, sign),
      h("span", { class: "side-name" }, name),
      extra,
      said,
      mentions || unread
        ? h(
            "span",
            { class: mentions ? "count count-mentions" : "count", "aria-hidden": "true" },
            mentions || unread,
          )
        : null,
      unread ? spoken(`, ${unread} unread`) : null,
    );

  const section = (title, rows) =>
    rows.length
      ? h(
          "section",
          { class: "side-section", "aria-label": title },
          h("h2", { class: "side-title" }, title),
          rows,
        )
      : null;

  const channelRow = (c, at) =>
    row({
      on: !at.home && at.channel === c.id,
      sign: icon(c.is_private ? "lock" : "hash"),
      name: c.name,
      unread: c.is_member ? c.unread : 0,
      mentions: c.is_member ? c.mentions : 0,
      quiet: !c.is_member,
      extra: c.is_ext_shared
        ? h(
            "span",
            { class: "side-note", title: "Shared with another organisation" },
            icon("shared"),
            spoken("shared"),
          )
        : null,
      data: { channel: c.id, channelName: c.name },
      run: () => page.openChannel(c.id),
    });

  const dmRow = (user, at) => {
    const c = session.dmWith(user.id);
    return row({
      on: !at.home && Boolean(c) && at.channel === c.id,
      sign: avatar(user, { size: "small", presence: true }),
      name: user.id === session.me.id ? `${nameOf(user)} (you)` : nameOf(user),
      unread: c?.unread,
      mentions: c?.mentions,
      extra: user.is_bot ? null : badge(user),
      spoken: presenceNote(user),
      data: { channel: c?.id, dm: user.handle },
      run: () => (c ? page.openChannel(c.id) : page.openDm(user.id)),
    });
  };

  const homeRow = (at) =>
    row({
      on: at.home,
      sign: icon("home"),
      name: `${session.app.name} Home`,
      data: { home: "" },
      run: () => page.openHome(),
    });

  const draw = () => {
    const at = page.place;
    const all = [...session.conversations.values()];
    const channels = all.filter((c) => !c.is_im && !c.is_mpim && !c.archived).sort(byName);
    const groups = all.filter((c) => c.is_mpim && !c.archived);
    const bot = session.users.get(session.app.bot_user_id);
    const focused = list.contains(document.activeElement) ? document.activeElement.dataset : null;
    list.replaceChildren(
      section(
        "App",
        [session.hasHome ? homeRow(at) : null, bot ? dmRow(bot, at) : null].filter(Boolean),
      ),
      ...[
        section(
          "Channels",
          channels.filter((c) => c.is_member).map((c) => channelRow(c, at)),
        ),
        section("Direct messages", [
          ...session.people.map((user) => dmRow(user, at)),
          ...groups.map((c) =>
            row({
              on: at.channel === c.id,
              sign: icon("people"),
              name: groupName(c),
              unread: c.unread,
              mentions: c.mentions,
              data: { channel: c.id },
              run: () => page.openChannel(c.id),
            }),
          ),
        ]),
        section(
          "Channels to join",
          channels.filter((c) => !c.is_member).map((c) => channelRow(c, at)),
        ),
      ].filter(Boolean),
    );
    if (focused) refocus(list, focused);
  };

  const groupName = (c) =>
    c.members
      .filter((id) => id !== session.me.id)
      .map((id) => nameOf(session.users.get(id)))
      .join(", ");

  session.on("me conversations people place", draw);
  return node;
}

function byName(a, b) {
  return a.name.localeCompare(b.name);
}

function refocus(list, { channel, dm, home }) {
  const wanted = channel
    ? `[data-channel="${CSS.escape(channel)}"]`
    : dm
      ? `[data-dm="${CSS.escape(dm)}"]`
      : home === undefined
        ? null
        : "[data-home]";
  if (wanted) list.querySelector(wanted)?.focus({ preventScroll: true });
}
