"""Modals and Home, through stock Bolt: opening, pushing, updating, errors, closing."""

from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from emulator.client import Person, RefusedByWorkspace, Workspace
from emulator.slack import LocalSlack
from tests.emulator.bolt_apps import MODAL, card, connected, modal


async def _refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


def _title(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def opening(app: AsyncApp, view: dict[str, Any] = MODAL) -> None:
    """Let `/crew` open a modal."""

    @app.command("/crew")
    async def command(ack: Any, body: Any, client: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()


async def test_a_submission(slack: LocalSlack, app: AsyncApp, ana: Person) -> None:
    """What was typed arrives, with what the app keeps in the view; then it closes."""
    arrived: list[Any] = []
    opening(app)

    @app.view("form")
    async def submitted(ack: Any, view: Any) -> None:
        arrived.append(view)
        await ack()

    async with connected(app, slack):
        await ana.slash("/crew create")
        await ana.submit({"Topic": "tea"})
        await ana.no_modal()

    (view,) = arrived
    assert view["state"]["values"]["topic"]["text"] == {
        "type": "plain_text_input",
        "value": "tea",
    }
    assert view["private_metadata"] == "remember this"


async def test_errors_beside_fields(
    slack: LocalSlack, app: AsyncApp, ana: Person
) -> None:
    """A refused submission stays open with the complaint, and can be sent again."""
    opening(app)

    @app.view("form")
    async def submitted(ack: Any, view: Any) -> None:
        if view["state"]["values"]["topic"]["text"]["value"] == "coffee":
            await ack(response_action="errors", errors={"topic": "Not coffee."})
        else:
            await ack()

    async with connected(app, slack):
        await ana.slash("/crew create")
        await ana.submit({"Topic": "coffee"})
        refused = await ana.modal()
        await ana.submit({"Topic": "tea"})
        await ana.no_modal()

    assert refused.errors == {"Topic": "Not coffee."}
    assert refused.values["Topic"]["value"] == "coffee"


async def test_update_push_and_clear(
    slack: LocalSlack, app: AsyncApp, ana: Person
) -> None:
    """An ack can replace the view, put another on top, or close everything."""
    opening(app)

    @app.view("form")
    async def first(ack: Any) -> None:
        view = modal(callback_id="second", title=_title("Updated"))
        await ack(response_action="update", view=view)

    @app.view("second")
    async def second(ack: Any) -> None:
        view = modal(callback_id="third", title=_title("Pushed"))
        await ack(response_action="push", view=view)

    @app.view("third")
    async def third(ack: Any) -> None:
        await ack(response_action="clear")

    async with connected(app, slack):
        await ana.slash("/crew create")
        opened = await ana.modal("A form")
        await ana.submit({"Topic": "tea"})
        updated = await ana.modal("Updated")
        await ana.submit()
        pushed = await ana.modal("Pushed")
        await ana.submit({"Topic": "more"})
        await ana.no_modal()

    assert updated.id == opened.id
    assert updated.values["Topic"]["value"] == "tea"  # same ids: kept
    assert pushed.body["root_view_id"] == opened.id
    assert pushed.body["previous_view_id"] == opened.id


async def test_a_lost_submission(
    slack: LocalSlack, app: AsyncApp, ana: Person, workspace: Workspace
) -> None:
    """Without an ack in time the modal stays and says so."""
    opening(app)
    async with connected(app, slack):
        await ana.slash("/crew create")
        await workspace.fault("socket", "lose_ack")
        submission = await ana.submit({"Topic": "tea"}, outcome=None)
        await workspace.advance("3s", in_flight=True)
        ended = await workspace.ended(submission)

        view = await ana.modal()

    assert ended["status"] == "timed_out"
    assert view.body["notice"] == "We had some trouble connecting. Try again?"
    assert view.body["submitting"] is False


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"no_such_block": "x"}},
        {"response_action": "dance"},
        {"response_action": "update", "view": {"type": "modal"}},
    ],
)
async def test_answers_that_slack_does_not_understand(
    slack: LocalSlack, app: AsyncApp, ana: Person, answer: dict[str, Any]
) -> None:
    """A wrong answer to a submission shows as trouble, as in Slack."""
    opening(app)

    @app.view("form")
    async def submitted(ack: Any) -> None:
        await ack(**answer)

    async with connected(app, slack):
        await ana.slash("/crew create")
        await ana.submit({"Topic": "tea"}, outcome="failed")
        view = await ana.modal()

    assert view.body["notice"] == "We had some trouble connecting. Try again?"


