"""Stock Bolt apps, connected to a running workspace."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from emulator.slack import LocalSlack


@asynccontextmanager
async def connected(
    app: AsyncApp, slack: LocalSlack, *, connections: int = 1
) -> AsyncIterator[list[AsyncSocketModeHandler]]:
    """Connect a Bolt app for the length of a `with` block."""
    async with AsyncExitStack() as stack:
        handlers = []
        for _ in range(connections):
            handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=1)
            await handler.connect_async()
            stack.push_async_callback(handler.close_async)
            handlers.append(handler)
        yield handlers
