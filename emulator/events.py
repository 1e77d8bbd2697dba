"""The Events API: what happened, told to the app over Socket Mode.

An event that is not acknowledged is sent again three times: at once, after one
minute and after five, by the workspace's time.
"""

import asyncio

from emulator import ids
from emulator.background import Background
from emulator.clock import Clock
from emulator.limits import REDELIVERY_SECONDS
from emulator.records import Channel, ChannelKind, Json
from emulator.socket_mode import SocketMode
from emulator.workspace import Workspace

_CHANNEL_TYPES = {
    ChannelKind.PUBLIC: "channel",
    ChannelKind.PRIVATE: "group",
    ChannelKind.IM: "im",
    ChannelKind.MPIM: "mpim",
}
_MESSAGE_EVENTS = {
    ChannelKind.PUBLIC: "message.channels",
    ChannelKind.PRIVATE: "message.groups",
    ChannelKind.IM: "message.im",
    ChannelKind.MPIM: "message.mpim",
}


class Events:
    """Tells the app what it subscribed to."""

    def __init__(
        self,
        workspace: Workspace,
        sockets: SocketMode,
        clock: Clock,
        background: Background,
    ) -> None:
        self._workspace = workspace
        self._sockets = sockets
        self._clock = clock
        self._background = background

    def emit(self, event: Json, *, channel: Channel | None = None) -> None:
        """Tell of an event, if the app subscribed to its type."""
        if event["type"] in self._workspace.app.events:
            self._send(event, channel)

    def message(self, channel: Channel, event: Json) -> None:
        """Tell of a message event in a conversation that the bot is in."""
        app = self._workspace.app
        if app.bot.id not in channel.members:
            return
        event = {
            **event,
            "type": "message",
            "channel": channel.id,
            "channel_type": _CHANNEL_TYPES[channel.kind],
        }
        if _MESSAGE_EVENTS[channel.kind] in app.events:
            self._send(event, channel)
        plain = event.get("subtype") in {None, "file_share", "thread_broadcast"}
        mentioned = f"<@{app.bot.id}>" in event.get("text", "")
        if plain and mentioned and channel.kind is not ChannelKind.IM:
            known = event.keys() - {"subtype", "channel_type", "hidden"}
            mention = {key: event[key] for key in event if key in known}
            self.emit({**mention, "type": "app_mention"}, channel=channel)

    def _send(self, event: Json, channel: Channel | None) -> None:
        team = self._workspace.team.id
        payload: Json = {
            "token": "local-verification-token",
            "team_id": team,
            "api_app_id": self._workspace.app.id,
            "event": {
                **event,
                "event_ts": event.get("event_ts", self._clock.next_ts()),
            },
            "type": "event_callback",
            "event_id": ids.fresh("Ev"),
            "event_time": int(self._clock.now()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": team,
                    "user_id": self._workspace.bot.id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": channel is not None and channel.ext_shared,
            "event_context": ids.fresh("4-"),
        }
        self._background.start(self._deliver(payload))

    async def _deliver(self, payload: Json) -> None:
        record = await self._sockets.deliver(
            "events_api", payload, accepts_response=False
        )
        for attempt, seconds in enumerate(REDELIVERY_SECONDS, start=1):
            if record.status == "acked":
                return
            reason = "timeout" if record.status == "timed_out" else "connection_failed"
            await self._pause(seconds)
            record = await self._sockets.deliver(
                "events_api", payload, accepts_response=False, retry=(attempt, reason)
            )

    async def _pause(self, seconds: float) -> None:
        over = asyncio.Event()
        self._clock.world.call_later(seconds, over.set)
        await over.wait()
