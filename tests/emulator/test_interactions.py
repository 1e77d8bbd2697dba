"""Commands, clicks and response_urls: what arrives, what comes back, what is refused."""

import asyncio
import json
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from emulator.client import Person, RefusedByWorkspace, Workspace
from emulator.slack import LocalSlack
from tests.emulator.bolt_apps import card, connected, modal

GENERAL = "C0GENERAL0"


def commanded(app: AsyncApp, bodies: list[Any], **answer: Any) -> None:
    """Answer `/crew`, and keep what arrives."""

    @app.command("/crew")
    async def command(ack: Any, body: Any) -> None:
        bodies.append(body)
        await ack(**answer)


def clicked(app: AsyncApp, bodies: list[Any]) -> None:
    """Ack *Approve*, and keep what arrives."""

    @app.action("approve")
    async def action(ack: Any, body: Any) -> None:
        bodies.append(body)
        await ack()


async def test_a_command(slack: LocalSlack, app: AsyncApp, ana: Person) -> None:
    """It carries who, where and what; names are escaped where the app wants it."""
    bodies: list[Any] = []
    commanded(app, bodies)

    async with connected(app, slack):
        await ana.slash("/crew show  @ben in #approvals", channel="finance")

    (body,) = bodies
    assert body["text"] == "show  <@U0BENOKAF0|ben> in <#C0APPROVA0|approvals>"
    assert (body["user_name"], body["channel_id"]) == ("ana", "C0FINANCE0")
    assert body["channel_name"] == "privategroup"


@pytest.mark.parametrize(
    ("response_type", "seen_by_ben"), [("ephemeral", 0), ("in_channel", 1)]
)
async def test_an_answer_in_the_ack(
    slack: LocalSlack,
    app: AsyncApp,
    workspace: Workspace,
    *,
    response_type: str,
    seen_by_ben: int,
) -> None:
    """An ack's text is a private note, unless it is meant for the channel."""
    ana, ben = workspace.as_user("ana"), workspace.as_user("ben")
    commanded(app, [], text="on it", response_type=response_type)

    async with connected(app, slack):
        await ana.slash("/crew go")
        await ana.sees("on it", in_="general")

    assert len(await ben.messages("general")) == seen_by_ben


async def test_a_command_acked_at_once_and_worked_on_later(
    slack: LocalSlack, app: AsyncApp, ana: Person
) -> None:
    """Bolt's lazy listeners: the ack first, the answer when it is there."""

    async def acknowledge(ack: Any) -> None:
        await ack("working on it")

    async def work(respond: Any) -> None:
        await respond("done")

    app.command("/crew")(ack=acknowledge, lazy=[work])

    async with connected(app, slack):
        await ana.slash("/crew go")
        await ana.sees("working on it", in_="general")
        await ana.sees("done", in_="general")


async def test_a_listener_that_acks_too_late(
    slack: LocalSlack, app: AsyncApp, ana: Person, workspace: Workspace
) -> None:
    """The person is told of a failure, and yet the work is done."""
    may_ack = asyncio.Event()

    @app.command("/crew")
    async def command(ack: Any, say: Any) -> None:
        await may_ack.wait()
        await ack()
        await say("done all the same")

    async with connected(app, slack):
        started = await ana.slash("/crew go", outcome=None)
        await workspace.advance("3s", in_flight=True)
        ended = await workspace.ended(started)
        may_ack.set()
        await ana.sees("done all the same", in_="general")

    assert ended["status"] == "timed_out"
    (envelope,) = await workspace.envelopes()
    assert (envelope["status"], envelope["acked_ms"]) == ("timed_out", None)


async def test_commands_that_slack_refuses(workspace: Workspace, ana: Person) -> None:
    """Unknown ones, those in threads, and those of people who may not."""
    said = await ana.say("x", channel="general")
    for body, code in (
        ({"as": "ana", "channel": "general", "text": "/other"}, "unknown_command"),
        (
            {
                "as": "ana",
                "channel": "general",
                "text": "/crew",
                "thread_ts": said.ts,
            },
            "slash_in_thread",
        ),
        ({"as": "eve", "channel": "ext-partners", "text": "/crew"}, "unknown_command"),
        ({"as": "oscar", "channel": "general", "text": "/crew"}, "account_inactive"),
        ({"as": "ben", "channel": "finance", "text": "/crew"}, "channel_not_found"),
        ({"as": "nobody", "channel": "general", "text": "/crew"}, "user_not_found"),
    ):
        with pytest.raises(RefusedByWorkspace) as refused:
            await workspace.post("/slash", body)
        assert refused.value.code == code
    assert await workspace.envelopes() == []


