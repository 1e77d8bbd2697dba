"""Two Socket Mode connections, and a watchdog that does not trust them.

Slack sends each envelope to any one connection and never redelivers a click, so a
connection that is dead without knowing it loses clicks. aiohttp's client notices a
broken one within a few ping intervals (research/engine.md 5); the watchdog covers the
rest by the age of the last pong.
"""

import asyncio
import contextlib
import logging
import time
from typing import Final

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.envelopes import Envelopes

logger = logging.getLogger(__name__)

CONNECTIONS: Final = 2
PING_INTERVAL: Final = 3.0
WATCH_EVERY: Final = 5.0
STALE_AFTER: Final = 4 * PING_INTERVAL
ANSWER_WITHIN: Final = 3.0
"""Seconds: Slack waits no longer for an ack."""


class Sockets:
    """Keeps the connections of one bot process."""

    def __init__(self, app: AsyncApp, client: AsyncWebClient, app_token: str) -> None:
        self._handlers = [
            AsyncSocketModeHandler(
                app, app_token, web_client=client, ping_interval=PING_INTERVAL
            )
            for _ in range(CONNECTIONS)
        ]
        self._envelopes = Envelopes(app)
        self._watchdog: asyncio.Task[None] | None = None
        self._open = 0
        self._idle = asyncio.Event()
        self._idle.set()
        for handler in self._handlers:
            handler.client.socket_mode_request_listeners[:] = [self._answer]

    async def connect(self) -> None:
        """Open the connections; raises what `apps.connections.open` raises."""
        for handler in self._handlers:
            await handler.client.connect()  # type: ignore[no-untyped-call]  # slack_sdk's
        self._watchdog = asyncio.create_task(self._watch(), name="socket watchdog")

    async def close(self) -> None:
        """Answer what is open, then close: nothing can be acked afterwards."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_WITHIN):
                await self._idle.wait()
        if self._watchdog is not None:
            self._watchdog.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watchdog
        for handler in self._handlers:
            await handler.client.close()  # type: ignore[no-untyped-call]  # slack_sdk's

    async def _answer(
        self, client: AsyncBaseSocketModeClient, request: SocketModeRequest
    ) -> None:
        """Answer an envelope, and know how many are not answered yet."""
        self._open += 1
        self._idle.clear()
        started = time.time()
        try:
            answer = await self._envelopes.answer(request)
            await send_async_response(client, request, answer, started)
        finally:
            self._open -= 1
            if not self._open:
                self._idle.set()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_EVERY)
            for handler in self._handlers:
                last = handler.client.last_ping_pong_time
                if last is not None and time.time() - last <= STALE_AFTER:
                    continue
                if last is None and await handler.client.is_connected():
                    continue
                logger.warning("a Slack connection is stale; connecting anew")
                try:
                    await handler.client.connect_to_new_endpoint(force=True)
                except Exception:
                    logger.exception("could not connect to Slack; trying again soon")
