"""Every stock Socket Mode handler works against it, sync and async."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.websocket_client import (
    SocketModeHandler as WebsocketClientHandler,
)
from slack_bolt.adapter.socket_mode.websockets import (
    AsyncSocketModeHandler as WebsocketsHandler,
)
from slack_bolt.async_app import AsyncApp
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from emulator.client import Workspace

AsyncHandler = Callable[[AsyncApp, str], Any]
SyncHandler = Callable[[App, str], Any]


@pytest.mark.parametrize(
    "make", [AsyncSocketModeHandler, WebsocketsHandler], ids=["aiohttp", "websockets"]
)
async def test_asynchronous(make: AsyncHandler, ready: dict[str, str]) -> None:
    """aiohttp and websockets."""
    client = AsyncWebClient(token=ready["bot_token"], base_url=ready["api_url"])
    app = AsyncApp(client=client)

    @app.command("/crew")
    async def command(ack: Any, respond: Any) -> None:
        await ack()
        await respond("hello")

    handler = make(app, ready["app_token"])
    await handler.connect_async()
    try:
        await _says_hello(ready)
    finally:
        await handler.close_async()


@pytest.mark.parametrize(
    "make",
    [SocketModeHandler, WebsocketClientHandler],
    ids=["builtin", "websocket_client"],
)
async def test_synchronous(make: SyncHandler, ready: dict[str, str]) -> None:
    """The SDK's own client and websocket_client, in threads."""
    client = WebClient(token=ready["bot_token"], base_url=ready["api_url"])
    app = App(client=client)

    @app.command("/crew")
    def command(ack: Any, respond: Any) -> None:
        ack()
        respond("hello")

    handler = make(app, ready["app_token"])
    handler.connect()
    try:
        await _says_hello(ready)
    finally:
        handler.close()


async def _says_hello(ready: dict[str, str]) -> None:
    async with Workspace(ready["control_url"]) as workspace:
        await workspace.connected(1)
        ana = workspace.as_user("ana")
        await ana.slash("/crew go")
        await ana.sees("hello", in_="general")