async def test_an_app_that_takes_no_messages(
    slack: LocalSlack, workspace: Workspace, ana: Person
) -> None:
    """Where the manifest makes the app's DM read-only, nothing can be typed there."""
    slack.workspace.app.messages_read_only = True
    opened = await workspace.post("/open_dm", {"as": "ana", "with": "crew"})
    place = opened["conversation"]["id"]

    with pytest.raises(RefusedByWorkspace, match="messages_tab_disabled"):
        await ana.say("hello", channel=place)
    with pytest.raises(RefusedByWorkspace, match="messages_tab_disabled"):
        await ana.slash("/crew go", channel=place)


async def test_a_click_on_a_message(
    slack: LocalSlack, app: AsyncApp, ben: Person
) -> None:
    """It carries the message, the place, the button and who pressed it."""
    bodies: list[Any] = []
    clicked(app, bodies)
    posted = await app.client.chat_postMessage(
        channel=GENERAL, text="card", blocks=card()
    )

    async with connected(app, slack):
        await ben.click("Approve")

    (body,) = bodies
    (action,) = body["actions"]
    assert (action["action_id"], action["value"]) == ("approve", "42")
    assert body["user"]["id"] == ben.id
    assert body["container"]["message_ts"] == posted["ts"]
    assert body["message"]["text"] == "card"
    assert body["channel"] == {"id": GENERAL, "name": "general"}


async def test_a_click_in_a_thread_and_on_a_note(
    slack: LocalSlack, app: AsyncApp, ana: Person
) -> None:
    """The container tells the thread, and that a note is private."""
    bodies: list[Any] = []
    clicked(app, bodies)
    client = app.client
    parent = await client.chat_postMessage(channel=GENERAL, text="parent")
    await client.chat_postMessage(
        channel=GENERAL, text="x", blocks=card("reply"), thread_ts=parent["ts"]
    )
    await client.chat_postEphemeral(
        channel=GENERAL, user=ana.id, text="x", blocks=card("note")
    )

    async with connected(app, slack):
        await ana.click("Approve", in_=await ana.sees("reply"))
        await ana.click("Approve", in_=await ana.sees("note"))

    in_thread, on_note = bodies
    assert in_thread["container"]["thread_ts"] == parent["ts"]
    assert on_note["container"]["is_ephemeral"] is True
    assert "message" not in on_note


async def test_clicks_that_nobody_handles(
    slack: LocalSlack, app: AsyncApp, ana: Person, workspace: Workspace
) -> None:
    """A click without an ack is shown as timed out, and is not sent again."""
    await app.client.chat_postMessage(channel=GENERAL, text="x", blocks=card())

    async with connected(app, slack):
        started = await ana.click("Approve", outcome=None)
        await workspace.advance("3s", in_flight=True)
        ended = await workspace.ended(started)
        await workspace.advance("1h", in_flight=True)

    assert ended["status"] == "timed_out"
    assert ended["note"] == (
        "Operation timed out. Apps need to respond within three seconds."
    )
    assert len(await workspace.envelopes()) == 1


async def test_every_element_reports_its_value(
    slack: LocalSlack, app: AsyncApp, ana: Person
) -> None:
    """Selects, pickers and boxes report what was chosen, and the message's state."""
    reported: dict[str, Any] = {}

    @app.action({"type": "block_actions", "block_id": "all"})
    async def used(ack: Any, body: Any) -> None:
        (action,) = body["actions"]
        reported[action["action_id"]] = action, body["state"]["values"]["all"]
        await ack()

    await app.client.chat_postMessage(
        channel=GENERAL,
        text="x",
        blocks=[{"type": "actions", "block_id": "all", "elements": _ELEMENTS}],
    )

    async with connected(app, slack):
        for action_id, (selected, _, _) in _CHOICES.items():
            await ana.click(action_id, selected=selected)

    for action_id, (_, key, value) in _CHOICES.items():
        action, state = reported[action_id]
        assert action[key] == value
        if action_id != "overflow":
            assert state[action_id][key] == value