async def test_what_slacks_client_refuses(
    slack: LocalSlack, app: AsyncApp, ana: Person, workspace: Workspace
) -> None:
    """A required field that is empty never reaches the app."""
    opening(app)
    async with connected(app, slack):
        await ana.slash("/crew create")
        with pytest.raises(RefusedByWorkspace) as refused:
            await ana.submit()

    assert refused.value.errors == {"topic": "Please complete this required field."}
    assert [e["kind"] for e in await workspace.envelopes()] == ["/crew"]


async def test_triggers(slack: LocalSlack, app: AsyncApp, ana: Person) -> None:
    """A trigger opens one modal within 3 seconds, and only real ones do."""
    triggers: list[str] = []

    @app.command("/crew")
    async def command(ack: Any, body: Any) -> None:
        triggers.append(body["trigger_id"])
        await ack()

    async with connected(app, slack):
        await ana.slash("/crew a")
        await ana.slash("/crew b")
    first, second = triggers
    await app.client.views_open(trigger_id=first, view=MODAL)
    slack.clock.flight.advance(3.1)

    twice = app.client.views_open(trigger_id=first, view=MODAL)
    late = app.client.views_open(trigger_id=second, view=MODAL)
    unknown = app.client.views_open(trigger_id="1.2.x", view=MODAL)

    assert await _refused(twice) == "exchanged_trigger_id"
    assert await _refused(late) == "expired_trigger_id"
    assert await _refused(unknown) == "invalid_trigger_id"


async def test_a_refused_view_leaves_its_trigger(
    slack: LocalSlack, web: AsyncWebClient
) -> None:
    """A view that is not valid does not use the trigger up."""
    trigger = slack.triggers.new("U0ANARUIZ0", here=None)
    wrong = web.views_open(trigger_id=trigger, view=modal(title=_title("x" * 25)))

    assert await _refused(wrong) == "invalid_arguments"
    assert (await web.views_open(trigger_id=trigger, view=MODAL))["ok"]


async def test_three_views_at_most(slack: LocalSlack, web: AsyncWebClient) -> None:
    """A fourth view is refused; pushing needs an open modal."""

    def trigger() -> str:
        return slack.triggers.new("U0ANARUIZ0", here=None)

    nothing_open = web.views_push(trigger_id=trigger(), view=MODAL)
    assert await _refused(nothing_open) == "not_found"
    await web.views_open(trigger_id=trigger(), view=MODAL)
    await web.views_push(trigger_id=trigger(), view=MODAL)
    await web.views_push(trigger_id=trigger(), view=MODAL)

    fourth = web.views_push(trigger_id=trigger(), view=MODAL)

    assert await _refused(fourth) == "push_limit_reached"


async def test_races_on_a_view(slack: LocalSlack, web: AsyncWebClient) -> None:
    """A stale hash is refused; an external id belongs to one view."""
    trigger = slack.triggers.new("U0ANARUIZ0", here=None)
    view = modal(external_id="mine")
    opened = (await web.views_open(trigger_id=trigger, view=view))["view"]
    await web.views_update(view_id=opened["id"], hash=opened["hash"], view=view)

    stale = web.views_update(external_id="mine", hash=opened["hash"], view=view)
    elsewhere = web.views_publish(
        user_id="U0BENOKAF0", view={"type": "home", "blocks": [], "external_id": "mine"}
    )
    unknown = web.views_update(view_id="V0NOSUCH", view=view)

    assert await _refused(stale) == "hash_conflict"
    assert await _refused(elsewhere) == "duplicate_external_id"
    assert await _refused(unknown) == "not_found"


async def test_closing(slack: LocalSlack, app: AsyncApp, ana: Person) -> None:
    """The app hears of a closed view where it asked to."""
    closed: list[Any] = []
    opening(app, modal(notify_on_close=True))

    @app.view_closed("form")
    async def on_close(ack: Any, body: Any) -> None:
        closed.append(body)
        await ack()

    async with connected(app, slack):
        await ana.slash("/crew create")
        await ana.close(everything=True)
        await ana.no_modal()
        await _settled(slack)

    (body,) = closed
    assert body["is_cleared"] is True


async def _settled(slack: LocalSlack) -> None:
    """Wait until every interaction has ended."""
    for interaction in list(slack.interactions.all()):
        await interaction.ended.wait()


async def test_home(slack: LocalSlack, app: AsyncApp, ana: Person, ben: Person) -> None:
    """Opening Home tells the app, whose view is this person's alone."""

    @app.event("app_home_opened")
    async def opened(event: Any, client: Any) -> None:
        view = {"type": "home", "blocks": card(f"Hello <@{event['user']}>")}
        await client.views_publish(user_id=event["user"], view=view)

    async with connected(app, slack):
        home = await ana.home()

    assert f"Hello <@{ana.id}>" in home.text
    assert slack.modals.home(ben.id) is None


