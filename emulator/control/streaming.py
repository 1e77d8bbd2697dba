"""GET /control/stream: what happens, as server-sent events or over a WebSocket.

Pages use the WebSocket: a browser opens no more than six other connections to one host,
and every window holds its stream for as long as it is open.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from emulator.control.routing import refused
from emulator.errors import Refusal
from emulator.hub import Watcher
from emulator.slack import LocalSlack

_HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
_SILENCE_SECONDS = 15.0


def serving(
    slack: LocalSlack,
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler of streams."""

    async def stream(request: web.Request) -> web.StreamResponse:
        wanted = request.query.get("as")
        try:
            person = slack.workspace.person(wanted).id if wanted else None
        except Refusal as refusal:
            return refused(refusal)
        inspects = request.query.get("inspect") == "1"
        with slack.hub.watching(person, inspects=inspects) as watcher:
            hello = {"type": "hello", "now": slack.clock.now()}
            watcher.offer(json.dumps(hello).encode())
            if request.headers.get("Upgrade", "").lower() == "websocket":
                return await _over_websocket(request, watcher)
            return await _as_events(request, watcher)

    return stream


async def _as_events(request: web.Request, watcher: Watcher) -> web.StreamResponse:
    response = web.StreamResponse(headers=_HEADERS)
    with contextlib.suppress(ConnectionError):  # the client went away
        await response.prepare(request)
        await _pass_on(watcher, response)
    return response


async def _pass_on(watcher: Watcher, response: web.StreamResponse) -> None:
    while True:
        try:
            line = await asyncio.wait_for(watcher.queue.get(), _SILENCE_SECONDS)
        except TimeoutError:
            await response.write(b": still here\n\n")
            continue
        if line is None:
            return
        await response.write(b"data: " + line + b"\n\n")


async def _over_websocket(
    request: web.Request, watcher: Watcher
) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(heartbeat=_SILENCE_SECONDS)
    await socket.prepare(request)
    telling = asyncio.create_task(_tell(watcher, socket))
    try:
        async for _ in socket:
            pass  # nothing is said here; it ends when the page goes away
    finally:
        telling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await telling
    return socket


async def _tell(watcher: Watcher, socket: web.WebSocketResponse) -> None:
    with contextlib.suppress(ConnectionError):  # the page went away
        while (line := await watcher.queue.get()) is not None:
            await socket.send_str(line.decode())
        await socket.close()
