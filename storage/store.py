"""The store: one transaction is one unit, and its audit links are its last write."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlmodel import Session

from approvals.audit import AuditEvent
from approvals.crews import CrewVersion
from approvals.decisions import Decision
from approvals.ids import RequestId, RunCode, RunId, SegmentId, TeamId, UserId
from approvals.people import Person
from approvals.ports import Clock
from approvals.requests import ApprovalRequest
from approvals.runs import Run
from approvals.segments import JournalEntry, Segment
from approvals.showing import Rank, Thing, Wanted
from storage import (
    audit,
    crew_shelf,
    people,
    requests,
    runs,
    segments,
    wants,
    workers,
)
from storage.database import Database
from storage.segment_queue import SegmentQueue


def _nobody() -> None:
    """Tell nobody."""


class SqlStore:
    """Implements `approvals.ports.Store`.

    `after_commit` is called after each write that was committed, in its thread: a
    hint to look at what is due now, which may be lost.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        after_commit: Callable[[], None] = _nobody,
    ) -> None:
        self._database = database
        self._clock = clock
        self._queue = SegmentQueue(database)
        self._after_commit = after_commit

    @contextmanager
    def read(self) -> Iterator["SqlReader"]:
        """Look at one moment."""
        with self._database.reading() as session:
            yield SqlReader(session)

    @contextmanager
    def write(self) -> Iterator["SqlUnit"]:
        """Change: committed at the end of the block, undone by any exception.

        Raises:
            Conflict: another transaction was first.
            StoreUnavailable: the database is busy or gone; nothing was changed.

        """
        with self._database.writing() as session:
            unit = SqlUnit(session, self._queue, self._clock)
            yield unit
            unit.link_events()
        self._after_commit()


class SqlReader:
    """Implements `approvals.ports.Reader` in one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def run(self, run: RunId) -> Run | None:
        return runs.get(self._session, run)

    def run_by_code(self, team: TeamId, code: RunCode) -> Run | None:
        return runs.by_code(self._session, team, code)

    def run_by_origin(self, team: TeamId, origin: str) -> Run | None:
        return runs.by_origin(self._session, team, origin)

    def runs(
        self,
        team: TeamId,
        *,
        requester: UserId | None = None,
        open_only: bool = False,
        limit: int = 20,
    ) -> Sequence[Run]:
        return runs.newest(
            self._session, team, requester=requester, open_only=open_only, limit=limit
        )

    def last_inputs(
        self, team: TeamId, requester: UserId, crew: str
    ) -> Mapping[str, object]:
        return runs.last_inputs(self._session, team, requester, crew)

    def request(self, request: RequestId) -> ApprovalRequest | None:
        return requests.get(self._session, request)

    def requests_of(self, run: RunId) -> Sequence[ApprovalRequest]:
        return requests.of_run(self._session, run)

    def pending_for(self, team: TeamId, user: UserId) -> Sequence[ApprovalRequest]:
        return requests.pending_for(self._session, team, user)

    def unrouted(self, limit: int = 50) -> Sequence[ApprovalRequest]:
        return requests.unrouted(self._session, limit)

    def due(self, now: datetime, limit: int = 100) -> Sequence[RequestId]:
        return requests.due(self._session, now, limit)

    def next_due_at(self) -> datetime | None:
        return requests.next_due_at(self._session)

    def decisions_of(self, request: RequestId) -> Sequence[Decision]:
        return requests.decisions_of(self._session, request)

    def decision_by_origin(self, team: TeamId, origin: str) -> Decision | None:
        return requests.decision_by_origin(self._session, team, origin)

    def segment(self, segment: SegmentId) -> Segment | None:
        return segments.get(self._session, segment)

    def active_segment(self, run: RunId) -> Segment | None:
        return segments.active(self._session, run)

    def last_segment(self, run: RunId) -> Segment | None:
        return segments.last(self._session, run)

    def journal(self, run: RunId) -> Sequence[JournalEntry]:
        return segments.journal(self._session, run)

    def crews(self) -> Sequence[CrewVersion]:
        return crew_shelf.newest(self._session)

    def crew_version(self, hash_: str) -> CrewVersion | None:
        return crew_shelf.get(self._session, hash_)

    def person(self, team: TeamId, user: UserId) -> Person | None:
        return people.get(self._session, team, user)

    def live_workers(self, since: datetime) -> int:
        return workers.live(self._session, since)


class SqlUnit(SqlReader):
    """Implements `approvals.ports.Unit`.

    On PostgreSQL `run()` locks the run's row, and that lock guards all that belongs
    to the run; every save compares as well. Events wait until the end, so that the
    head of the team's chain is locked last and shortest.
    """

    def __init__(self, session: Session, queue: SegmentQueue, clock: Clock) -> None:
        super().__init__(session)
        self._queue = queue
        self._clock = clock
        self._events: list[AuditEvent] = []
        self._moments = 0

    def run(self, run: RunId) -> Run | None:
        return runs.get(self._session, run, lock=True)

    def add_run(self, run: Run) -> None:
        runs.add(self._session, run)

    def save_run(self, run: Run) -> Run:
        return runs.save(self._session, run)

    def add_request(self, request: ApprovalRequest) -> None:
        requests.add(self._session, request)

    def save_request(self, request: ApprovalRequest) -> ApprovalRequest:
        return requests.save(self._session, request)

    def add_decision(self, decision: Decision) -> None:
        requests.add_decision(self._session, decision)

    def add_segment(self, segment: Segment) -> None:
        segments.add(self._session, segment)
        self._enqueue(segment, 1)

    def requeue_segment(self, segment: Segment) -> None:
        segments.save(self._session, segment, attempt=segment.attempt)
        self._enqueue(segment, segments.count_enqueue(self._session, segment.id))

    def save_segment(self, segment: Segment, *, attempt: int) -> None:
        segments.save(self._session, segment, attempt=attempt)

    def add_journal(self, run: RunId, team: TeamId, entry: JournalEntry) -> None:
        segments.add_journal(self._session, run, team, entry)

    def show(self, wanted: Iterable[Wanted]) -> None:
        for want in wanted:
            wants.show(self._session, want, self._moment())

    def refresh(self, thing: Thing, rank: Rank) -> None:
        wants.refresh(self._session, thing, rank, self._clock.now())

    def record(self, event: AuditEvent) -> None:
        self._events.append(event)

    def link_events(self) -> None:
        """Write what was recorded to the trail; nothing may be written after it."""
        audit.append(self._session, self._events, self._clock.now())
        self._events.clear()

    def _moment(self) -> datetime:
        """Tell the time, each time a microsecond later: wants keep their order."""
        self._moments += 1
        return self._clock.now() + timedelta(microseconds=self._moments - 1)

    def _enqueue(self, segment: Segment, nth: int) -> None:
        delay = timedelta(0)
        if segment.not_before is not None:
            delay = segment.not_before - self._clock.now()
        self._queue.put(self._session, segment.id, nth=nth, delay=delay)
