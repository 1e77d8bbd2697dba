"""GET /control/stream: what happens, as server-sent events."""

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
        response = web.StreamResponse(headers=_HEADERS)
        with slack.hub.watching(person, inspects=inspects) as watcher:
            await response.prepare(request)
            hello = json.dumps({"type": "hello", "now": slack.clock.now()})
            await response.write(f"data: {hello}\n\n".encode())
            with contextlib.suppress(ConnectionError):  # the page went away
                await _pass_on(watcher, response)
        return response

    return stream


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
