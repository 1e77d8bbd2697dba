"""What must be done now and then, and is noticed only when nobody does it."""

import logging
from datetime import timedelta
from typing import Final

from approvals.audit import BOT, AuditEvent, AuditKind
from approvals.errors import Refused
from approvals.ids import TeamId
from approvals.ports import Clock
from bot.crossing import Crossing
from bot.rules.rules_file import RulesFile
from bot.slack.directory import CouldNotCheckError, Directory
from storage.audit import AuditTrail
from storage.people import SqlPeople
from storage.policies import PolicyFile, SqlPolicyFiles
from storage.segment_queue import SegmentQueue
from storage.store import SqlStore

logger = logging.getLogger(__name__)

PEOPLE_OLD: Final = timedelta(hours=12)
"""Events tell us of changes; this is for those that were missed."""

QUEUE_KEPT: Final = timedelta(days=7)
"""DBOS's rows of segments that have ended; ours say what became of them."""


class Chores:
    """Keeps what we know fresh, and what nobody needs small."""

    def __init__(
        self,
        *,
        team: TeamId,
        store: SqlStore,
        rules: RulesFile,
        files: SqlPolicyFiles,
        people: SqlPeople,
        directory: Directory,
        trail: AuditTrail,
        queue: SegmentQueue,
        core: Crossing,
        clock: Clock,
    ) -> None:
        self._team = team
        self._store = store
        self._rules = rules
        self._files = files
        self._people = people
        self._directory = directory
        self._trail = trail
        self._queue = queue
        self._core = core
        self._clock = clock
        self._rules_kept = ""

    async def keep_rules(self) -> None:
        """Keep each rules file that comes into force, whole, and say so on the trail."""
        await self._core(self._keep_rules)

    async def refresh_people(self) -> None:
        """Read again those whom no event has told us of for long."""
        before = self._clock.now() - PEOPLE_OLD
        for person in await self._core(self._people.stale, before):
            try:
                await self._directory.person(person.team, person.user)
            except CouldNotCheckError:
                return  # Slack has no time for us; the next round goes on

    async def daily(self) -> None:
        """Write down where the trail ends, and forget what the queue has done."""
        for head in await self._core(self._trail.heads):
            logger.info(
                "the trail's end",
                extra={"team": head.team, "rows": head.seq, "hash": head.hash},
            )
        before = self._clock.now() - QUEUE_KEPT
        await self._core(self._queue.forget_ended, before)

    def _keep_rules(self) -> None:
        try:
            book = self._rules.current()
        except Refused:
            return  # there is nothing to keep; doctor and the log say why
        if book.hash == self._rules_kept:
            return
        file = PolicyFile(
            hash=book.hash,
            text=self._rules.text(),
            loaded_by=BOT,
            loaded_at=self._clock.now(),
        )
        if self._files.keep(file):
            event = AuditEvent(
                team=self._team,
                kind=AuditKind.RULES_LOADED,
                actor=BOT,
                payload={"hash": book.hash},
            )
            with self._store.write() as unit:
                unit.record(event)
        self._rules_kept = book.hash
