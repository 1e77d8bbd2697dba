"""Wakes when a deadline is due. APScheduler stops here, and keeps no state.

The truth is the column `next_due_at`. One date job stands at the earliest deadline,
one interval job sweeps as a safety net; both run the same function, which claims rows
by compare-and-set. A lost timer costs at most one sweep, and any number of bot
processes may run this (research/engine.md 2).
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from approvals.ids import RequestId
from approvals.ports import Clock, Store
from approvals.service import ApprovalService
from bot.chores import Chores
from bot.crossing import Crossing

logger = logging.getLogger(__name__)

SWEEP_EVERY: Final = 30
"""Seconds."""

RULES_EVERY: Final = 5
"""Seconds between looks at the rules file; each is one `stat`."""

_WAKE: Final = "wake"


class Timers:
    """Carries out what is due."""

    def __init__(
        self,
        *,
        service: ApprovalService,
        store: Store,
        core: Crossing,
        clock: Clock,
        chores: Chores,
        changed: Callable[[], None],
    ) -> None:
        self._service = service
        self._store = store
        self._core = core
        self._clock = clock
        self._chores = chores
        self._changed = changed
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                # The default of one second drops a job that a busy loop made late.
                "misfire_grace_time": None,
            },
        )

    async def start(self) -> None:
        """Begin; what fell due while nothing ran is carried out now."""
        self._scheduler.add_job(
            self.sweep, "interval", seconds=SWEEP_EVERY, jitter=5, id="sweep"
        )
        self._scheduler.add_job(
            self._chores.keep_rules, "interval", seconds=RULES_EVERY, id="rules"
        )
        self._scheduler.add_job(
            self._chores.refresh_people, "interval", minutes=10, jitter=60, id="people"
        )
        self._scheduler.add_job(self._chores.daily, "cron", hour=3, id="daily")
        self._scheduler.start()
        await self._chores.keep_rules()
        await self.sweep()

    def stop(self) -> None:
        """End; nothing is lost, for nothing is kept here."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def sweep(self) -> None:
        """Carry out what is due. A request that fails does not stop the others."""
        for request in await self._core(self._due):
            try:
                if await self._core(self._service.expire, request):
                    self._changed()
            except Exception:
                logger.exception("a deadline failed", extra={"request": request})
        await self.rearm()

    async def rearm(self) -> None:
        """Stand at the earliest deadline."""
        due_at = await self._core(self._next_due_at)
        now = self._clock.now()
        if due_at is None or due_at <= now:  # due and still there: it failed just now
            self._disarm()
            return
        self._scheduler.add_job(
            self.sweep,
            "date",
            run_date=self._wall_now() + (due_at - now),
            id=_WAKE,
            replace_existing=True,
        )

    def _wall_now(self) -> datetime:
        # The scheduler counts in wall time; ours may be a clock that tests move.
        return datetime.now(self._scheduler.timezone)  # noqa: TID251  APScheduler's own axis

    def _disarm(self) -> None:
        with suppress(JobLookupError):
            self._scheduler.remove_job(_WAKE)

    def _due(self) -> Sequence[RequestId]:
        with self._store.read() as reader:
            return reader.due(self._clock.now())

    def _next_due_at(self) -> datetime | None:
        with self._store.read() as reader:
            return reader.next_due_at()
