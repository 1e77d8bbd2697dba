"""The HTTP side of the Python client: requests, refusals, waiting on the stream."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self, TypeAlias, TypeVar

import aiohttp

Json: TypeAlias = dict[str, Any]
_Found = TypeVar("_Found")

#: Seconds that a wait lasts unless told otherwise.
PATIENCE = 10.0
#: Seconds after which a wait looks again even if nothing was told.
_LOOK_AGAIN = 1.0


class RefusedByWorkspace(Exception):
    """An act that the workspace (or Slack's own client) would not do."""

    def __init__(self, path: str, status: int, answer: Json) -> None:
        message = answer.get("message")
        super().__init__(f"{path}: {status} {answer.get('error')}: {message}")
        self.code = str(answer.get("error"))
        self.errors: dict[str, str] = answer.get("errors", {})


class NotSeen(AssertionError):
    """What was waited for did not come; the message tells what was there."""


class WentWrong(AssertionError):
    """An interaction ended otherwise than expected."""


class Link:
    """A connection to a workspace's control URL; open it with `async with`."""

    def __init__(self, control_url: str) -> None:
        self._url = control_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None
        self._seen: Json = {}

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(trust_env=False)
        self._seen = await self.get("/workspace")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    def channel_id(self, name: str) -> str:
        """A channel's id by its name; ids are given back as they are."""
        for channel in self._seen["channels"]:
            if channel["name"] == name.removeprefix("#"):
                return str(channel["id"])
        return name

    @property
    def bot(self) -> str:
        """The bot's user id."""
        return str(self._seen["app"]["bot_user_id"])

    async def ended(self, interaction: Json, *, within: float = PATIENCE) -> Json:
        """An interaction, once it has ended."""
        path = f"/interactions/{interaction['id']}"
        return await self.get(path, {"wait": str(within)})

    async def get(self, path: str, query: dict[str, str] | None = None) -> Json:
        """Read anything of the control surface."""
        return await self._request("GET", path, params=query)

    async def post(self, path: str, body: Json) -> Json:
        """Do anything at the control surface."""
        return await self._request("POST", path, json=body)

    async def until(
        self,
        look: Callable[[], Awaitable[_Found | None]],
        *,
        wanted: str,
        there: Callable[[], Awaitable[str]],
        within: float = PATIENCE,
        person: str | None = None,
    ) -> _Found:
        """Look whenever something happens, until there is something.

        Args:
            look: what to look at; anything but None ends the wait.
            wanted: what is waited for, for the message of a failure.
            there: tells what is there instead.
            within: seconds to wait at most.
            person: whose events to follow, by id; calls and envelopes if None.

        Raises:
            NotSeen: it did not come in time.
        """
        try:
            async with asyncio.timeout(within), self._events(person) as happened:
                while True:
                    found = await look()
                    if found is not None:
                        return found
                    await happened()
        except TimeoutError:
            sentence = f"Not there after {within} s: {wanted}.\nThere was:\n"
            raise NotSeen(sentence + await there()) from None

    @asynccontextmanager
    async def _events(
        self, person: str | None
    ) -> AsyncIterator[Callable[[], Awaitable[None]]]:
        query = {"as": person} if person else {"inspect": "1"}
        url = f"{self._url}/stream"
        endless = aiohttp.ClientTimeout(total=None)
        async with self._open.get(url, params=query, timeout=endless) as response:
            await response.content.readline()  # hello: from here on nothing is missed

            async def happened() -> None:
                try:
                    async with asyncio.timeout(_LOOK_AGAIN):
                        while not (await response.content.readline()).startswith(
                            b"data"
                        ):
                            if response.content.at_eof():
                                raise NotSeen("The workspace ended the stream.")
                except TimeoutError:
                    return

            yield happened

    @property
    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("Open the workspace with `async with` first.")
        return self._session

    async def _request(self, verb: str, path: str, **more: Any) -> Json:
        async with self._open.request(verb, self._url + path, **more) as response:
            answer: Json = json.loads(await response.text())
            if response.status >= 400:  # noqa: PLR2004  # HTTP's own number
                raise RefusedByWorkspace(path, response.status, answer)
            return answer
