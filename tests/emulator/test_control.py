"""The control surface: what people see, what they may do, what they are told live."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from emulator.client import Person, RefusedByWorkspace, Workspace
from emulator.slack import LocalSlack
from tests.emulator.bolt_apps import MODAL, card

GENERAL = "C0GENERAL0"


@asynccontextmanager
async def _stream(
    slack: LocalSlack, **query: str
) -> AsyncIterator["asyncio.Queue[dict[str, Any]]"]:
    """The events that one watcher is told, from now on."""
    events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def read(response: aiohttp.ClientResponse) -> None:
        async for line in response.content:
            if line.startswith(b"data: "):
                events.put_nowait(json.loads(line.removeprefix(b"data: ")))

    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{slack.base_url}control/stream", params=query) as response,
    ):
        reading = asyncio.create_task(read(response))
        assert (await events.get())["type"] == "hello"
        yield events
        reading.cancel()


async def _next(events: "asyncio.Queue[dict[str, Any]]", kind: str) -> dict[str, Any]:
    async with asyncio.timeout(5):
        while (event := await events.get())["type"] != kind:
            pass
    return event


async def test_the_workspace(workspace: Workspace) -> None:
    """Who and what is there, and who is offered to act as."""
    seen = await workspace.get("/workspace")

    offered = [user["handle"] for user in seen["users"] if user["offered"]]
    assert offered == ["ana", "ben", "chiara", "dev"]
    assert seen["app"]["commands"][0]["command"] == "/crew"
    assert seen["usergroups"][0]["handle"] == "approvers"
    assert len({u["tz"] for u in seen["users"] if u["offered"]}) == 4


async def test_unread_and_mentions(
    workspace: Workspace, web: AsyncWebClient, ana: Person
) -> None:
    """Unread messages are counted until they are read; one's own are not."""
    await ana.say("mine", channel="general")
    await web.chat_postMessage(channel=GENERAL, text=f"for <@{ana.id}>")
    await web.chat_postMessage(channel=GENERAL, text="for nobody")

    before = await _conversation(workspace, "ana", "general")
    await workspace.post("/read", {"as": "ana", "channel": "general"})
    after = await _conversation(workspace, "ana", "general")

    assert (before["unread"], before["mentions"]) == (2, 1)
    assert (after["unread"], after["mentions"]) == (0, 0)


async def _conversation(workspace: Workspace, who: str, name: str) -> dict[str, Any]:
    answer = await workspace.get("/conversations", {"as": who})
    (found,) = [c for c in answer["conversations"] if c["name"] == name]
    return dict(found)


async def test_a_long_channel_by_page(workspace: Workspace, ana: Person) -> None:
    """The newest come first, older ones on demand."""
    for number in range(5):
        await ana.say(str(number), channel="general")
    query = {"as": "ana", "channel": "general", "limit": "2"}

    newest = await workspace.get("/messages", query)
    before = newest["messages"][0]["ts"]
    older = await workspace.get("/messages", query | {"before": before})
    oldest = await workspace.get(
        "/messages", query | {"before": older["messages"][0]["ts"]}
    )

    texts = [[m["text"] for m in page["messages"]] for page in (newest, older, oldest)]
    assert texts == [["3", "4"], ["1", "2"], ["0"]]
    assert [page["has_more"] for page in (newest, older, oldest)] == [True, True, False]


async def test_what_others_may_not_read(
    workspace: Workspace, web: AsyncWebClient
) -> None:
    """Private channels and direct messages are for their members alone."""
    direct = await web.chat_postMessage(channel="U0ANARUIZ0", text="for Ana")
    for who, channel in (
        ("ben", direct["channel"]),
        ("ben", "finance"),
        ("grace", "general"),
        ("eve", "general"),
    ):
        with pytest.raises(RefusedByWorkspace, match="channel_not_found"):
            await workspace.get("/messages", {"as": who, "channel": channel})
    names = [
        c["name"]
        for c in (await workspace.get("/conversations", {"as": "eve"}))["conversations"]
    ]
    assert names == ["ext-partners"]


