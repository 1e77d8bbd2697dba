"""views.*: modals and the Home tab."""

from typing import Any

from emulator.errors import Refusal, invalid_arguments
from emulator.modals import Modals
from emulator.records import Json, View
from emulator.slack import LocalSlack
from emulator.triggers import Trigger
from emulator.validation import check_view
from emulator.web_api.registry import Call, method


@method("views.open")
def open_view(slack: LocalSlack, call: Call) -> Json:
    """Open a modal for whoever the trigger belongs to."""
    trigger = _trigger(slack, call)
    view = check_view(_structure(call), ("modal",))
    opened = slack.modals.open(trigger.person, view, here=trigger.here)
    trigger.exchanged = True
    return _shown(opened)


@method("views.push")
def push(slack: LocalSlack, call: Call) -> Json:
    """Put a modal on top of the one that the trigger came from."""
    trigger = _trigger(slack, call)
    view = check_view(_structure(call), ("modal",))
    pushed = slack.modals.push(trigger.person, view)
    trigger.exchanged = True
    return _shown(pushed)


@method("views.update")
def update(slack: LocalSlack, call: Call) -> Json:
    """Replace what a view shows."""
    if not call.has("view_id") and not call.has("external_id"):
        raise invalid_arguments("missing required field: view_id")
    wanted = _structure(call)
    view = _found(slack.modals, call)
    kind = str(view.body["type"])
    checked = check_view(wanted, (kind,))
    return _shown(slack.modals.update(view, checked, expected_hash=call.text("hash")))


@method("views.publish")
def publish(slack: LocalSlack, call: Call) -> Json:
    """Show a view as somebody's Home tab."""
    (user,) = call.needed("user_id")
    if not slack.workspace.app.home_tab:
        raise Refusal("not_enabled")
    person = slack.workspace.people.get(user)
    if person is None or person.is_bot:
        raise invalid_arguments("user_id is not a valid user [json-pointer:/user_id]")
    view = check_view(_structure(call), ("home",))
    hash_ = call.text("hash")
    return _shown(slack.modals.publish(person.id, view, expected_hash=hash_))


def _trigger(slack: LocalSlack, call: Call) -> Trigger:
    (trigger_id,) = call.needed("trigger_id")
    return slack.triggers.look_up(trigger_id)


def _structure(call: Call) -> Any:
    try:
        return call.structure("view")
    except ValueError as error:
        complaint = "must provide an object [json-pointer:/view]"
        raise invalid_arguments(complaint) from error


def _found(modals: Modals, call: Call) -> View:
    view_id, external_id = call.text("view_id"), call.text("external_id")
    try:
        return modals.find(view_id=view_id, external_id=external_id)
    except Refusal as refusal:
        raise Refusal("not_found") from refusal


def _shown(view: View) -> Json:
    return {"view": view.as_slack()}
