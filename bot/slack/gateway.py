"""The calls we make to Slack, and what their failures mean.

One try each: whoever calls decides whether, when and how to try again. slack_sdk's own
retries are off, because a post repeated after a dropped connection is a second post.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from aiohttp import ClientError, ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from approvals.ids import ChannelId, UserId
from bot.blocks.message import Message, Upload, View

POST_TIMEOUT: Final = 10.0
"""Seconds for calls that nobody waits for."""

DEFAULT_RETRY_AFTER: Final = 30.0
"""Seconds, where a 429 names none; the SDK's own default."""

_TAKE_JSON: Final = frozenset(
    {
        "chat.delete",
        "chat.postEphemeral",
        "chat.postMessage",
        "chat.update",
        "files.completeUploadExternal",
        "views.open",
        "views.push",
        "views.update",
    }
)
"""Methods that change something take JSON; those that read take forms only
(docs.slack.dev/apis/web-api, "POST bodies")."""


class SlackRefusedError(Exception):
    """Slack said no, and will say so again: `code` is its error code."""

    def __init__(self, method: str, code: str, detail: str = "") -> None:
        super().__init__(f"{method}: {code}{detail}")
        self.code = code


class SlackBusyError(Exception):
    """Slack asks to wait: this method, for this workspace, `after` seconds."""

    def __init__(self, method: str, after: float) -> None:
        super().__init__(f"{method}: wait {after:g} s")
        self.after = after


