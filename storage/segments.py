"""Segments and the journal in the database."""

from collections.abc import Sequence

from sqlmodel import Session, col, select, update

from approvals.errors import StaleAttempt, Unknown
from approvals.ids import RunId, SegmentId, TeamId
from approvals.segments import ACTIVE_SEGMENT_STATES, JournalEntry, Segment
from storage.mapping import (
    journal_columns,
    journal_entry_of,
    segment_columns,
    segment_of,
)
from storage.tables import JournalRow, SegmentRow
from storage.upsert import add_once


def get(session: Session, segment: SegmentId) -> Segment | None:
    """Read a segment."""
    query = select(SegmentRow).where(SegmentRow.id == segment)
    row = session.exec(query).one_or_none()
    return None if row is None else segment_of(row)


def active(session: Session, run: RunId) -> Segment | None:
    """Read the run's one segment that is queued or running."""
    query = select(SegmentRow).where(
        SegmentRow.run_id == run, col(SegmentRow.state).in_(ACTIVE_SEGMENT_STATES)
    )
    row = session.exec(query).one_or_none()
    return None if row is None else segment_of(row)


def last(session: Session, run: RunId) -> Segment | None:
    """Read the run's newest segment."""
    query = (
        select(SegmentRow)
        .where(SegmentRow.run_id == run)
        .order_by(col(SegmentRow.number).desc())
        .limit(1)
    )
    row = session.exec(query).one_or_none()
    return None if row is None else segment_of(row)


def add(session: Session, segment: Segment) -> None:
    """Add a segment, which is about to be queued for the first time.

    Raises:
        Conflict: the run has an active one, or one of this number.

    """
    session.add(SegmentRow(**segment_columns(segment), enqueued=1))
    session.flush()


def save(session: Session, segment: Segment, *, attempt: int) -> None:
    """Save a segment.

    Raises:
        StaleAttempt: its attempt is no longer the one given.

    """
    done = session.exec(
        update(SegmentRow)
        .where(col(SegmentRow.id) == segment.id, col(SegmentRow.attempt) == attempt)
        .values(**segment_columns(segment))
    )
    if done.rowcount != 1:
        message = f"segment {segment.id} is not at attempt {attempt} any more"
        raise StaleAttempt(message)


def count_enqueue(session: Session, segment: SegmentId) -> int:
    """Count one more enqueue of a segment, and give its number.

    Raises:
        Unknown: there is no such segment.

    """
    query = (
        update(SegmentRow)
        .where(col(SegmentRow.id) == segment)
        .values(enqueued=SegmentRow.enqueued + 1)
        .returning(col(SegmentRow.enqueued))
    )
    count: int | None = session.connection().execute(query).scalar_one_or_none()
    if count is None:
        raise Unknown("segment")
    return count


def add_journal(
    session: Session, run: RunId, team: TeamId, entry: JournalEntry
) -> None:
    """Add a finished call; the same call again is left as it stands."""
    add_once(
        session,
        JournalRow,
        journal_columns(run, team, entry),
        key={"run_id", "path", "method", "call"},
    )


def journal(session: Session, run: RunId) -> Sequence[JournalEntry]:
    """Read a run's finished calls, in the order in which they ended."""
    query = select(JournalRow).where(JournalRow.run_id == run)
    rows = session.exec(query.order_by(col(JournalRow.seq)))
    return [journal_entry_of(row) for row in rows]