async def test_the_stream_tells_only_its_reader(
    slack: LocalSlack, web: AsyncWebClient
) -> None:
    """Messages, notes and modals are told to those who see them."""
    async with (
        _stream(slack, **{"as": "ana"}) as ana,
        _stream(slack, **{"as": "ben"}) as ben,
    ):
        await web.chat_postEphemeral(channel=GENERAL, user="U0ANARUIZ0", text="psst")
        await web.chat_postMessage(channel="C0FINANCE0", text="money")
        trigger = slack.triggers.new("U0ANARUIZ0", here=None)
        await web.views_open(trigger_id=trigger, view=MODAL)
        await web.chat_postMessage(channel=GENERAL, text="all")

        told_ana = [await ana.get() for _ in range(4)]
        told_ben = await ben.get()

    kinds = [event["type"] for event in told_ana]
    assert kinds == ["ephemeral", "message", "view_opened", "message"]
    assert told_ben["message"]["text"] == "all"


async def test_the_stream_tells_of_every_change(
    slack: LocalSlack, workspace: Workspace, web: AsyncWebClient
) -> None:
    """Changes of messages, people, places and time arrive live."""
    async with _stream(slack, inspect="1", **{"as": "ana"}) as events:
        posted = await web.chat_postMessage(channel=GENERAL, text="a", blocks=card())
        assert (await _next(events, "message"))["channel"] == GENERAL
        assert (await _next(events, "call"))["call"]["method"] == "chat.postMessage"
        await web.chat_update(channel=GENERAL, ts=posted["ts"], text="b")
        assert (await _next(events, "message_changed"))["message"]["text"] == "b"
        await web.chat_delete(channel=GENERAL, ts=posted["ts"])
        assert (await _next(events, "message_deleted"))["ts"] == posted["ts"]
        await workspace.change("ben", dnd=True)
        assert (await _next(events, "people"))["user"]["dnd"] is True
        await workspace.advance("1h")
        assert (await _next(events, "clock"))["offset"] == 3600
        await workspace.kick("ana", "finance")
        gone = await _next(events, "conversation")
        assert (gone["conversation"]["name"], gone["gone"]) == ("finance", True)
        await web.views_publish(
            user_id="U0ANARUIZ0", view={"type": "home", "blocks": card()}
        )
        assert (await _next(events, "home"))["view"]["type"] == "home"


async def test_an_act_is_told_as_it_goes(slack: LocalSlack, ana: Person) -> None:
    """An interaction is told when it is sent and when it has ended."""
    async with _stream(slack, **{"as": "ana"}) as events:
        await ana.slash("/crew go", outcome="failed")

        sent = await _next(events, "interaction")
        ended = await _next(events, "interaction")

    assert (sent["status"], ended["status"]) == ("sent", "failed")
    assert sent["id"] == ended["id"]


async def test_a_private_note_can_be_dismissed(
    workspace: Workspace, web: AsyncWebClient, ana: Person
) -> None:
    """Its reader may take it away, nobody else."""
    note = await web.chat_postEphemeral(channel=GENERAL, user=ana.id, text="psst")
    place = {"channel": GENERAL, "ts": note["message_ts"]}

    with pytest.raises(RefusedByWorkspace):
        await workspace.post("/delete", {"as": "ben", **place})
    await workspace.post("/delete", {"as": "ana", **place})

    assert await ana.messages("general") == []


