"""Modals submitted and closed, options asked for, the Home tab opened."""

from typing import Any

from emulator.acts.clicks import fill_in, place_of
from emulator.acts.payloads import acting, interaction_payload
from emulator.errors import Refusal
from emulator.form_checks import form_errors
from emulator.forms import controls, find_control
from emulator.interactions import Errand, Interaction, nothing
from emulator.records import Json, Person, View
from emulator.slack import LocalSlack
from emulator.validation import check_view

_NO_OPTIONS = "The options could not be loaded ({})."
_FAILED = "We had some trouble connecting. Try again?"


def submit(slack: LocalSlack, body: Json) -> Interaction:
    """Submit the modal on top.

    Raises:
        Refusal: `invalid_input` with `errors` by block, as Slack's client shows them;
            or the modal is not there.
    """
    place = place_of(slack, body)
    view = place.view
    if view is None or view not in slack.modals.stack(place.person.id):
        raise Refusal("not_found", "This modal is not open.")
    if view.submitting:
        raise Refusal("already_submitting", "This modal is being submitted.")
    fill_in(slack, place, body.get("values") or {})
    errors = form_errors(view.blocks, view.values)
    if errors:
        named = "; ".join(f"{block}: {text}" for block, text in errors.items())
        raise Refusal("invalid_input", named, errors=errors)
    view.errors, view.notice, view.submitting = {}, None, True
    payload = interaction_payload(slack, "view_submission", place.person)
    payload |= {
        "trigger_id": slack.triggers.new(place.person.id, here=None, from_view=view.id),
        "view": view.as_slack(),
    }
    urls = _response_urls(slack, place.person, view)
    if urls:
        payload["response_urls"] = urls

    def fail(status: str) -> str:
        del status
        slack.modals.show_notice(view, _FAILED)
        return _FAILED

    errand = Errand(
        envelope_type="interactive",
        payload=payload,
        on_ack=lambda ack: _respond(slack, view, ack),
        on_failure=fail,
    )
    return slack.interactions.start(errand, "submit", place.person, view_id=view.id)


def _response_urls(slack: LocalSlack, person: Person, view: View) -> list[Json]:
    urls = []
    for control in controls(view.blocks):
        if control.element.get("response_url_enabled"):
            held = view.values.get(control.block_id, {}).get(control.action_id, {})
            chosen = held.get("selected_conversation") or held.get("selected_channel")
            if chosen:
                url = slack.response_urls.new(person.id, chosen)
                urls.append(
                    {
                        "block_id": control.block_id,
                        "action_id": control.action_id,
                        "channel_id": chosen,
                        "response_url": url,
                    }
                )
    return urls


def _respond(slack: LocalSlack, view: View, ack: Json) -> None:
    """Do what the ack of a submission says.

    Raises:
        Refusal: it says something that Slack does not accept.
    """
    modals = slack.modals
    if view not in modals.stack(view.person):
        return  # closed meanwhile: there is nothing to show it in
    match ack.get("response_action"):
        case None if not ack:
            modals.close_top(view)
        case "clear":
            modals.clear(view.person)
        case "errors":
            modals.show_errors(view, _errors(view, ack.get("errors")))
        case "update":
            modals.update(view, check_view(ack.get("view"), ("modal",)))
        case "push":
            modals.push(view.person, check_view(ack.get("view"), ("modal",)))
        case _:
            raise Refusal("invalid_response_action")


def _errors(view: View, errors: Any) -> dict[str, str]:
    inputs = {b["block_id"] for b in view.blocks if b["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise Refusal("invalid_response_errors")
    return {block_id: str(text) for block_id, text in errors.items()}


def close(slack: LocalSlack, body: Json) -> None:
    """Close a modal, or with `all` the whole stack."""
    person = acting(slack, body.get("as"))
    view = slack.modals.theirs(person.id, body.get("view_id"))
    if view not in slack.modals.stack(person.id):
        raise Refusal("not_found", "This modal is not open.")
    everything = bool(body.get("all"))
    modals = slack.modals
    gone = modals.clear(person.id) if everything else modals.close_top(view)
    for closed in gone:
        if closed.body["notify_on_close"]:
            payload = interaction_payload(slack, "view_closed", person)
            payload |= {"view": closed.as_slack(), "is_cleared": everything}
            errand = Errand(
                envelope_type="interactive",
                payload=payload,
                on_ack=nothing,
                on_failure=lambda status: status,
            )
            slack.interactions.start(errand, "close", person, view_id=closed.id)


def ask_options(slack: LocalSlack, body: Json) -> tuple[Interaction, Json]:
    """Ask the app what an external select offers.

    Returns:
        The interaction, and a dict that holds the answer once it has ended.

    Raises:
        Refusal: there is no such control.
    """
    place = place_of(slack, body)
    control = find_control(place.blocks, body.get("block_id"), body.get("action_id"))
    payload = interaction_payload(slack, "block_suggestion", place.person)
    payload |= {
        "action_id": control.action_id,
        "block_id": control.block_id,
        "value": str(body.get("query") or ""),
    }
    if place.view is not None:
        payload["container"] = {"type": "view", "view_id": place.view.id}
        payload["view"] = place.view.as_slack()
    elif place.channel is not None and place.message is not None:
        payload["container"] = {
            "type": "message",
            "message_ts": place.message.ts,
            "channel_id": place.channel.id,
            "is_ephemeral": place.message.only_for is not None,
        }
        payload["channel"] = {"id": place.channel.id, "name": place.channel.name}
        payload["message"] = dict(place.message.body)
    found: Json = {}

    def remember(ack: Json) -> None:
        found.update(slack.suggestions.remember(place.person.id, control, ack))

    errand = Errand(
        envelope_type="interactive",
        payload=payload,
        on_ack=remember,
        on_failure=_NO_OPTIONS.format,
    )
    return slack.interactions.start(errand, "options", place.person), found


def open_home(slack: LocalSlack, body: Json) -> View | None:
    """Look at the app's Home (or `messages`) tab."""
    person = acting(slack, body.get("as"))
    tab = str(body.get("tab") or "home")
    if tab == "home" and not slack.workspace.app.home_tab:
        raise Refusal("not_enabled", "This app has no Home tab.")
    channel, _ = slack.posts.open_direct([person.id, slack.workspace.bot.id])
    view = slack.modals.home(person.id)
    event: Json = {
        "type": "app_home_opened",
        "user": person.id,
        "channel": channel.id,
        "tab": tab,
    }
    if view is not None and tab == "home":
        event["view"] = view.as_slack()
    slack.events.emit(event, channel=channel)
    return view
