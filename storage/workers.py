"""Which workers are alive: their heartbeats, and who takes over from a dead one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, delete, or_, select, update

from approvals.ports import Clock
from storage.database import Database
from storage.tables import WorkerRow
from storage.upsert import put

TAKEOVER: Final = timedelta(seconds=30)
"""How long a taker has for a dead worker's estate, before another may take over."""


class SqlWorkers:
    """Implements `approvals.ports.Workers`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def beat(self, executor: str, now: datetime) -> None:
        """Say that this worker lives."""
        beat = {"executor": executor, "beat_at": now, "claimed_at": None}
        with self._database.writing() as session:
            put(session, WorkerRow, beat, key={"executor"})

    def lost(self, since: datetime) -> Sequence[str]:
        """List those whose heart has not beaten since, and whom nobody has taken over."""
        query = (
            select(WorkerRow.executor)
            .where(col(WorkerRow.beat_at) < since, self._is_unclaimed())
            .order_by(WorkerRow.executor)
        )
        with self._database.reading() as session:
            return session.exec(query).all()

    def claim_lost(self, executor: str) -> bool:
        """Take over a lost worker's estate; only one caller is told True.

        Who took it calls `leave(executor)` when all is handed back. One that dies
        before has another take over after `TAKEOVER`.
        """
        with self._database.writing() as session:
            claimed = session.exec(
                update(WorkerRow)
                .where(col(WorkerRow.executor) == executor, self._is_unclaimed())
                .values(claimed_at=self._clock.now())
            )
            return claimed.rowcount == 1

    def leave(self, executor: str) -> None:
        """Forget a worker: it has ended, or its estate is handed back."""
        with self._database.writing() as session:
            session.exec(delete(WorkerRow).where(col(WorkerRow.executor) == executor))

    def _is_unclaimed(self) -> ColumnElement[bool]:
        claimed_at = col(WorkerRow.claimed_at)
        return or_(claimed_at.is_(None), claimed_at < self._clock.now() - TAKEOVER)


def live(session: Session, since: datetime) -> int:
    """Count the workers whose heart has beaten since."""
    query = select(func.count()).where(col(WorkerRow.beat_at) >= since)
    return session.exec(query).one()
