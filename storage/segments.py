"""Segments and the journal in the database."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from approvals.errors import StaleAttempt, Unknown
from approvals.ids import RunId, SegmentId, TeamId
from approvals.segments import ACTIVE_SEGMENT_STATES, JournalEntry, Segment
from storage.mapping import (
    journal_columns,
    journal_entry_of,
    segment_columns,
    segment_of,
)
from storage.statements import all_rows, change, one_row, one_value
from storage.tables import JOURNAL, SEGMENTS, JournalRow
from storage.upsert import add_once

_BY_ID: Final = select(SEGMENTS).where(SEGMENTS.c.id == bindparam("segment"))
_OF_RUN: Final = select(SEGMENTS).where(SEGMENTS.c.run_id == bindparam("run"))
_ACTIVE: Final = _OF_RUN.where(SEGMENTS.c.state.in_(sorted(ACTIVE_SEGMENT_STATES)))
_LAST: Final = _OF_RUN.order_by(SEGMENTS.c.number.desc()).limit(1)
_ADD: Final = insert(SEGMENTS)
_SAVE: Final = update(SEGMENTS).where(
    SEGMENTS.c.id == bindparam("saved"), SEGMENTS.c.attempt == bindparam("as_begun")
)
_COUNT_ENQUEUE: Final = (
    update(SEGMENTS)
    .where(SEGMENTS.c.id == bindparam("segment"))
    .values(enqueued=SEGMENTS.c.enqueued + 1)
    .returning(SEGMENTS.c.enqueued)
)
_JOURNAL: Final = (
    select(JOURNAL).where(JOURNAL.c.run_id == bindparam("run")).order_by(JOURNAL.c.seq)
)


def get(session: Session, segment: SegmentId) -> Segment | None:
    """Read a segment."""
    row = one_row(session, _BY_ID, segment=segment)
    return None if row is None else segment_of(row)


def active(session: Session, run: RunId) -> Segment | None:
    """Read the run's one segment that is queued or running."""
    row = one_row(session, _ACTIVE, run=run)
    return None if row is None else segment_of(row)


def last(session: Session, run: RunId) -> Segment | None:
    """Read the run's newest segment."""
    row = one_row(session, _LAST, run=run)
    return None if row is None else segment_of(row)


def add(session: Session, segment: Segment) -> None:
    """Add a segment, which is about to be queued for the first time.

    Raises:
        Conflict: the run has an active one, or one of this number.

    """
    change(session, _ADD, segment_columns(segment) | {"enqueued": 1})


def save(session: Session, segment: Segment, *, attempt: int) -> None:
    """Save a segment.

    Raises:
        StaleAttempt: its attempt is no longer the one given.

    """
    which = {"saved": segment.id, "as_begun": attempt}
    if change(session, _SAVE, segment_columns(segment) | which) != 1:
        message = f"segment {segment.id} is not at attempt {attempt} any more"
        raise StaleAttempt(message)


def count_enqueue(session: Session, segment: SegmentId) -> int:
    """Count one more enqueue of a segment, and give its number.

    Raises:
        Unknown: there is no such segment.

    """
    count: int | None = one_value(session, _COUNT_ENQUEUE, segment=segment)
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
    return [journal_entry_of(row) for row in all_rows(session, _JOURNAL, run=run)]
