"""A desk in memory for one run: it keeps the contract of `SegmentDesk`."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from approvals.errors import StaleAttempt
from approvals.ids import RunId, SegmentId, TeamId
from approvals.segments import (
    Answer,
    Ending,
    Failed,
    JournalEntry,
    Segment,
    SegmentState,
    Work,
)

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class StoppedClock:
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOW


@dataclass(kw_only=True)
class MemoryDesk:
    """One segment; `after_step` is called after each journal entry."""

    crew_version: str = "abc"
    practice: bool = False
    inputs: Mapping[str, str] = field(default_factory=lambda: {"topic": "tea"})
    answers: tuple[Answer, ...] = ()
    after_step: Callable[[], None] = lambda: None
    journal: list[JournalEntry] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    ending: Ending | None = None
    looks: int = 0
    segment: Segment = field(
        default_factory=lambda: Segment(
            id=SegmentId("s1"),
            team=TeamId("T1"),
            run=RunId("r1"),
            number=1,
            created_at=NOW,
        )
    )
    changed: threading.Condition = field(default_factory=threading.Condition)

    def begin_segment(self, segment: SegmentId, executor: str) -> Work | None:
        if self.segment.id != segment or self.segment.state is not SegmentState.QUEUED:
            return None
        self.segment = replace(
            self.segment,
            state=SegmentState.RUNNING,
            attempt=self.segment.attempt + 1,
            executor=executor,
        )
        return self.work()

    def work(self) -> Work:
        return Work(
            segment=self.segment,
            run_code="ABC123",
            crew="play",
            crew_version=self.crew_version,
            inputs=self.inputs,
            held=("review", "draft_review"),
            practice=self.practice,
            requester="Ana",
            priority="medium",
            journal=tuple(self.journal),
            answers=self.answers,
        )

    def begin(self) -> Work:
        work = self.begin_segment(self.segment.id, "worker-1")
        assert work is not None
        return work

    def cancel(self) -> None:
        self.segment = replace(self.segment, state=SegmentState.CANCELLED)

    def still_mine(self, work: Work) -> bool:
        with self.changed:
            self.looks += 1
            self.changed.notify_all()
        return (
            self.segment.state is SegmentState.RUNNING
            and self.segment.attempt == work.segment.attempt
        )

    def record_step(self, work: Work, entry: JournalEntry) -> None:
        self._check(work)
        if entry.address not in {known.address for known in self.journal}:
            self.journal.append(entry)
        self.after_step()

    def tell_progress(self, work: Work, doing: str) -> None:
        self._check(work)
        self.told.append(doing)

    def end_segment(self, work: Work, ending: Ending) -> None:
        self._check(work)
        failed = isinstance(ending, Failed)
        state = SegmentState.FAILED if failed else SegmentState.ENDED
        self.segment = replace(self.segment, state=state)
        self.ending = ending

    def hand_back(self, segment: SegmentId, executor: str) -> bool:
        state = self.segment.state
        if self.segment.id != segment or state not in {
            SegmentState.QUEUED,
            SegmentState.RUNNING,
        }:
            return False
        if state is SegmentState.RUNNING and self.segment.executor != executor:
            return False
        self.segment = replace(self.segment, state=SegmentState.QUEUED, executor=None)
        return True

    def _check(self, work: Work) -> None:
        if not self.still_mine(work):
            raise StaleAttempt
