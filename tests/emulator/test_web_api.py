"""The Web API's manners: bodies, tokens, scopes, unknown methods, pages of lists."""

import json
from typing import Any

import aiohttp
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from emulator.client import Workspace
from emulator.slack import LocalSlack


async def _call(
    slack: LocalSlack, method: str, *, token: str | None = None, **request: Any
) -> tuple[dict[str, Any], aiohttp.ClientResponse]:
    headers = {"Authorization": f"Bearer {token or slack.bot_token}"}
    url = f"{slack.base_url}api/{method}"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, headers=headers, **request) as response,
    ):
        return json.loads(await response.text()), response


async def test_a_form_and_json_say_the_same(slack: LocalSlack) -> None:
    """A call may be a form, whose structures are JSON text, or one JSON object."""
    blocks = [{"type": "divider"}]
    form = {"channel": "C0GENERAL0", "text": "x", "blocks": json.dumps(blocks)}
    as_form, _ = await _call(slack, "chat.postMessage", data=form)

    as_json, _ = await _call(slack, "chat.postMessage", json={**form, "blocks": blocks})

    assert as_form["message"]["blocks"][0]["type"] == "divider"
    assert as_json["message"]["blocks"][0]["type"] == "divider"


async def test_a_form_says_true_as_1(slack: LocalSlack) -> None:
    """Booleans arrive as "1", "true" or JSON's own."""
    for flag in ("1", "true", True):
        answer, _ = await _call(
            slack,
            "conversations.info",
            json={"channel": "C0GENERAL0", "include_num_members": flag},
        )
        assert answer["channel"]["num_members"] == 5


async def test_a_method_that_does_not_exist(slack: LocalSlack) -> None:
    """An unknown method is refused with its name, and HTTP 200."""
    answer, response = await _call(slack, "chat.shout")

    assert answer == {
        "ok": False,
        "error": "unknown_method",
        "req_method": "chat.shout",
    }
    assert response.status == 200


@pytest.mark.parametrize(
    ("body", "error"), [("{", "invalid_json"), ("[]", "json_not_object")]
)
async def test_json_that_is_none(slack: LocalSlack, body: str, error: str) -> None:
    """A JSON body that cannot be read is refused."""
    headers = {"Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{slack.base_url}api/auth.test", data=body) as response,
    ):
        answer = await response.json()

    assert answer == {"ok": False, "error": error}


async def test_wrong_tokens(slack: LocalSlack) -> None:
    """No token, an unknown one and the other kind of token are told apart."""
    line = slack.ready_line
    unknown = AsyncWebClient(token=slack.bot_token + "x", base_url=line["api_url"])
    other_kind = AsyncWebClient(token=slack.app_token, base_url=line["api_url"])
    none = AsyncWebClient(base_url=line["api_url"])

    for client, error in (
        (unknown, "invalid_auth"),
        (other_kind, "not_allowed_token_type"),
        (none, "not_authed"),
    ):
        with pytest.raises(SlackApiError) as refused:
            await client.auth_test()
        assert refused.value.response["error"] == error


async def test_scopes_are_told_and_needed(
    slack: LocalSlack, web: AsyncWebClient
) -> None:
    """Granted scopes stand in a header; a missing one is named in the refusal."""
    slack.workspace.app.scopes = ["commands", "chat:write"]

    identity = await web.auth_test()
    with pytest.raises(SlackApiError) as refused:
        await web.users_info(user="U0ANARUIZ0")

    assert identity.headers["x-oauth-scopes"] == "commands,chat:write"
    assert refused.value.response.data == {
        "ok": False,
        "error": "missing_scope",
        "needed": "users:read",
        "provided": "commands,chat:write",
    }


async def test_a_missing_argument(web: AsyncWebClient) -> None:
    """What is missing is named."""
    with pytest.raises(SlackApiError) as refused:
        await web.api_call("conversations.info")

    messages = refused.value.response["response_metadata"]["messages"]
    assert messages == ["[ERROR] missing required field: channel"]


async def test_the_identity(web: AsyncWebClient, slack: LocalSlack) -> None:
    """auth.test says whose token it is; api.test echoes."""
    identity = await web.auth_test()
    echo = await web.api_test(foo="bar")

    assert identity["user_id"] == slack.workspace.bot.id
    assert identity["bot_id"] == "B0CREWBOT0"
    assert identity["team"] == "Northwind Studio"
    assert echo["args"] == {"foo": "bar"}
    with pytest.raises(SlackApiError, match="my_error"):
        await web.api_test(error="my_error")


def test_the_synchronous_client(ready: dict[str, str]) -> None:
    """The synchronous stock client works as well."""
    client = WebClient(token=ready["bot_token"], base_url=ready["api_url"])

    posted = client.chat_postMessage(channel="#general", text="hello")

    assert posted["channel"] == "C0GENERAL0"


async def test_pages(web: AsyncWebClient) -> None:
    """A cursor leads through a list without gaps or repetition."""
    whole = await web.users_list()
    pages = []
    async for page in await web.users_list(limit=3):
        pages += page["members"]

    assert [user["id"] for user in whole["members"]] == [user["id"] for user in pages]
    with pytest.raises(SlackApiError, match="invalid_cursor"):
        await web.users_list(cursor="nonsense")
    with pytest.raises(SlackApiError, match="invalid_limit"):
        await web.users_list(limit=5000)


async def test_calls_are_recorded_without_tokens(
    web: AsyncWebClient, workspace: Workspace, slack: LocalSlack
) -> None:
    """The inspector shows arguments and answers, never a token."""
    await web.api_call("auth.test", params={"token": slack.bot_token})

    (call,) = await workspace.calls("auth.test")

    assert call["response"]["ok"] is True
    assert slack.bot_token not in json.dumps(call)


async def test_blocks_validate(web: AsyncWebClient) -> None:
    """blocks.validate needs no token and points at each mistake."""
    open_to_all = AsyncWebClient(base_url=web.base_url)
    good = [{"type": "divider"}]
    bad = [{"type": "section", "text": {"type": "invalid", "text": "x"}}]

    assert (await open_to_all.blocks_validate(blocks=good))["ok"]
    with pytest.raises(SlackApiError) as refused:
        await open_to_all.blocks_validate(blocks=bad)

    assert refused.value.response["error"] == "invalid_blocks"
    assert refused.value.response["errors"] == [
        {
            "code": "failed_constraint",
            "message": "unsupported type: invalid",
            "pointer": "/0/text/type",
            "constraint": {"type": "enum", "expected": ["plain_text", "mrkdwn"]},
        }
    ]
