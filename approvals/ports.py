"""What the rules need from outside, written by those who need it."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from approvals.audit import AuditEvent
from approvals.crews import CrewVersion
from approvals.decisions import Decision
from approvals.ids import (
    RequestId,
    RunCode,
    RunId,
    SegmentId,
    TeamId,
    UserId,
)
from approvals.people import Person
from approvals.requests import ApprovalRequest
from approvals.rules import RuleBook
from approvals.runs import Run
from approvals.segments import Ending, JournalEntry, Segment, Work
from approvals.showing import Rank, Thing, Wanted


class Clock(Protocol):
    """Tells the time, aware and in UTC."""

    def now(self) -> datetime: ...


class Reader(Protocol):
    """A consistent look at the state. What is not there is None or empty."""

    def run(self, run: RunId) -> Run | None: ...
    def run_by_code(self, team: TeamId, code: RunCode) -> Run | None: ...
    def run_by_origin(self, team: TeamId, origin: str) -> Run | None: ...
    def runs(
        self,
        team: TeamId,
        *,
        requester: UserId | None = None,
        open_only: bool = False,
        limit: int = 20,
    ) -> Sequence[Run]:
        """List runs, newest first."""

    def last_inputs(
        self, team: TeamId, requester: UserId, crew: str
    ) -> Mapping[str, object]:
        """Give what this person last started the crew with."""

    def request(self, request: RequestId) -> ApprovalRequest | None: ...
    def requests_of(self, run: RunId) -> Sequence[ApprovalRequest]:
        """List a run's requests, oldest first."""

    def pending_for(self, team: TeamId, user: UserId) -> Sequence[ApprovalRequest]:
        """List the open, routed requests that name this person, oldest first."""

    def unrouted(self, limit: int = 50) -> Sequence[ApprovalRequest]:
        """List open requests without a policy whose turn has come, oldest first."""

    def due(self, now: datetime, limit: int = 100) -> Sequence[RequestId]:
        """List open requests whose `next_due_at` has come, earliest first."""

    def next_due_at(self) -> datetime | None:
        """Give the earliest `next_due_at` of all open requests."""

    def decisions_of(self, request: RequestId) -> Sequence[Decision]: ...
    def decision_by_origin(self, team: TeamId, origin: str) -> Decision | None: ...
    def segment(self, segment: SegmentId) -> Segment | None: ...
    def active_segment(self, run: RunId) -> Segment | None: ...
    def last_segment(self, run: RunId) -> Segment | None: ...
    def journal(self, run: RunId) -> Sequence[JournalEntry]:
        """Give a run's finished calls, in the order in which they ended."""

    def crews(self) -> Sequence[CrewVersion]:
        """List the newest version of each crew that workers have, by name."""

    def crew_version(self, hash_: str) -> CrewVersion | None: ...
    def person(self, team: TeamId, user: UserId) -> Person | None: ...
    def live_workers(self, since: datetime) -> int:
        """Count the workers whose heart has beaten since."""


class Unit(Reader, Protocol):
    """One write transaction: all of it happens, or nothing.

    Every `save_…` is a compare-and-set.
    """

    def add_run(self, run: Run) -> None:
        """Add a run.

        Raises:
            Conflict: the team has this code or origin already.

        """

    def save_run(self, run: Run) -> Run:
        """Save a run read in this unit, and give it with its new version.

        Raises:
            Conflict: its version is not what was read.

        """

    def add_request(self, request: ApprovalRequest) -> None: ...
    def save_request(self, request: ApprovalRequest) -> ApprovalRequest:
        """Save a request; see `save_run`."""

    def add_decision(self, decision: Decision) -> None: ...
    def add_segment(self, segment: Segment) -> None:
        """Add a segment and put its id on the queue, in the same transaction."""

    def requeue_segment(self, segment: Segment) -> None:
        """Save a segment as queued and put its id on the queue once more."""

    def save_segment(self, segment: Segment, *, attempt: int) -> None:
        """Save a segment.

        Raises:
            StaleAttempt: its attempt is no longer the one given.

        """

    def add_journal(self, run: RunId, team: TeamId, entry: JournalEntry) -> None:
        """Add a finished call; the same call again is left as it stands."""

    def show(self, wanted: Iterable[Wanted]) -> None:
        """Want things shown at places, new ones or known; the courier does it later."""

    def refresh(self, thing: Thing, rank: Rank) -> None:
        """Want a thing's newest state at every place where it is shown already."""

    def record(self, event: AuditEvent) -> None:
        """Add to the trail; the chain's link is written last, on commit."""


class Store(Protocol):
    """Where the state lives."""

    def read(self) -> AbstractContextManager[Reader]:
        """Look."""

    def write(self) -> AbstractContextManager[Unit]:
        """Change: committed at the end of the block, undone by any exception."""


class Rules(Protocol):
    """Where the rules in force are."""

    def current(self) -> RuleBook:
        """Give the last good rules file."""


class CrewShelf(Protocol):
    """Where workers put the crews that they have loaded."""

    def put(self, version: CrewVersion, bundle: bytes) -> None:
        """Store a version and the ZIP of its folder; known hashes are renewed."""

    def keep(self, names: Iterable[str]) -> None:
        """Mark every other crew as gone: it cannot be started any more."""

    def bundle(self, hash_: str) -> bytes:
        """Give the stored ZIP.

        Raises:
            Unknown: no version has this hash.

        """


class Workers(Protocol):
    """Which workers are alive."""

    def beat(self, executor: str, now: datetime) -> None:
        """Say that this worker lives."""

    def lost(self, since: datetime) -> Sequence[str]:
        """List the workers whose heart has not beaten since."""

    def claim_lost(self, executor: str) -> bool:
        """Take over a lost worker's estate; only one caller is told True."""

    def leave(self, executor: str) -> None:
        """Say that this worker has ended in good order."""


class SegmentDesk(Protocol):
    """The worker's side of the one door (`ApprovalService` has these methods)."""

    def begin_segment(self, segment: SegmentId, executor: str) -> Work | None:
        """Take a segment: attempt + 1. None when there is nothing to do any more."""

    def still_mine(self, work: Work) -> bool:
        """Tell whether the segment is still this attempt's, and not cancelled."""

    def record_step(self, work: Work, entry: JournalEntry) -> None:
        """Journal a finished call.

        Raises:
            StaleAttempt: the segment is no longer this attempt's.

        """

    def tell_progress(self, work: Work, doing: str) -> None:
        """Say what the run does now, in a few words for people."""

    def end_segment(self, work: Work, ending: Ending) -> None:
        """End the segment: open what is asked, or end the run.

        Raises:
            StaleAttempt: the segment is no longer this attempt's.

        """

    def hand_back(self, segment: SegmentId, executor: str) -> bool:
        """Queue a dead worker's segment again; False when it has ended meanwhile."""
