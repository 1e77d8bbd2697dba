"""Clicks and choices in messages, modals and Home tabs."""

from dataclasses import dataclass

from emulator.acts.payloads import acting, channel_name, interaction_payload
from emulator.errors import Refusal
from emulator.forms import (
    VALUE_KEYS,
    Control,
    Values,
    entry,
    find_control,
    initial_values,
)
from emulator.interactions import (
    TIMED_OUT,
    UNREACHED,
    Errand,
    Interaction,
    nothing,
)
from emulator.records import Channel, Json, Message, Person, View
from emulator.slack import LocalSlack

_NO_STATE = frozenset({"overflow"})
_SHOWN_IN_ACTION = ("text", "value", "style", "url", "placeholder")


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where somebody uses a control: a message, or a view."""

    person: Person
    blocks: list[Json]
    values: Values
    channel: Channel | None = None
    message: Message | None = None
    view: View | None = None


def place_of(slack: LocalSlack, body: Json) -> Place:
    """The message or view that a request names.

    Raises:
        Refusal: it is not there, or not for this person.
    """
    person = acting(slack, body.get("as"))
    if body.get("view_id"):
        view = slack.modals.theirs(person.id, body["view_id"])
        return Place(person=person, blocks=view.blocks, values=view.values, view=view)
    channel = slack.workspace.readable(person, body.get("channel"))
    message = slack.posts.find(channel, body.get("ts"))
    if message.only_for not in {None, person.id}:
        raise Refusal("message_not_found", "There is no such message here.")
    return Place(
        person=person,
        blocks=_all_blocks(message),
        values=message.chosen.setdefault(person.id, {}),
        channel=channel,
        message=message,
    )


def _all_blocks(message: Message) -> list[Json]:
    blocks: list[Json] = list(message.body.get("blocks") or [])
    for attachment in message.body.get("attachments") or []:
        blocks += attachment.get("blocks") or []
    return blocks


def fill_in(slack: LocalSlack, place: Place, values: Json) -> None:
    """Put values, in their simple form, into controls.

    Raises:
        Refusal: a control does not exist or cannot hold its value.
    """
    filled: list[tuple[Control, Json]] = []
    for block_id, actions in values.items():
        for action_id, simple in actions.items():
            control = find_control(place.blocks, block_id, action_id)
            filled.append((control, _entry(slack, place, control, simple)))
    for control, held in filled:
        place.values.setdefault(control.block_id, {})[control.action_id] = held


def click(slack: LocalSlack, body: Json) -> Interaction:
    """Use a control that reports at once.

    Raises:
        Refusal: the control does not exist, is not shown to this person, or cannot
            hold what was selected.
    """
    place = place_of(slack, body)
    fill_in(slack, place, body.get("values") or {})
    control = find_control(place.blocks, body.get("block_id"), body.get("action_id"))
    _refuse_unseen(control, place.person)
    if control.block["type"] == "input" and not control.block.get("dispatch_action"):
        sentence = "This field reports only when its form is submitted."
        raise Refusal("not_dispatched", sentence)
    action = _action(slack, place, control, body.get("selected"))
    payload = _payload(slack, place, action)
    errand = Errand(
        envelope_type="interactive",
        payload=payload,
        on_ack=nothing,
        on_failure=lambda status: TIMED_OUT if status == "timed_out" else UNREACHED,
    )
    return slack.interactions.start(
        errand,
        "click",
        place.person,
        channel=place.channel.id if place.channel else None,
        ts=place.message.ts if place.message else None,
        view_id=place.view.id if place.view else None,
        action_id=control.action_id,
    )


def _entry(slack: LocalSlack, place: Place, control: Control, simple: object) -> Json:
    return entry(
        control,
        simple,
        workspace=slack.workspace,
        answered=slack.suggestions.answered(place.person.id, control),
    )


def _refuse_unseen(control: Control, person: Person) -> None:
    only = control.element.get("visible_to_user_ids")
    if only and person.id not in only:
        sentence = f"{person.real_name} does not see this control."
        raise Refusal("no_such_control", sentence)


def _action(
    slack: LocalSlack, place: Place, control: Control, selected: object
) -> Json:
    action: Json = {
        "type": control.type,
        "action_id": control.action_id,
        "block_id": control.block_id,
        "action_ts": slack.clock.next_ts(),
    }
    for key in _SHOWN_IN_ACTION:
        if key in control.element:
            action[key] = control.element[key]
    if control.type == "feedback_buttons":
        action |= _feedback(control, selected)
    elif control.type in VALUE_KEYS:
        held = _entry(slack, place, control, selected)
        if selected is None and control.type not in _NO_STATE:
            held = place.values.get(control.block_id, {}).get(control.action_id, held)
        action |= held
        if control.type not in _NO_STATE:
            place.values.setdefault(control.block_id, {})[control.action_id] = held
    return action


def _feedback(control: Control, selected: object) -> Json:
    for name in ("positive_button", "negative_button"):
        button = control.element.get(name, {})
        if button.get("value") == selected:
            return {"value": selected, "text": button["text"]}
    raise Refusal("invalid_value", f"There is no feedback button {selected!r}.")


def _payload(slack: LocalSlack, place: Place, action: Json) -> Json:
    payload = interaction_payload(slack, "block_actions", place.person)
    if place.view is not None:
        here, container = None, {"type": "view", "view_id": place.view.id}
        payload["view"] = place.view.as_slack()
        in_modal = place.view.body["type"] == "modal"
        from_view = place.view.id if in_modal else None
    else:
        here, container = _in_message(slack, place, payload)
        from_view = None
    payload["container"] = container
    payload["trigger_id"] = slack.triggers.new(
        place.person.id, here=here, from_view=from_view
    )
    payload["actions"] = [action]
    return payload


def _in_message(
    slack: LocalSlack, place: Place, payload: Json
) -> tuple[str | None, Json]:
    channel, message = place.channel, place.message
    if channel is None or message is None:
        raise Refusal("message_not_found")
    thread_ts = message.thread_ts
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.only_for is not None,
    }
    if thread_ts is not None:
        container["thread_ts"] = thread_ts
    payload["channel"] = {"id": channel.id, "name": channel_name(channel)}
    if message.only_for is None:
        payload["message"] = dict(message.body)
    payload["state"] = {"values": _with_empty(place)}
    payload["response_url"] = slack.response_urls.new(
        place.person.id,
        channel.id,
        ts=message.ts,
        thread_ts=thread_ts if message.is_reply else None,
    )
    return channel.id, container


def _with_empty(place: Place) -> Values:
    """What the controls of a message hold, also those nobody touched."""
    return initial_values(place.blocks, here=None, before=place.values)
