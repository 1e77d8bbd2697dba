"""One Socket Mode connection, and what Slack or the network can do to it."""

import asyncio
from dataclasses import dataclass, field

from aiohttp import WSCloseCode, web

from emulator.records import Json

DEBUG_INFO: Json = {"host": "applink-local"}


@dataclass(kw_only=True, slots=True)
class Connection:
    """One open WebSocket of the app."""

    n: int
    socket: web.WebSocketResponse
    transport: asyncio.Transport
    opened_at: float
    envelopes: int = 0
    retired: bool = False
    flowing: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.flowing.set()

    async def warn(self) -> None:
        """Tell the app that the connection ends soon."""
        await self.socket.send_json(disconnect("warning"))

    async def ask_to_leave(self) -> None:
        """Tell the app to open another; nothing more is sent here."""
        self.retired = True
        await self.socket.send_json(disconnect("refresh_requested"))

    async def drop(self) -> None:
        """End TCP without a word."""
        self.transport.abort()

    async def say_goodbye(self) -> None:
        """End the WebSocket properly."""
        await self.socket.close(code=WSCloseCode.GOING_AWAY)

    async def pause(self) -> None:
        """Let nothing through in either direction."""
        self.flowing.clear()

    async def resume(self) -> None:
        """Let through what waited."""
        self.flowing.set()


def disconnect(reason: str) -> Json:
    """The frame that announces the end of a connection."""
    return {"type": "disconnect", "reason": reason, "debug_info": DEBUG_INFO}
