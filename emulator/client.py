"""A Python client of the control surface: tests act as people with it.

It stands alone: aiohttp is all it needs. Waiting is done on the workspace's stream of
events, never by sleeping; a wait that fails tells what was visible instead.

    async with Workspace(control_url) as slack:
        ana, ben = slack.as_user("ana"), slack.as_user("ben")
        await ana.slash("/crew create", channel="content-team")
        await ana.submit({"Topic": "Tea", "Audience": "Runners"})
        card = await ben.sees("Approve?", in_="content-team")
        await ben.click("Approve", in_=card)
"""

from typing import Any

from emulator.link import (
    PATIENCE,
    Json,
    Link,
    NotSeen,
    RefusedByWorkspace,
    WentWrong,
)
from emulator.person import Person
from emulator.sights import Message, View

__all__ = [
    "Message",
    "NotSeen",
    "Person",
    "RefusedByWorkspace",
    "View",
    "WentWrong",
    "Workspace",
]


class Workspace(Link):
    """The workspace, under its control URL; open it with `async with`."""

    def as_user(self, name: str) -> Person:
        """Somebody of the workspace, by handle or id."""
        for user in self._seen["users"]:
            if name in {user["id"], user["handle"]}:
                return Person(self, user)
        raise NotSeen(f"There is nobody called {name}.")

    async def calls(self, method: str | None = None, *, since: int = 0) -> list[Json]:
        """Web API calls so far, oldest first."""
        query = {"since": str(since)} | ({"method": method} if method else {})
        return _listed(await self.get("/calls", query), "calls")

    async def envelopes(self, *, since: int = 0) -> list[Json]:
        """Envelopes so far, oldest first."""
        return _listed(await self.get("/envelopes", {"since": str(since)}), "envelopes")

    async def connections(self) -> list[Json]:
        """The app's open connections."""
        return _listed(await self.get("/connections"), "connections")

    async def connected(self, count: int = 1, *, within: float = PATIENCE) -> None:
        """Wait until the app holds exactly so many connections."""

        async def look() -> bool | None:
            return len(await self.connections()) == count or None

        async def there() -> str:
            return f"{len(await self.connections())} connections"

        wanted = f"{count} connections of the app"
        await self.until(look, wanted=wanted, there=there, within=within)

    async def advance(self, duration: str | float, *, in_flight: bool = False) -> None:
        """Let time pass, as in "30m"; exchanges in flight age only where asked."""
        body = {"advance": duration, "in_flight": in_flight}
        await self.post("/clock", body)

    async def fault(self, target: str, kind: str, **more: Any) -> int:
        """Arrange trouble; the result is its number."""
        body = {"target": target, "kind": kind, **more}
        answer = await self.post("/fault", body)
        return int(answer["fault"]["id"])

    async def clear_faults(self) -> None:
        """Remove all trouble."""
        await self._request("DELETE", "/fault")

    async def socket(self, do: str, connection: int | None = None) -> None:
        """Do to connections what Slack does: `drop`, `refresh`, `warning` and so on."""
        await self.post("/socket", {"do": do, "connection": connection})

    async def change(self, user: str, **changes: Any) -> None:
        """Change somebody: `deleted`, `guest`, `dnd`, `tz` and so on."""
        await self.post("/people", {"user": user, **changes})

    async def invite(self, user: str, channel: str) -> None:
        """Make somebody (or the bot) a member."""
        await self.post("/invite", {"user": user, "channel": channel})

    async def kick(self, user: str, channel: str) -> None:
        """Take somebody (or the bot) out."""
        await self.post("/kick", {"user": user, "channel": channel})


def _listed(answer: Json, key: str) -> list[Json]:
    found: list[Json] = answer[key]
    return found
