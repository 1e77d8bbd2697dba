"""Answers and payloads hold no key that Slack's own do not."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from emulator.client import Person, Workspace
from emulator.slack import LocalSlack
from tests.emulator.bolt_apps import MODAL, card, connected
from tests.emulator.slack_shapes import unknown_keys

Calling = Callable[[AsyncWebClient], Awaitable[Any]]
ANA = "U0ANARUIZ0"


async def _posted(web: AsyncWebClient) -> str:
    answer = await web.chat_postMessage(channel="C0GENERAL0", text="a", blocks=card())
    return str(answer["ts"])


async def _threaded(web: AsyncWebClient) -> Any:
    ts = await _posted(web)
    return await web.chat_postMessage(
        channel="C0GENERAL0", text="b", thread_ts=ts, reply_broadcast=True
    )


async def _updated_reply(web: AsyncWebClient) -> Any:
    reply = await _threaded(web)
    return await web.chat_update(channel="C0GENERAL0", ts=reply["ts"], text="c")


async def _deleted(web: AsyncWebClient) -> Any:
    return await web.chat_delete(channel="C0GENERAL0", ts=await _posted(web))


async def _reacted(web: AsyncWebClient) -> Any:
    ts = await _posted(web)
    return await web.reactions_add(channel="C0GENERAL0", timestamp=ts, name="eyes")


async def _uploaded(web: AsyncWebClient) -> Any:
    return await web.files_upload_v2(
        filename="a.md", content="# a", channel="C0GENERAL0"
    )


CALLS: dict[str, Calling] = {
    "api.test": lambda web: web.api_test(foo="bar"),
    "auth.test": lambda web: web.auth_test(),
    "bots.info": lambda web: web.bots_info(bot="B0CREWBOT0"),
    "chat.delete": _deleted,
    "chat.postMessage": _threaded,
    "chat.postEphemeral": lambda web: web.chat_postEphemeral(
        channel="C0GENERAL0", user=ANA, text="psst"
    ),
    "chat.update": _updated_reply,
    "conversations.info": lambda web: web.conversations_info(
        channel="C0EXTPARTN", include_num_members=True
    ),
    "conversations.join": lambda web: web.conversations_join(channel="C0GENERAL0"),
    "conversations.list": lambda web: web.conversations_list(
        types="public_channel,private_channel"
    ),
    "conversations.members": lambda web: web.conversations_members(
        channel="C0GENERAL0"
    ),
    "conversations.open": lambda web: web.conversations_open(
        users=[ANA], return_im=True
    ),
    "dnd.info": lambda web: web.dnd_info(user=ANA),
    "files.completeUploadExternal": _uploaded,
    "files.getUploadURLExternal": lambda web: web.files_getUploadURLExternal(
        filename="a.md", length=3
    ),
    "reactions.add": _reacted,
    "team.info": lambda web: web.team_info(),
    "usergroups.list": lambda web: web.usergroups_list(include_users=True),
    "users.info": lambda web: web.users_info(user="U0EXTEVE00"),
    "users.list": lambda web: web.users_list(),
}

#: What an app relies on in an answer, beside `ok`.
REQUIRED = {
    "auth.test": {"url", "team", "user", "team_id", "user_id", "bot_id"},
    "chat.delete": {"channel", "ts"},
    "chat.postEphemeral": {"message_ts"},
    "chat.postMessage": {"channel", "ts", "message"},
    "chat.update": {"channel", "ts", "text", "message"},
    "conversations.info": {"channel"},
    "conversations.list": {"channels", "response_metadata"},
    "conversations.members": {"members", "response_metadata"},
    "conversations.open": {"channel"},
    "files.getUploadURLExternal": {"upload_url", "file_id"},
    "usergroups.list": {"usergroups"},
    "users.info": {"user"},
    "users.list": {"members", "cache_ts", "response_metadata"},
}


@pytest.mark.parametrize("method", CALLS)
async def test_answers(method: str, web: AsyncWebClient, workspace: Workspace) -> None:
    """Each answer is a part of the one that Slack's SDK team recorded."""
    await CALLS[method](web)

    call = (await workspace.calls(method))[-1]
    assert call["response"]["ok"] is True
    assert unknown_keys(method, call["response"]) == []
    assert REQUIRED.get(method, set()) <= call["response"].keys()


SAMPLES = {
    "/crew": "SlashCommandPayload",
    "view_submission": "ViewSubmissionPayload",
    "block_actions": "BlockActionPayload",
    "app_home_opened": "AppHomeOpenedPayload",
}


async def test_payloads(
    slack: LocalSlack, app: AsyncApp, ana: Person, workspace: Workspace
) -> None:
    """Commands, clicks, submissions and the Home's event look as Slack's do."""
    _listen(app)
    async with connected(app, slack):
        await ana.slash("/crew create")
        await ana.submit({"Topic": "tea"})
        await app.client.chat_postMessage(
            channel="C0GENERAL0", text="card", blocks=card()
        )
        await ana.click("Approve")
        await app.client.views_publish(
            user_id=ana.id, view={"type": "home", "blocks": card()}
        )
        await ana.click("Approve", in_=await ana.home())

    envelopes = await workspace.envelopes()
    assert SAMPLES.keys() == {envelope["kind"] for envelope in envelopes}
    for envelope in envelopes:
        unknown = unknown_keys(SAMPLES[envelope["kind"]], envelope["payload"])
        # the samples leave a view's blocks out
        assert [key for key in unknown if "view.blocks" not in key] == []
    (opened,) = await workspace.calls("views.open")
    assert unknown_keys("views.open", opened["response"]) == []


def _listen(app: AsyncApp) -> None:
    @app.command("/crew")
    async def command(ack: Any, body: Any, client: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        await ack()

    @app.view("form")
    async def submitted(ack: Any) -> None:
        await ack()

    @app.action("approve")
    async def clicked(ack: Any) -> None:
        await ack()

    @app.event("app_home_opened")
    async def home(event: Any) -> None:
        del event