async def test_an_app_without_a_home(
    slack: LocalSlack, web: AsyncWebClient, workspace: Workspace
) -> None:
    """Where the manifest has no Home tab, nothing can be published or opened."""
    slack.workspace.app.home_tab = False

    publishing = web.views_publish(
        user_id="U0ANARUIZ0", view={"type": "home", "blocks": card()}
    )

    assert await _refused(publishing) == "not_enabled"
    with pytest.raises(RefusedByWorkspace, match="not_enabled"):
        await workspace.post("/open_home", {"as": "ana"})


async def test_a_click_in_a_modal(
    slack: LocalSlack, app: AsyncApp, ana: Person
) -> None:
    """A control in a modal reports the form's state; the app may redraw it."""
    blocks = [*MODAL["blocks"], *card("More?", action_id="more")]
    opening(app, modal(blocks=blocks))
    typed: list[Any] = []

    @app.action("more")
    async def more(ack: Any, body: Any, client: Any) -> None:
        await ack()
        view = body["view"]
        typed.append(view["state"]["values"]["topic"]["text"]["value"])
        redrawn = modal(blocks=[*blocks, {"type": "divider"}], title=_title("More"))
        await client.views_update(view_id=view["id"], hash=view["hash"], view=redrawn)

    async with connected(app, slack):
        await ana.slash("/crew create")
        await ana.fill_in({"Topic": "tea"})
        await ana.click("Approve")
        redrawn = await ana.modal("More")

    assert typed == ["tea"]
    assert redrawn.values["Topic"]["value"] == "tea"


async def test_options_from_the_app(
    slack: LocalSlack, app: AsyncApp, ana: Person, workspace: Workspace
) -> None:
    """An external select asks the app, and holds what it answered."""
    select = {
        "type": "input",
        "block_id": "crew",
        "label": _title("Crew"),
        "element": {"type": "external_select", "action_id": "crew"},
    }
    opening(app, modal(blocks=[select]))
    sent: list[Any] = []

    @app.options("crew")
    async def options(ack: Any, body: Any) -> None:
        word = body["value"]
        await ack(options=[{"text": _title(word.title()), "value": word}])

    @app.view("form")
    async def submitted(ack: Any, view: Any) -> None:
        sent.append(view["state"]["values"]["crew"]["crew"]["selected_option"]["value"])
        await ack()

    async with connected(app, slack):
        await ana.slash("/crew create")
        view = await ana.modal()
        body = {"as": "ana", "view_id": view.id, "action_id": "crew", "query": "tea"}
        answered = await workspace.post("/options", body)
        await ana.submit({"Crew": "tea"})

    assert [option["value"] for option in answered["options"]] == ["tea"]
    assert sent == ["tea"]


async def test_an_answer_to_a_closed_modal(
    slack: LocalSlack, ana: Person, web: AsyncWebClient, workspace: Workspace
) -> None:
    """Who closes a modal while it is being submitted is not bothered again."""
    trigger = slack.triggers.new(ana.id, here=None)
    await web.views_open(trigger_id=trigger, view=MODAL)
    opened = await web.apps_connections_open(app_token=slack.app_token)
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(opened["url"]) as socket,
    ):
        await socket.receive_json()
        started = await ana.submit({"Topic": "tea"}, outcome=None)
        envelope = await socket.receive_json()
        with pytest.raises(RefusedByWorkspace, match="already_submitting"):
            await ana.submit()
        await ana.close()
        answer = {"response_action": "update", "view": modal()}
        await socket.send_json(
            {"envelope_id": envelope["envelope_id"], "payload": answer}
        )
        ended = await workspace.ended(started)

    assert ended["status"] == "acked"
    assert await ana.modals() == []


async def test_a_file_in_a_form(
    slack: LocalSlack, ana: Person, web: AsyncWebClient
) -> None:
    """A file input holds uploaded files, and nothing else."""
    field = {
        "type": "input",
        "label": _title("Offer"),
        "element": {"type": "file_input", "action_id": "offer"},
    }
    trigger = slack.triggers.new(ana.id, here=None)
    await web.views_open(trigger_id=trigger, view=modal(blocks=[field]))
    form = aiohttp.FormData({"as": "ana"})
    form.add_field("file", b"3400", filename="offer.txt")
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{slack.base_url}control/upload", data=form) as response,
    ):
        file = (await response.json())["file"]

    await ana.fill_in({"Offer": [file["id"]]})
    with pytest.raises(RefusedByWorkspace, match="invalid_value"):
        await ana.fill_in({"Offer": ["F0NOSUCHXX"]})

    (held,) = (await ana.modal()).values["Offer"]["files"]
    assert (held["name"], held["size"]) == ("offer.txt", 4)