class SlackUnreachableError(Exception):
    """No answer, or a broken one: nobody knows whether it was done."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """Where a message came to stand (a post to a person opens the DM)."""

    channel: ChannelId
    ts: str


class SlackGateway:
    """Slack's Web API as the rest of the bot uses it."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def post(
        self,
        conversation: ChannelId | UserId,
        message: Message,
        *,
        key: str,
        thread_ts: str | None = None,
    ) -> Posted:
        """Post a message; `key` is kept in its metadata, so that strays can be told."""
        answer = await self._call(
            "chat.postMessage",
            channel=conversation,
            text=message.text,
            blocks=list(message.blocks),
            thread_ts=thread_ts,
            unfurl_links=False,
            unfurl_media=False,
            metadata={
                "event_type": "countersign_posting",
                "event_payload": {"key": key},
            },
        )
        return Posted(channel=answer["channel"], ts=answer["ts"])

    async def upload(
        self, channel: ChannelId, upload: Upload, *, thread_ts: str | None
    ) -> Posted:
        """Put a file into a thread, in Slack's three steps.

        Slack does not say where the file's message stands; its id stands for it.
        """
        content = upload.text.encode()
        place = await self._call(
            "files.getUploadURLExternal", filename=upload.name, length=len(content)
        )
        try:
            async with (
                asyncio.timeout(POST_TIMEOUT),
                ClientSession(trust_env=True) as session,
                session.post(place["upload_url"], data=content) as response,
            ):
                response.raise_for_status()
        except (ClientError, TimeoutError, OSError) as error:
            raise SlackUnreachableError(f"upload: {error!r}") from error
        file = {"id": place["file_id"], "title": upload.title}
        await self._call(
            "files.completeUploadExternal",
            files=[file],
            channel_id=channel,
            thread_ts=thread_ts,
        )
        return Posted(channel=channel, ts=str(place["file_id"]))

    async def update(self, channel: ChannelId, ts: str, message: Message) -> None:
        """Draw a message anew."""
        await self._call(
            "chat.update",
            channel=channel,
            ts=ts,
            text=message.text,
            blocks=list(message.blocks),
        )

    async def delete(self, channel: ChannelId, ts: str) -> None:
        """Take a message of ours away."""
        await self._call("chat.delete", channel=channel, ts=ts)

    async def whisper(
        self,
        channel: ChannelId,
        user: UserId,
        text: str,
        *,
        blocks: tuple[Mapping[str, Any], ...] = (),
        thread_ts: str | None = None,
        timeout: float = POST_TIMEOUT,  # noqa: ASYNC109  handed to one HTTP call
    ) -> None:
        """Tell one person something in a channel; Slack does not promise delivery."""
        await self._call(
            "chat.postEphemeral",
            timeout,
            channel=channel,
            user=user,
            text=text,
            blocks=list(blocks) or None,
            thread_ts=thread_ts,
        )

    async def respond(
        self, response_url: str, text: str, *, thread_ts: str | None = None
    ) -> None:
        """Tell one person something by the address that came with their click.

        It reaches also those who only look at a channel, five times in 30 minutes.
        """
        said = {"text": text, "response_type": "ephemeral", "replace_original": False}
        webhook = AsyncWebhookClient(
            response_url, timeout=int(POST_TIMEOUT), trust_env_in_session=True
        )
        try:
            answer = await webhook.send_dict(
                said if thread_ts is None else {**said, "thread_ts": thread_ts}
            )
        except (ClientError, TimeoutError, OSError) as error:
            raise SlackUnreachableError(f"response_url: {error!r}") from error
        if answer.status_code != HTTPStatus.OK:
            raise SlackRefusedError("response_url", answer.body)

    async def open_view(self, trigger_id: str, view: View) -> None:
        """Open a modal: within three seconds of the click, once."""
        await self._call("views.open", 2.0, trigger_id=trigger_id, view=dict(view))

    async def push_view(self, trigger_id: str, view: View) -> None:
        """Open a modal on top of the one that was clicked in."""
        await self._call("views.push", 2.0, trigger_id=trigger_id, view=dict(view))

    async def update_view(self, view_id: str, view: View, hash_: str = "") -> None:
        """Draw an open modal anew; with `hash_`, only if nobody else did."""
        await self._call(
            "views.update", 2.0, view_id=view_id, view=dict(view), hash=hash_ or None
        )

    async def user(self, user: UserId, timeout: float) -> Mapping[str, Any]:  # noqa: ASYNC109  handed to one HTTP call
        """Read a person from Slack: `users.info`."""
        answer = await self._call("users.info", timeout, user=user)
        found: Mapping[str, Any] = answer["user"]
        return found

    async def conversation(self, channel: ChannelId) -> Mapping[str, Any]:
        """Read a channel: `conversations.info`; needs a scope that is not in the core."""
        answer = await self._call("conversations.info", 2.0, channel=channel)
        found: Mapping[str, Any] = answer["channel"]
        return found

    async def members(self, channel: ChannelId) -> frozenset[UserId]:
        """List a channel's members; needs a scope that is not in the core."""
        found: set[UserId] = set()
        cursor = ""
        while True:
            answer = await self._call(
                "conversations.members", channel=channel, limit=1000, cursor=cursor
            )
            found.update(answer["members"])
            cursor = answer.get("response_metadata", {}).get("next_cursor", "")
            if not cursor:
                return frozenset(found)

    async def _call(
        self,
        method: str,
        timeout: float = POST_TIMEOUT,  # noqa: ASYNC109  it ends the HTTP call itself
        **arguments: Any,
    ) -> Mapping[str, Any]:
        given = {name: value for name, value in arguments.items() if value is not None}
        as_json = method in _TAKE_JSON
        try:
            async with asyncio.timeout(timeout):
                answer = await self._client.api_call(
                    method,
                    json=given if as_json else None,
                    params=None if as_json else given,
                )
        except SlackApiError as error:
            raise _meaning(method, error) from error
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            raise SlackUnreachableError(f"{method}: {error!r}") from error
        data: Mapping[str, Any] = answer.data if isinstance(answer.data, dict) else {}
        return data


def _meaning(
    method: str, error: SlackApiError
) -> SlackRefusedError | SlackBusyError | SlackUnreachableError:
    response = error.response
    code = str(response.get("error", "")) if response is not None else ""
    if response is not None and (response.status_code == 429 or code == "ratelimited"):  # noqa: PLR2004  HTTP's "too many requests"
        after = response.headers.get("Retry-After", DEFAULT_RETRY_AFTER)
        return SlackBusyError(method, float(after))
    if not code or code in {"internal_error", "fatal_error", "service_unavailable"}:
        return SlackUnreachableError(f"{method}: {error!r}")
    notes = response.get("response_metadata", {}).get("messages", [])
    return SlackRefusedError(method, code, f" {notes}" if notes else "")