_OPTION = {"text": {"type": "plain_text", "text": "One", "emoji": True}, "value": "1"}
_CHOICES: dict[str, tuple[Any, str, Any]] = {
    "static_select": ("1", "selected_option", _OPTION),
    "multi_static_select": (["1"], "selected_options", [_OPTION]),
    "overflow": ("1", "selected_option", _OPTION),
    "checkboxes": (["1"], "selected_options", [_OPTION]),
    "radio_buttons": ("1", "selected_option", _OPTION),
    "users_select": ("ben", "selected_user", "U0BENOKAF0"),
    "multi_users_select": (["ben"], "selected_users", ["U0BENOKAF0"]),
    "conversations_select": ("general", "selected_conversation", GENERAL),
    "channels_select": ("#general", "selected_channel", GENERAL),
    "datepicker": ("2026-11-21", "selected_date", "2026-11-21"),
    "timepicker": ("17:30", "selected_time", "17:30"),
    "datetimepicker": (1_795_237_200, "selected_date_time", 1_795_237_200),
}
_WITH_OPTIONS = {
    "static_select",
    "multi_static_select",
    "overflow",
    "checkboxes",
    "radio_buttons",
}
_ELEMENTS = [
    {"type": kind, "action_id": kind}
    | ({"options": [_OPTION]} if kind in _WITH_OPTIONS else {})
    for kind in _CHOICES
]


@pytest.mark.parametrize(
    ("action_id", "selected"),
    [
        ("static_select", "2"),
        ("datepicker", "tomorrow"),
        ("timepicker", "25:00"),
        ("datetimepicker", "soon"),
        ("multi_users_select", "ben"),
    ],
)
async def test_values_that_do_not_fit(
    web: AsyncWebClient, ana: Person, action_id: str, selected: str
) -> None:
    """What a control cannot hold is refused where it is typed."""
    await web.chat_postMessage(
        channel=GENERAL, text="x", blocks=[{"type": "actions", "elements": _ELEMENTS}]
    )

    with pytest.raises(RefusedByWorkspace) as refused:
        await ana.click(action_id, selected=selected)

    assert refused.value.code == "invalid_value"


async def test_a_button_for_some(
    slack: LocalSlack, app: AsyncApp, ana: Person, ben: Person
) -> None:
    """A button with `visible_to_user_ids` cannot be pressed by the others."""
    bodies: list[Any] = []
    clicked(app, bodies)
    blocks = card()
    blocks[1]["elements"][0]["visible_to_user_ids"] = [ben.id]
    await app.client.chat_postMessage(channel=GENERAL, text="x", blocks=blocks)

    async with connected(app, slack):
        await ben.click("Approve")
        with pytest.raises(RefusedByWorkspace):
            await ana.click("Approve")

    assert len(bodies) == 1


async def _response_url(slack: LocalSlack, app: AsyncApp, ana: Person) -> str:
    bodies: list[Any] = []
    clicked(app, bodies)
    await app.client.chat_postMessage(channel=GENERAL, text="card", blocks=card())
    async with connected(app, slack):
        await ana.click("Approve")
    return str(bodies[0]["response_url"])


async def test_a_response_url_answers_where_it_came_from(
    slack: LocalSlack, app: AsyncApp, ana: Person, ben: Person
) -> None:
    """By default a private note; it can replace or delete the message."""
    webhook = AsyncWebhookClient(await _response_url(slack, app, ana))

    note = await webhook.send(text="only you")
    await webhook.send(text="for all", response_type="in_channel")
    await webhook.send(text="replaced", replace_original=True)

    assert (note.status_code, note.body) == (200, "ok")
    assert [m.text for m in await ben.messages("general")] == ["replaced", "for all"]
    assert (await ana.sees("only you")).is_private_note
    await webhook.send(text="", delete_original=True)
    await ana.no_longer_sees("replaced")


async def test_a_response_url_wears_out(
    slack: LocalSlack, app: AsyncApp, ana: Person
) -> None:
    """Five uses, and no sixth."""
    webhook = AsyncWebhookClient(await _response_url(slack, app, ana))

    uses = [(await webhook.send(text="x")).status_code for _ in range(5)]
    sixth = await webhook.send(text="x")

    assert uses == [200] * 5
    assert (sixth.status_code, sixth.body) == (404, "used_url")


async def test_a_response_url_grows_old(
    slack: LocalSlack, app: AsyncApp, ana: Person, workspace: Workspace
) -> None:
    """Thirty minutes of the workspace's time, and none more."""
    webhook = AsyncWebhookClient(await _response_url(slack, app, ana))

    await workspace.advance("29m")
    in_time = await webhook.send(text="x")
    await workspace.advance("1m")
    late = await webhook.send(text="x")

    assert in_time.status_code == 200
    assert (late.status_code, late.body) == (404, "expired_url")


