"""Makes Slack match what is committed.

Theory of operation. A posting joins a thing (a run's message, a card, …) to a place.
The core only ever wants things shown; this loop claims what is due by lease, draws
the *newest* state, posts or updates, and stores where the message stands. So a burst
becomes one update, a crash repeats nothing but an idempotent update, and every copy
of a card converges on every path. Order and pace live with the rows (storage), so any
number of bot processes can run this loop.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final, Protocol

from approvals.errors import StoreUnavailable
from approvals.ids import ChannelId, TeamId
from approvals.ports import Clock
from bot.blocks.limits import check
from bot.blocks.message import Message, Upload
from bot.crossing import Crossing
from bot.slack.gateway import (
    Posted,
    SlackBusyError,
    SlackGateway,
    SlackRefusedError,
    SlackUnreachableError,
)
from storage.postings import Claim

logger = logging.getLogger(__name__)

CALL_WITHIN: Final = 12.0
"""Seconds for all the calls that one posting takes."""

LEASE: Final = timedelta(seconds=15)
"""Longer than that: nobody else posts what is on its way. No longer than that: so long
a conversation stays as it is when a courier was killed in the middle of a call."""

AT_ONCE: Final = 10
"""Calls on their way: a conversation that is slow must not hold up the others."""

POLL: Final = 0.2
"""Seconds: workers commit in other processes, and nothing tells us."""

FIRST_WAIT: Final = timedelta(seconds=1)
LONGEST_WAIT: Final = timedelta(minutes=10)
GIVE_UP_AFTER: Final = 12
"""Tries: about an hour and a half with the waits above."""

HOPELESS: Final = frozenset(
    {
        "invalid_blocks",
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
        "is_archived",
        "user_disabled",
        "msg_too_long",
        "invalid_arguments",
    }
)
"""Slack's answers that another try will not change."""


class PostingRows(Protocol):
    """The courier's side of `storage.postings`."""

    def claim(
        self, owner: str, now: datetime, lease: timedelta, limit: int
    ) -> list[Claim]: ...
    def shown(
        self, claim: Claim, now: datetime, channel: ChannelId, ts: str
    ) -> bool: ...
    def failed(
        self, claim: Claim, now: datetime, reason: str, retry_at: datetime | None
    ) -> None: ...
    def slow_down(
        self, team: TeamId, until: datetime, conversation: str | None = None
    ) -> None: ...


class Courier:
    """Delivers postings until told to stop."""

    def __init__(
        self,
        *,
        owner: str,
        rows: PostingRows,
        draw: Callable[[Claim], Message | Upload | None],
        slack: SlackGateway,
        core: Crossing,
        clock: Clock,
    ) -> None:
        self._owner = owner
        self._rows = rows
        self._draw = draw
        self._slack = slack
        self._core = core
        self._clock = clock
        self._woken = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._stopping = False

    def wake(self) -> None:
        """Look now: something was committed in this process."""
        self._woken.set()

    def stop(self) -> None:
        """Claim nothing more."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Deliver until told to stop; what is on its way then is seen to its end."""
        while not self._stopping:
            self._woken.clear()
            if not await self._round():
                await self._rest()
        await asyncio.gather(*self._under_way)

    async def _round(self) -> bool:
        """Send off what is due; tell whether there was anything."""
        room = AT_ONCE - len(self._under_way)
        if not room:
            return False
        try:
            claims = await self._core(
                self._rows.claim, self._owner, self._clock.now(), LEASE, room
            )
        except StoreUnavailable as error:
            logger.warning("the database does not answer", extra={"why": str(error)})
            return False
        for claim in claims:
            task = asyncio.create_task(self._see_to(claim))
            self._under_way.add(task)
            task.add_done_callback(self._arrived)
        return bool(claims)

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL):
                await self._woken.wait()

    def _arrived(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._woken.set()

    async def _see_to(self, claim: Claim) -> None:
        """Deliver one; whatever goes wrong, its lease ends and it is tried again."""
        try:
            await self._deliver(claim)
        except Exception:
            logger.exception("a posting was dropped", extra={"posting": claim.id})

    async def _deliver(self, claim: Claim) -> None:
        message = await self._core(self._draw, claim)
        if message is None:
            await self._fail(claim, "there is nothing to show any more", None)
            return
        try:
            async with asyncio.timeout(CALL_WITHIN):
                posted = await self._bring(claim, message)
        except SlackBusyError as busy:
            until = self._clock.now() + timedelta(seconds=busy.after)
            place = None if claim.ts else claim.wanted.place.conversation
            await self._core(self._rows.slow_down, claim.team, until, place)
            await self._fail(claim, str(busy), until)
        except (SlackUnreachableError, TimeoutError) as error:
            why = str(error) or "it took too long"
            await self._fail(claim, why, self._next_try(claim))
        except SlackRefusedError as error:
            hopeless = error.code in HOPELESS
            retry_at = None if hopeless else self._next_try(claim)
            await self._fail(claim, str(error), retry_at)
        else:
            kept = await self._core(
                self._rows.shown, claim, self._clock.now(), posted.channel, posted.ts
            )
            if not kept:  # another courier was quicker: ours is a second copy
                await self._slack.delete(posted.channel, posted.ts)

    async def _bring(self, claim: Claim, message: Message | Upload) -> Posted:
        if isinstance(message, Upload):
            channel = claim.parent_channel or ChannelId(claim.wanted.place.conversation)
            return await self._slack.upload(channel, message, thread_ts=claim.parent_ts)
        wrong = check(message)
        if wrong:
            logger.error("a message breaks Slack's limits", extra={"why": wrong})
        if claim.channel is not None and claim.ts is not None:
            await self._slack.update(claim.channel, claim.ts, message)
            return Posted(channel=claim.channel, ts=claim.ts)
        return await self._slack.post(
            claim.parent_channel or claim.wanted.place.conversation,
            message,
            key=claim.key,
            thread_ts=claim.parent_ts,
        )

    def _next_try(self, claim: Claim) -> datetime | None:
        if claim.attempts >= GIVE_UP_AFTER:
            return None
        wait: timedelta = min(FIRST_WAIT * 2**claim.attempts, LONGEST_WAIT)
        return self._clock.now() + wait

    async def _fail(self, claim: Claim, reason: str, retry_at: datetime | None) -> None:
        log = logger.warning if retry_at else logger.error
        log("not shown", extra={"posting": claim.id, "why": reason})
        await self._core(self._rows.failed, claim, self._clock.now(), reason, retry_at)
