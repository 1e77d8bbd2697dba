"""chat.*: what the app writes, changes and takes away."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from emulator.client import Person, Workspace
from emulator.slack import LocalSlack
from tests.emulator.bolt_apps import card

ANA = "U0ANARUIZ0"
GENERAL = "C0GENERAL0"


async def test_a_message_is_seen(web: AsyncWebClient, ana: Person) -> None:
    """A posted message stands in the channel, with ids for its blocks."""
    posted = await web.chat_postMessage(channel=GENERAL, text="hi", blocks=card())

    seen = await ana.sees("Approve?", in_="general")

    assert seen.ts == posted["ts"]
    assert seen.buttons == ["Approve"]
    assert all(block["block_id"] for block in posted["message"]["blocks"])
    assert posted["message"]["bot_profile"]["name"] == "Countersign"


@pytest.mark.parametrize("channel", [GENERAL, "general", "#general"])
async def test_a_channel_by_id_or_name(web: AsyncWebClient, channel: str) -> None:
    """A channel may be named."""
    assert (await web.chat_postMessage(channel=channel, text="x"))["channel"] == GENERAL


async def test_a_person_as_the_place(
    web: AsyncWebClient, ana: Person, slack: LocalSlack
) -> None:
    """Posting to a person's id opens their DM, always the same one."""
    first = await web.chat_postMessage(channel=ANA, text="for you")
    opened = await web.conversations_open(users=[ANA])

    assert first["channel"].startswith("D")
    assert opened["channel"]["id"] == first["channel"]
    assert opened["already_open"] is True
    assert [m.text for m in await ana.dm()] == ["for you"]
    assert slack.workspace.channel(first["channel"]).members == sorted(
        ["U0CREWBOT0", ANA]
    )


async def _refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_places_where_the_app_may_not_post(
    web: AsyncWebClient, workspace: Workspace
) -> None:
    """Membership, existence and archives are enforced as Slack does."""
    await workspace.kick("crew", "finance")
    await workspace.post("/channels", {"channel": "approvals", "archived": True})

    refusals = {
        place: await _refused(web.chat_postMessage(channel=place, text="x"))
        for place in (
            "C0NOSUCHXX",
            "C0EXTPARTN",
            "C0FINANCE0",
            "C0APPROVA0",
            "U0OLDOSCA0",
        )
    }

    assert refusals == {
        "C0NOSUCHXX": "channel_not_found",
        "C0EXTPARTN": "not_in_channel",  # public, the bot is no member
        "C0FINANCE0": "channel_not_found",  # private: it does not even exist
        "C0APPROVA0": "is_archived",
        "U0OLDOSCA0": "user_disabled",
    }


async def test_the_scope_to_post_anywhere_public(
    web: AsyncWebClient, slack: LocalSlack
) -> None:
    """With chat:write.public, membership of public channels is not needed."""
    slack.workspace.app.scopes.append("chat:write.public")

    assert (await web.chat_postMessage(channel="C0EXTPARTN", text="x"))["ok"]


async def test_content_that_is_none(web: AsyncWebClient) -> None:
    """Something has to be said, in one way."""
    empty = web.api_call("chat.postMessage", json={"channel": GENERAL})
    assert await _refused(empty) == "no_text"
    both = web.api_call(
        "chat.postMessage",
        json={"channel": GENERAL, "text": "a", "markdown_text": "b"},
    )
    assert await _refused(both) == "markdown_text_conflict"
    unreadable = web.api_call(
        "chat.postMessage", data={"channel": GENERAL, "blocks": "{"}
    )
    assert await _refused(unreadable) == "invalid_blocks_format"


async def test_lengths(web: AsyncWebClient) -> None:
    """A long text is cut off when posted and refused when updated."""
    posted = await web.chat_postMessage(channel=GENERAL, text="x" * 40_001)
    long_update = web.chat_update(channel=GENERAL, ts=posted["ts"], text="x" * 4_001)
    markdown = web.api_call(
        "chat.postMessage",
        json={"channel": GENERAL, "markdown_text": "x" * 12_001},
    )

    assert len(posted["message"]["text"]) == 40_000
    assert await _refused(long_update) == "msg_too_long"
    assert await _refused(markdown) == "msg_too_long"


