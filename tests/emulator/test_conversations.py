"""conversations.* and reactions.*: what the app can see of conversations."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from emulator.client import Person, Workspace
from emulator.slack import LocalSlack

GENERAL = "C0GENERAL0"
BOT = "U0CREWBOT0"


async def _refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_what_the_app_sees(web: AsyncWebClient, workspace: Workspace) -> None:
    """Public channels, private ones with the bot in it, and nobody else's DMs."""
    ana = workspace.as_user("ana")
    await workspace.post("/open_dm", {"as": ana.id, "with": "ben"})
    await workspace.post("/channels", {"create": "secret", "is_private": True})

    found = await web.conversations_list(types="public_channel,private_channel,im")

    names = {c.get("name", "DM") for c in found["channels"]}
    assert names == {"general", "content-team", "approvals", "finance", "ext-partners"}


async def test_a_shared_channel_says_so(web: AsyncWebClient) -> None:
    """A channel shared with another organisation tells it, and with whom."""
    info = await web.conversations_info(channel="C0EXTPARTN")

    assert info["channel"]["is_ext_shared"] is True
    assert info["channel"]["shared_team_ids"] == ["T0LUMENPTR", "T0NORTHWND"]
    assert info["channel"]["is_member"] is False


async def test_scopes_by_kind_of_channel(
    web: AsyncWebClient, slack: LocalSlack
) -> None:
    """Private channels need groups:read, whatever else is granted."""
    slack.workspace.app.scopes.remove("groups:read")

    info = web.conversations_info(channel="C0FINANCE0")

    assert (await web.conversations_info(channel=GENERAL))["ok"]
    assert await _refused(info) == "missing_scope"


async def test_private_channels_of_others_do_not_exist(
    web: AsyncWebClient, workspace: Workspace
) -> None:
    """What the bot is no member of is not found."""
    await workspace.kick("crew", "finance")

    assert await _refused(web.conversations_info(channel="C0FINANCE0")) == (
        "channel_not_found"
    )
    assert await _refused(web.conversations_members(channel="C0FINANCE0")) == (
        "channel_not_found"
    )


async def test_opening_direct_messages(web: AsyncWebClient) -> None:
    """One person or several; never somebody who left."""
    one = await web.conversations_open(users=["U0ANARUIZ0"], return_im=True)
    several = await web.conversations_open(users=["U0ANARUIZ0", "U0BENOKAF0"])

    assert one["channel"]["user"] == "U0ANARUIZ0"
    assert several["channel"]["id"].startswith("G")
    for users, error in (
        ([], "users_list_not_supplied"),
        (["U0NOBODY00"], "user_not_found"),
        (["U0OLDOSCA0"], "user_disabled"),
        ([f"U0NOBODY0{n}" for n in range(9)], "too_many_users"),
    ):
        assert await _refused(web.conversations_open(users=users)) == error


async def test_history(web: AsyncWebClient, ana: Person) -> None:
    """Newest first, bounded by time, by page, without replies."""
    said = [await ana.say(f"m{n}", channel="general") for n in range(4)]
    await ana.say("reply", channel="general", thread_ts=said[0].ts)

    whole = await web.conversations_history(channel=GENERAL)
    page = await web.conversations_history(channel=GENERAL, limit=3)
    bounded = await web.conversations_history(channel=GENERAL, oldest=said[1].ts)
    inclusive = await web.conversations_history(
        channel=GENERAL, oldest=said[1].ts, latest=said[2].ts, inclusive=True
    )

    assert [m["text"] for m in whole["messages"]] == ["m3", "m2", "m1", "m0"]
    assert page["has_more"] is True
    assert [m["text"] for m in bounded["messages"]] == ["m3", "m2"]
    assert [m["text"] for m in inclusive["messages"]] == ["m2", "m1"]


async def test_a_thread(web: AsyncWebClient, ana: Person) -> None:
    """conversations.replies: the parent, then its replies."""
    parent = await ana.say("parent", channel="general")
    await ana.say("reply", channel="general", thread_ts=parent.ts)

    thread = await web.conversations_replies(channel=GENERAL, ts=parent.ts)

    assert [m["text"] for m in thread["messages"]] == ["parent", "reply"]
    unknown = web.conversations_replies(channel=GENERAL, ts="1.2")
    assert await _refused(unknown) == "thread_not_found"


async def test_history_needs_membership(web: AsyncWebClient) -> None:
    """Reading a public channel needs to be in it."""
    assert await _refused(web.conversations_history(channel="C0EXTPARTN")) == (
        "not_in_channel"
    )


async def test_joining_and_inviting(web: AsyncWebClient) -> None:
    """The bot joins public channels, and invites people where it is."""
    joined = await web.conversations_join(channel="C0EXTPARTN")
    again = await web.conversations_join(channel="C0EXTPARTN")
    invited = await web.conversations_invite(channel=GENERAL, users=["U0GRACEGU0"])
    members = await web.conversations_members(channel=GENERAL)

    assert joined["channel"]["is_member"] is True
    assert again["warning"] == "already_in_channel"
    assert invited["ok"]
    assert "U0GRACEGU0" in members["members"]
    for users, error in (
        ("U0GRACEGU0", "already_in_channel"),
        (BOT, "cant_invite_self"),
        ("U0OLDOSCA0", "user_not_found"),
    ):
        assert await _refused(
            web.conversations_invite(channel=GENERAL, users=users)
        ) == (error)
    private = web.conversations_join(channel="C0FINANCE0")
    assert await _refused(private) == "method_not_supported_for_channel_type"


async def test_reactions(web: AsyncWebClient, ana: Person) -> None:
    """A reaction is added once and removed once."""
    said = await ana.say("hello", channel="general")
    reaction = {"channel": GENERAL, "timestamp": said.ts, "name": "eyes"}

    await web.reactions_add(**reaction)

    (seen,) = await ana.messages("general")
    assert seen.body["reactions"] == [{"name": "eyes", "users": [BOT], "count": 1}]
    assert await _refused(web.reactions_add(**reaction)) == "already_reacted"
    await web.reactions_remove(**reaction)
    assert await _refused(web.reactions_remove(**reaction)) == "no_reaction"
