"""The Events API: what the app hears of, and how often it is told."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from emulator.client import Person, Workspace
from emulator.seed import WorkspaceSeed
from emulator.slack import LocalSlack
from tests.emulator.bolt_apps import connected

ALL_EVENTS = [
    "app_mention",
    "channel_archive",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "subteam_members_changed",
    "user_change",
]


@pytest.fixture
def seed(seed: WorkspaceSeed) -> WorkspaceSeed:
    """The default workspace, with an app that hears of everything."""
    seed.app.events = list(ALL_EVENTS)
    return seed


async def _events(workspace: Workspace) -> list[dict[str, Any]]:
    return [e["payload"]["event"] for e in await workspace.envelopes()]


async def _kinds(workspace: Workspace) -> list[str]:
    return [
        ".".join(filter(None, (event["type"], event.get("subtype"))))
        for event in await _events(workspace)
    ]


async def _heard(workspace: Workspace, count: int) -> list[dict[str, Any]]:
    """The envelopes, once there are so many and all are settled."""

    async def look() -> list[dict[str, Any]] | None:
        found = await workspace.envelopes()
        settled = [e for e in found if e["status"] != "sent"]
        return found if len(settled) >= count else None

    async def there() -> str:
        return str([(e["kind"], e["status"]) for e in await workspace.envelopes()])

    return await workspace.until(look, wanted=f"{count} envelopes", there=there)


@pytest.fixture
def listening(app: AsyncApp) -> AsyncApp:
    """An app that acks every event."""

    @app.event({"type": "message"})
    async def message() -> None:
        pass

    for name in ("user_change", "subteam_members_changed", "channel_archive"):
        app.event(name)(_nothing)
    for name in ("member_left_channel", "member_joined_channel", "app_mention"):
        app.event(name)(_nothing)
    return app


async def _nothing() -> None:
    pass


async def test_messages(
    slack: LocalSlack, listening: AsyncApp, ana: Person, workspace: Workspace
) -> None:
    """New, changed, deleted and broadcast messages of channels with the bot in them."""
    async with connected(listening, slack):
        said = await ana.say("hello", channel="general")
        await workspace.post(
            "/edit",
            {"as": "ana", "channel": "general", "ts": said.ts, "text": "hello!"},
        )
        await workspace.post(
            "/say",
            {
                "as": "ana",
                "channel": "general",
                "text": "loud",
                "thread_ts": said.ts,
                "broadcast": True,
            },
        )
        other = await ana.say("private", channel="finance")
        await workspace.post(
            "/delete", {"as": "ana", "channel": "finance", "ts": other.ts}
        )
        await ana.say("unheard", channel="ext-partners")
        await _heard(workspace, 5)

    assert await _kinds(workspace) == [
        "message",
        "message.message_changed",
        "message.thread_broadcast",
        "message",
        "message.message_deleted",
    ]
    new, changed, *_, deleted = await _events(workspace)
    assert (new["text"], new["channel_type"], new["user"]) == (
        "hello",
        "channel",
        ana.id,
    )
    assert changed["message"]["text"] == "hello!"
    assert changed["previous_message"]["text"] == "hello"
    assert (deleted["deleted_ts"], deleted["channel_type"]) == (other.ts, "group")


async def test_a_mention_and_a_direct_message(
    slack: LocalSlack, listening: AsyncApp, ana: Person, workspace: Workspace
) -> None:
    """`@crew` is told twice, as message and as mention; a DM once."""
    async with connected(listening, slack):
        await ana.say("@crew are you there?", channel="general")
        opened = await workspace.post("/open_dm", {"as": "ana", "with": "crew"})
        await ana.say("psst", channel=opened["conversation"]["id"])
        await _heard(workspace, 3)

    message, mention, direct = await _events(workspace)
    assert message["text"] == "<@U0CREWBOT0> are you there?"
    assert mention["type"] == "app_mention"
    assert direct["channel_type"] == "im"


async def test_what_people_type_is_escaped(web: AsyncWebClient, ana: Person) -> None:
    """Typed brackets are text, as Slack stores them."""
    await ana.say("<!channel> & <b>", channel="general")

    history = await web.conversations_history(channel="C0GENERAL0")

    assert history["messages"][0]["text"] == "&lt;!channel&gt; &amp; &lt;b&gt;"


async def test_changes_of_people_and_places(
    slack: LocalSlack, listening: AsyncApp, workspace: Workspace
) -> None:
    """People, groups, archives and memberships are told."""
    async with connected(listening, slack):
        await workspace.change("ben", deleted=True)
        await workspace.post("/usergroup", {"usergroup": "approvers", "users": ["dev"]})
        await workspace.kick("ana", "general")
        await workspace.post("/channels", {"channel": "approvals", "archived": True})
        await _heard(workspace, 4)

    user, group, left, archived = await _events(workspace)
    assert (user["type"], user["user"]["deleted"]) == ("user_change", True)
    assert group["type"] == "subteam_members_changed"
    assert group["added_users"] == ["U0DEVPATL0"]
    assert group["removed_users_count"] == 2
    assert (left["type"], left["user"]) == ("member_left_channel", "U0ANARUIZ0")
    assert (archived["type"], archived["channel"]) == ("channel_archive", "C0APPROVA0")


async def test_only_what_was_subscribed_to(
    slack: LocalSlack, listening: AsyncApp, ana: Person, workspace: Workspace
) -> None:
    """An event that the app did not ask for is not sent."""
    slack.workspace.app.events = ["app_mention"]
    async with connected(listening, slack):
        await ana.say("hello", channel="general")
        await ana.say("hello @crew", channel="general")
        await _heard(workspace, 1)

    assert await _kinds(workspace) == ["app_mention"]


async def test_an_unheard_event_is_told_three_times_more(
    ana: Person, workspace: Workspace
) -> None:
    """At once, after a minute, after five; then never again."""
    counts = []
    await ana.say("hello", channel="general")
    await _heard(workspace, 2)
    for passing in ("61s", "301s", "1h"):
        counts.append(len(await workspace.envelopes()))
        await workspace.advance(passing)
        await _heard(workspace, min(counts[-1] + 1, 4))

    told = await workspace.envelopes()
    assert counts == [2, 3, 4]
    assert [e["redelivery"] for e in told] == [0, 1, 2, 3]
    assert len({e["payload"]["event_id"] for e in told}) == 1


async def test_a_redelivery_says_that_it_is_one(
    slack: LocalSlack, app: AsyncApp, ana: Person, workspace: Workspace
) -> None:
    """Bolt sees the retry's number and reason."""
    headers: list[Any] = []

    @app.event("message")
    async def message(request: Any) -> None:
        headers.append(request.headers)

    async with connected(app, slack):
        await workspace.fault("socket", "lose_ack")
        await ana.say("hello", channel="general")
        await workspace.advance("3s", in_flight=True)
        await _heard(workspace, 2)

    assert headers[0]["x-slack-retry-num"] == ["0"]
    assert headers[1]["x-slack-retry-num"] == ["1"]
    assert headers[1]["x-slack-retry-reason"] == ["timeout"]


async def test_an_event_waits_for_the_app(
    slack: LocalSlack, listening: AsyncApp, ana: Person, workspace: Workspace
) -> None:
    """What happened while nobody was connected is told a minute later."""
    await ana.say("hello", channel="general")
    await _heard(workspace, 2)

    async with connected(listening, slack):
        await workspace.advance("1m")
        told = await _heard(workspace, 3)

    assert [e["status"] for e in told] == ["undelivered", "undelivered", "acked"]