async def test_threads(web: AsyncWebClient, ana: Person) -> None:
    """Replies count at their parent; a broadcast reply also stands in the channel."""
    parent = await web.chat_postMessage(channel=GENERAL, text="parent")
    reply = await web.chat_postMessage(
        channel=GENERAL, text="reply", thread_ts=parent["ts"]
    )
    await web.chat_postMessage(
        channel=GENERAL, text="loud", thread_ts=reply["ts"], reply_broadcast=True
    )

    in_channel = await ana.messages("general")
    thread = await ana.messages("general", thread_ts=parent["ts"])

    assert [m.text for m in in_channel] == ["parent", "loud"]
    assert [m.text for m in thread] == ["parent", "reply", "loud"]
    assert in_channel[0].body["reply_count"] == 2
    assert in_channel[0].body["reply_users"] == ["U0CREWBOT0"]
    assert reply["message"]["parent_user_id"] == "U0CREWBOT0"


async def test_an_update(web: AsyncWebClient, ana: Person) -> None:
    """An update replaces what was said; text alone takes the blocks away."""
    posted = await web.chat_postMessage(channel=GENERAL, text="a", blocks=card())

    updated = await web.chat_update(channel=GENERAL, ts=posted["ts"], text="done")

    (seen,) = await ana.messages("general")
    assert updated["text"] == "done"
    assert (seen.text, seen.blocks) == ("done", [])


async def test_an_update_with_blocks_hides_that_it_was_edited(
    web: AsyncWebClient, ana: Person
) -> None:
    """The "edited" mark appears on texts only."""
    posted = await web.chat_postMessage(channel=GENERAL, text="a")

    await web.chat_update(channel=GENERAL, ts=posted["ts"], text="b", blocks=card())
    (with_blocks,) = await ana.messages("general")
    await web.chat_update(channel=GENERAL, ts=posted["ts"], text="c")
    (text_only,) = await ana.messages("general")

    assert "edited" not in with_blocks.body
    assert text_only.body["edited"]["user"] == "U0CREWBOT0"


async def test_only_ones_own_messages(web: AsyncWebClient, ana: Person) -> None:
    """The app can neither change nor delete what people say, nor what is gone."""
    said = await ana.say("mine", channel="general")

    change = web.chat_update(channel=GENERAL, ts=said.ts, text="yours")
    delete = web.chat_delete(channel=GENERAL, ts=said.ts)
    unknown = web.chat_update(channel=GENERAL, ts="1.2", text="x")

    assert await _refused(change) == "cant_update_message"
    assert await _refused(delete) == "cant_delete_message"
    assert await _refused(unknown) == "message_not_found"


async def test_a_deleted_message_is_gone(web: AsyncWebClient, ana: Person) -> None:
    """What is deleted is not seen; a parent leaves a tombstone over its replies."""
    alone = await web.chat_postMessage(channel=GENERAL, text="alone")
    parent = await web.chat_postMessage(channel=GENERAL, text="parent")
    await web.chat_postMessage(channel=GENERAL, text="reply", thread_ts=parent["ts"])

    await web.chat_delete(channel=GENERAL, ts=alone["ts"])
    await web.chat_delete(channel=GENERAL, ts=parent["ts"])

    (tombstone,) = await ana.messages("general")
    assert tombstone.body["subtype"] == "tombstone"
    assert await _refused(web.chat_delete(channel=GENERAL, ts=parent["ts"])) == (
        "message_not_found"
    )


async def test_a_private_note(web: AsyncWebClient, ana: Person, ben: Person) -> None:
    """Only its reader sees it, and the app cannot change it later."""
    note = await web.chat_postEphemeral(channel=GENERAL, user=ANA, text="psst")

    seen = await ana.sees("psst", in_="general")
    change = web.chat_update(channel=GENERAL, ts=note["message_ts"], text="x")

    assert seen.is_private_note
    assert await ben.messages("general") == []
    assert await _refused(change) == "message_not_found"
    elsewhere = web.chat_postEphemeral(channel="C0FINANCE0", user=ben.id, text="x")
    assert await _refused(elsewhere) == "user_not_in_channel"