async def test_a_response_url_checks_what_it_takes(
    slack: LocalSlack, app: AsyncApp, ana: Person
) -> None:
    """Wrong blocks and no content are refused."""
    webhook = AsyncWebhookClient(await _response_url(slack, app, ana))

    wrong = await webhook.send(blocks=[{"type": "hologram"}])
    empty = await webhook.send(text="")

    assert (wrong.status_code, wrong.body) == (400, "invalid_blocks")
    assert (empty.status_code, empty.body) == (400, "no_text")


async def test_secrets_stay_out_of_payload_records(
    slack: LocalSlack, app: AsyncApp, ana: Person, workspace: Workspace
) -> None:
    """Neither token appears in what the inspector shows."""
    commanded(app, [])
    async with connected(app, slack):
        await ana.slash("/crew go")

    shown = json.dumps([await workspace.envelopes(), await workspace.calls()])
    assert slack.bot_token not in shown
    assert slack.app_token not in shown


async def test_feedback_buttons(slack: LocalSlack, app: AsyncApp, ana: Person) -> None:
    """The value of the pressed one arrives."""
    values: list[str] = []

    @app.action("feedback")
    async def feedback(ack: Any, action: Any) -> None:
        values.append(action["value"])
        await ack()

    def button(text: str) -> dict[str, Any]:
        return {"text": {"type": "plain_text", "text": text}, "value": text.lower()}

    buttons = {
        "type": "feedback_buttons",
        "action_id": "feedback",
        "positive_button": button("Good"),
        "negative_button": button("Bad"),
    }
    blocks = [{"type": "context_actions", "elements": [buttons]}]
    await app.client.chat_postMessage(channel=GENERAL, text="x", blocks=blocks)

    async with connected(app, slack):
        await ana.click("Bad")
        await ana.click("Good")

    assert values == ["bad", "good"]


async def test_options_in_a_message(
    slack: LocalSlack, app: AsyncApp, ana: Person, workspace: Workspace
) -> None:
    """An external select in a message asks, and may stay without an answer."""
    select = {"type": "external_select", "action_id": "crew"}
    blocks = [{"type": "actions", "elements": [select]}]
    posted = await app.client.chat_postMessage(channel=GENERAL, text="x", blocks=blocks)
    body = {"as": "ana", "channel": GENERAL, "ts": posted["ts"], "action_id": "crew"}
    with pytest.raises(RefusedByWorkspace, match="no_answer"):
        await workspace.post("/options", {**body, "query": "x"})
    chosen: list[str] = []

    @app.options("crew")
    async def options(ack: Any) -> None:
        option = {"text": {"type": "plain_text", "text": "Tea"}, "value": "tea"}
        label = {"type": "plain_text", "text": "Drinks"}
        await ack(option_groups=[{"label": label, "options": [option]}])

    @app.action("crew")
    async def choose(ack: Any, action: Any) -> None:
        chosen.append(action["selected_option"]["value"])
        await ack()

    async with connected(app, slack):
        answered = await workspace.post("/options", {**body, "query": "x"})
        await ana.click("crew", selected="tea")

    assert answered["option_groups"][0]["options"][0]["value"] == "tea"
    assert chosen == ["tea"]


async def test_a_response_url_from_a_modal(
    slack: LocalSlack, app: AsyncApp, ana: Person
) -> None:
    """A chosen conversation can be answered, where the modal asked for it."""
    element = {
        "type": "conversations_select",
        "action_id": "where",
        "response_url_enabled": True,
        "default_to_current_conversation": True,
    }
    label = {"type": "plain_text", "text": "Where"}
    field = {"type": "input", "block_id": "b", "label": label, "element": element}
    urls: list[Any] = []

    @app.command("/crew")
    async def command(ack: Any, body: Any, client: Any) -> None:
        view = modal(blocks=[field])
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    @app.view("form")
    async def submitted(ack: Any, body: Any) -> None:
        urls.extend(body["response_urls"])
        await ack()

    async with connected(app, slack):
        await ana.slash("/crew go", channel="content-team")
        await ana.submit()
    (url,) = urls
    await AsyncWebhookClient(url["response_url"]).send(text="here")

    assert url["channel_id"] == "C0CONTENT0"
    assert (await ana.sees("here", in_="content-team")).is_private_note
