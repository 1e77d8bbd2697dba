"""What `countersign doctor` and the health page ask of the database."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from approvals.segments import SegmentState
from storage.database import Database
from storage.tables import PostingRow, SegmentRow


@dataclass(frozen=True, kw_only=True, slots=True)
class Backlog:
    """What waits: how much, and how long the oldest of it (None: nothing waits)."""

    count: int
    oldest: timedelta | None


def ping(database: Database) -> datetime:
    """Ask the database for its time.

    Raises:
        StoreUnavailable: it does not answer.

    """
    with database.reading() as session:
        if database.is_sqlite:
            asked = text("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")
            answer = session.connection().execute(asked).scalar_one()
            return datetime.fromisoformat(answer).replace(tzinfo=UTC)
        asked = text("SELECT clock_timestamp()")
        now: datetime = session.connection().execute(asked).scalar_one()
        return now.astimezone(UTC)


def bytes_in_use(database: Database) -> int:
    """Tell how much disk the database takes, the write-ahead log included."""
    if database.is_sqlite:
        file = str(database.url.database)
        parts = (Path(file), Path(f"{file}-wal"), Path(f"{file}-shm"))
        return sum(part.stat().st_size for part in parts if part.exists())
    with database.reading() as session:
        size = text("SELECT pg_database_size(current_database())")
        return int(session.connection().execute(size).scalar_one())


def queued_segments(database: Database, now: datetime) -> Backlog:
    """Tell what waits for a worker, and since when."""
    query = select(func.count(), func.min(SegmentRow.created_at)).where(
        SegmentRow.state == SegmentState.QUEUED.value
    )
    with database.reading() as session:
        return _backlog(session, query, now)


def due_postings(database: Database, now: datetime) -> Backlog:
    """Tell what waits for the courier, and since when."""
    query = select(func.count(), func.min(PostingRow.wanted_at)).where(
        col(PostingRow.shown) < col(PostingRow.wanted),
        col(PostingRow.gave_up_at).is_(None),
    )
    with database.reading() as session:
        return _backlog(session, query, now)


def _backlog(session: Session, query: Any, now: datetime) -> Backlog:
    count, since = session.exec(query).one()
    return Backlog(count=count, oldest=None if since is None else now - since)