async def test_joining_and_leaving(workspace: Workspace, ana: Person) -> None:
    """People join public channels and speak only where they are members."""
    await workspace.post("/leave", {"as": "ana", "channel": "general"})
    with pytest.raises(RefusedByWorkspace, match="not_in_channel"):
        await ana.say("x", channel="general")
    with pytest.raises(RefusedByWorkspace, match="channel_not_found"):
        await workspace.post("/join", {"as": "ben", "channel": "finance"})

    await workspace.post("/join", {"as": "ana", "channel": "general"})

    assert (await ana.say("x", channel="general")).text == "x"


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/say", {"as": "ana", "channel": "general"}, "no_text"),
        ("/say", {"as": "crew", "channel": "general", "text": "x"}, "not_a_person"),
        ("/click", {"as": "ana", "channel": "general", "ts": "1"}, "message_not_found"),
        ("/submit", {"as": "ana", "view_id": "V1"}, "not_found"),
        ("/close", {"as": "ana", "view_id": "V1"}, "not_found"),
        ("/people", {"user": "ana", "salary": 1}, "invalid_change"),
        ("/people", {"user": "ana", "tz": "Moon/Sea"}, "invalid_change"),
        ("/people", {"user": "ana", "guest": "paying"}, "invalid_change"),
        ("/usergroup", {"usergroup": "nobody"}, "no_such_subteam"),
        ("/channels", {"create": "general"}, "name_taken"),
        ("/clock", {"advance": "soon"}, "invalid_duration"),
        ("/socket", {"do": "explode"}, "invalid_socket"),
        ("/socket", {"do": "drop", "connection": 9}, "no_connection"),
    ],
)
async def test_refusals(
    workspace: Workspace, path: str, body: dict[str, Any], code: str
) -> None:
    """Each is told with a code and a sentence."""
    with pytest.raises(RefusedByWorkspace) as refused:
        await workspace.post(path, body)

    assert refused.value.code == code


async def test_requests_that_cannot_be_read(slack: LocalSlack) -> None:
    """What is no JSON object, or nowhere, is refused in the same form."""
    async with aiohttp.ClientSession() as session:
        for path, request, status, code in (
            ("say", {"data": "x"}, 400, "invalid_body"),
            ("say", {"json": []}, 400, "invalid_body"),
            ("nowhere", {"json": {}}, 404, "unknown_path"),
        ):
            url = f"{slack.base_url}control/{path}"
            async with session.post(url, **request) as response:
                answer = await response.json()
            assert (response.status, answer["error"]) == (status, code)


async def test_a_link_leads_to_the_page(web: AsyncWebClient) -> None:
    """A permalink opens the channel, and the thread."""
    parent = await web.chat_postMessage(channel=GENERAL, text="parent")
    reply = await web.chat_postMessage(
        channel=GENERAL, text="reply", thread_ts=parent["ts"]
    )
    link = await web.chat_getPermalink(channel=GENERAL, message_ts=reply["ts"])

    async with (
        aiohttp.ClientSession() as session,
        session.get(link["permalink"], allow_redirects=False) as response,
    ):
        assert response.status == 302
        assert response.headers["Location"] == (
            f"/?channel=general&thread={parent['ts']}"
        )


async def test_people_react(workspace: Workspace, ana: Person, ben: Person) -> None:
    """Reactions are counted per emoji, once per person."""
    said = await ana.say("tea?", channel="general")
    place = {"channel": "general", "ts": said.ts, "name": ":thumbsup:"}
    for who in ("ana", "ben", "ben"):
        await workspace.post("/react", {"as": who, **place})
    (both,) = await ana.messages("general")
    await workspace.post("/react", {"as": "ana", **place, "remove": True})

    (one,) = await ana.messages("general")

    assert both.body["reactions"][0]["users"] == [ana.id, ben.id]
    assert one.body["reactions"][0]["users"] == [ben.id]


async def test_channels_come_and_change(workspace: Workspace) -> None:
    """A channel is created, renamed, shared; and a DM holds several people."""
    body = {"create": "#launch", "is_private": True, "members": ["ana", "crew"]}
    created = (await workspace.post("/channels", body))["channel"]
    await workspace.post(
        "/channels",
        {"channel": "launch", "name": "launch-2", "is_ext_shared": True},
    )
    group = await workspace.post("/open_dm", {"as": "ana", "with": ["ben", "crew"]})

    seen = await _conversation(workspace, "ana", "launch-2")

    assert (seen["id"], seen["is_ext_shared"]) == (created["id"], True)
    assert group["conversation"]["is_mpim"] is True


async def test_uploads_that_are_none(slack: LocalSlack) -> None:
    """A form without a file, or of nobody, is refused."""
    async with aiohttp.ClientSession() as session:
        for form, code in (
            ({"as": "ana"}, "no_file"),
            ({"as": "nobody"}, "user_not_found"),
        ):
            url = f"{slack.base_url}control/upload"
            async with session.post(url, data=aiohttp.FormData(form)) as response:
                answer = await response.json()
            assert (response.status, answer["error"]) == (400, code)