async def test_a_private_note_in_a_thread(web: AsyncWebClient, ana: Person) -> None:
    """It stands in the thread, not in the channel."""
    parent = await web.chat_postMessage(channel=GENERAL, text="parent")
    await web.chat_postEphemeral(
        channel=GENERAL, user=ANA, text="psst", thread_ts=parent["ts"]
    )

    assert [m.text for m in await ana.messages("general")] == ["parent"]
    thread = await ana.messages("general", thread_ts=parent["ts"])
    assert [m.text for m in thread] == ["parent", "psst"]


async def test_permalinks(web: AsyncWebClient, slack: LocalSlack) -> None:
    """A link names channel, message and thread; only an existing message has one."""
    parent = await web.chat_postMessage(channel=GENERAL, text="parent")
    reply = await web.chat_postMessage(
        channel=GENERAL, text="reply", thread_ts=parent["ts"]
    )

    link = await web.chat_getPermalink(channel=GENERAL, message_ts=reply["ts"])

    path = f"archives/{GENERAL}/p{reply['ts'].replace('.', '')}"
    thread = f"?thread_ts={parent['ts']}&cid={GENERAL}"
    assert link["permalink"] == f"{slack.base_url}{path}{thread}"
    unknown = web.chat_getPermalink(channel=GENERAL, message_ts="1.2")
    assert await _refused(unknown) == "message_not_found"


async def test_metadata(web: AsyncWebClient) -> None:
    """Metadata is kept, and shown to who asks for it."""
    metadata = {"event_type": "card", "event_payload": {"id": "7"}}
    await web.chat_postMessage(channel=GENERAL, text="x", metadata=metadata)

    plain = await web.conversations_history(channel=GENERAL)
    full = await web.conversations_history(channel=GENERAL, include_all_metadata=True)
    wrong = web.chat_postMessage(channel=GENERAL, text="x", metadata={"event_type": 1})

    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == metadata
    assert await _refused(wrong) == "invalid_metadata_format"


async def test_attachments(web: AsyncWebClient, ana: Person) -> None:
    """Attachments carry blocks, which are checked as well."""
    attachment = {"color": "#36a64f", "fallback": "x", "blocks": card("inside")}
    wrong = {"fallback": "x", "blocks": [{"type": "hologram"}]}

    await web.chat_postMessage(channel=GENERAL, text="x", attachments=[attachment])

    assert (await ana.sees("inside")).buttons == ["Approve"]
    for attachments, error in (
        ([{"fallback": "x"}] * 101, "too_many_attachments"),
        ([wrong], "invalid_blocks"),
        (["x"], "invalid_attachments"),
    ):
        call = web.api_call(
            "chat.postMessage", json={"channel": GENERAL, "attachments": attachments}
        )
        assert await _refused(call) == error


async def test_markdown(web: AsyncWebClient, ana: Person) -> None:
    """`markdown_text` is one markdown block."""
    posted = await web.chat_postMessage(channel=GENERAL, markdown_text="**Tea**")

    assert posted["message"]["blocks"][0]["type"] == "markdown"
    assert (await ana.sees("**Tea**")).text == "**Tea**"


async def test_metadata_that_is_too_large(web: AsyncWebClient) -> None:
    """There is a limit, though Slack does not publish it."""
    metadata = {"event_type": "card", "event_payload": {"x": "x" * 16_000}}

    call = web.chat_postMessage(channel=GENERAL, text="x", metadata=metadata)

    assert await _refused(call) == "metadata_too_large"


async def test_another_name(web: AsyncWebClient, slack: LocalSlack) -> None:
    """Without chat:write.customize, name and icon stay the app's."""
    looks: dict[str, Any] = {"username": "Robot", "icon_emoji": ":robot_face:"}

    plain = await web.chat_postMessage(channel=GENERAL, text="x", **looks)
    slack.workspace.app.scopes.append("chat:write.customize")
    custom = await web.chat_postMessage(channel=GENERAL, text="x", **looks)

    assert "username" not in plain["message"]
    assert custom["message"]["username"] == "Robot"
    assert custom["message"]["icons"] == {"emoji": ":robot_face:"}
