"""Modals and Home tabs: what each person has open, and what they have put in."""

import secrets

from emulator import ids
from emulator.blocks import stored_blocks
from emulator.clock import Clock
from emulator.errors import Refusal
from emulator.forms import initial_values
from emulator.hub import Hub
from emulator.limits import VIEW_STACK
from emulator.records import Json, View
from emulator.workspace import Workspace

_COPIED = ("callback_id", "private_metadata", "external_id")


class Modals:
    """Every open stack of modals and every published Home."""

    def __init__(self, workspace: Workspace, clock: Clock, hub: Hub) -> None:
        self._workspace = workspace
        self._clock = clock
        self._hub = hub
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}
        #: In which conversation each person's stack was opened.
        self._here: dict[str, str | None] = {}

    def stack(self, person: str) -> list[View]:
        """The person's open modals, the last on top."""
        return self._stacks.get(person, [])

    def home(self, person: str) -> View | None:
        return self._homes.get(person)

    def find(self, *, view_id: object = None, external_id: object = None) -> View:
        """An open modal or a Home.

        Raises:
            Refusal: `not_found`.
        """
        for view in self._all():
            if view_id and view.id == view_id:
                return view
            if external_id and view.body["external_id"] == external_id:
                return view
        raise Refusal("not_found", "This view is not open.")

    def theirs(self, person: str, view_id: object) -> View:
        """A view that this person has open, or their Home.

        Raises:
            Refusal: `not_found`.
        """
        view = self.find(view_id=view_id)
        if view.person != person:
            raise Refusal("not_found", "This view is not open.")
        return view

    def open(self, person: str, wanted: Json, *, here: str | None) -> View:
        """Show a modal; it takes the place of a stack that is open."""
        self._refuse_taken_external_id(wanted)
        view = self._new(person, wanted, here=here)
        self._here[person] = here
        self._stacks[person] = [view]
        self._hub.tell({"type": "view_opened", "view": shown_view(view)}, {person})
        return view

    def push(self, person: str, wanted: Json) -> View:
        """Show a modal on top of the open ones.

        Raises:
            Refusal: `push_limit_reached`, `not_found` where nothing is open.
        """
        stack = self.stack(person)
        if not stack:
            raise Refusal("not_found", "No modal is open to push onto.")
        if len(stack) >= VIEW_STACK:
            raise Refusal("push_limit_reached", "Three views are open already.")
        self._refuse_taken_external_id(wanted)
        view = self._new(person, wanted, here=self._here.get(person))
        view.body["root_view_id"] = stack[0].id
        view.body["previous_view_id"] = stack[-1].id
        stack[-1].submitting = False
        stack.append(view)
        self._hub.tell({"type": "view_pushed", "view": shown_view(view)}, {person})
        return view

    def update(self, view: View, wanted: Json, *, expected_hash: object = None) -> View:
        """Replace what a view shows; what was typed is kept where ids stay the same.

        Raises:
            Refusal: `hash_conflict`, `duplicate_external_id`.
        """
        if expected_hash and expected_hash != view.body["hash"]:
            raise Refusal("hash_conflict", "The view has changed meanwhile.")
        self._refuse_taken_external_id(wanted, unless=view)
        kept = ("id", "root_view_id", "previous_view_id")
        here = self._here.get(view.person)
        fresh = self._new(view.person, wanted, here=here, before=view.values)
        view.body = fresh.body | {key: view.body[key] for key in kept}
        view.values = fresh.values
        view.errors, view.notice, view.submitting = {}, None, False
        kind = "home" if view.body["type"] == "home" else "view_updated"
        self._hub.tell({"type": kind, "view": shown_view(view)}, {view.person})
        return view

    def publish(self, person: str, wanted: Json, *, expected_hash: object) -> View:
        """Show a view as the person's Home.

        Raises:
            Refusal: `hash_conflict`, `duplicate_external_id`.
        """
        home = self._homes.get(person)
        if home is not None:
            return self.update(home, wanted, expected_hash=expected_hash)
        self._refuse_taken_external_id(wanted)
        view = self._new(person, wanted, here=None)
        self._homes[person] = view
        self._hub.tell({"type": "home", "view": shown_view(view)}, {person})
        return view

    def close_top(self, view: View) -> list[View]:
        """Close the top view; the whole stack where it clears on close."""
        stack = self.stack(view.person)
        if view not in stack:
            return []  # the person was faster
        if view.body["clear_on_close"]:
            return self.clear(view.person)
        gone = stack[stack.index(view) :]
        return self._close(view.person, gone)

    def clear(self, person: str) -> list[View]:
        """Close every modal of a person."""
        return self._close(person, list(self.stack(person)))

    def show_errors(self, view: View, errors: dict[str, str]) -> None:
        """Show complaints beside fields; the view can be submitted again."""
        view.errors, view.notice, view.submitting = errors, None, False
        event = {"type": "view_errors", "view_id": view.id, "errors": errors}
        self._hub.tell(event, {view.person})

    def show_notice(self, view: View, notice: str) -> None:
        """Show that a submission failed; the view can be submitted again."""
        view.notice, view.submitting = notice, False
        event = {"type": "view_notice", "view_id": view.id, "notice": notice}
        self._hub.tell(event, {view.person})

    def _close(self, person: str, gone: list[View]) -> list[View]:
        left = [view for view in self.stack(person) if view not in gone]
        self._stacks[person] = left
        event = {"type": "view_closed", "view_ids": [view.id for view in gone]}
        self._hub.tell(event, {person})
        return gone

    def _all(self) -> list[View]:
        open_views = [view for stack in self._stacks.values() for view in stack]
        return open_views + list(self._homes.values())

    def _refuse_taken_external_id(
        self, wanted: Json, *, unless: View | None = None
    ) -> None:
        external_id = wanted.get("external_id")
        taken = {v.body["external_id"] for v in self._all() if v is not unless}
        if external_id and external_id in taken:
            raise Refusal("duplicate_external_id", "This external_id is in use.")

    def _new(
        self, person: str, wanted: Json, *, here: str | None, before: Json | None = None
    ) -> View:
        view_id = ids.fresh("V")
        blocks = stored_blocks(wanted["blocks"])
        is_home = wanted["type"] == "home"
        title = {"type": "plain_text", "text": "View Title", "emoji": True}
        body: Json = {
            "id": view_id,
            "team_id": self._workspace.team.id,
            "type": wanted["type"],
            "blocks": blocks,
            **{key: wanted.get(key) or "" for key in _COPIED},
            "hash": f"{int(self._clock.now())}.{secrets.token_hex(4)}",
            "title": title if is_home else _plain(wanted["title"]),
            "clear_on_close": bool(wanted.get("clear_on_close")),
            "notify_on_close": bool(wanted.get("notify_on_close")),
            "close": _plain(wanted.get("close")),
            "submit": _plain(wanted.get("submit")),
            "previous_view_id": None,
            "root_view_id": view_id,
            "app_id": self._workspace.app.id,
            "app_installed_team_id": self._workspace.team.id,
            "bot_id": self._workspace.bot.bot_id,
        }
        values = initial_values(blocks, here=here, before=before or {})
        return View(id=view_id, person=person, body=body, values=values)


def shown_view(view: View) -> Json:
    """A view as the control surface shows it."""
    return {
        **view.as_slack(),
        "errors": view.errors,
        "submitting": view.submitting,
        "notice": view.notice,
    }


def _plain(text: Json | None) -> Json | None:
    return None if text is None else {"emoji": True, **text}
