"""Hearts beat; who stops beating is lost, and exactly one takes over what it took."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from approvals.errors import StoreUnavailable
from approvals.ids import SegmentId
from approvals.segments import SegmentState
from crews.heart import Heart, TakenSegment
from tests.crews.desks import MemoryDesk
from tests.crews.waiting import until

BEAT = 0.02


@dataclass
class MovedClock:
    at: datetime = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


@dataclass
class MemoryWorkers:
    """Keeps the contract of `approvals.ports.Workers`; `is_away` is a lost database."""

    beats: dict[str, datetime] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)
    is_away: bool = False
    count: int = 0

    def beat(self, executor: str, now: datetime) -> None:
        self.count += 1
        if self.is_away:
            raise StoreUnavailable
        self.beats[executor] = now
        self.claimed.discard(executor)

    def lost(self, since: datetime) -> list[str]:
        return [
            executor
            for executor, beat in self.beats.items()
            if beat < since and executor not in self.claimed
        ]

    def claim_lost(self, executor: str) -> bool:
        if executor in self.claimed or executor not in self.beats:
            return False
        self.claimed.add(executor)
        return True

    def leave(self, executor: str) -> None:
        self.beats.pop(executor, None)


@dataclass
class Estates:
    taken: dict[str, list[TakenSegment]] = field(default_factory=dict)
    forgotten: list[str] = field(default_factory=list)

    def taken_by(self, executor: str) -> list[TakenSegment]:
        return self.taken.get(executor, [])

    def forget(self, taken: TakenSegment) -> None:
        self.forgotten.append(taken.workflow)


@dataclass
class Ward:
    """What hearts share."""

    clock: MovedClock = field(default_factory=MovedClock)
    workers: MemoryWorkers = field(default_factory=MemoryWorkers)
    estates: Estates = field(default_factory=Estates)
    desk: MemoryDesk = field(default_factory=MemoryDesk)

    def heart(self, executor: str) -> Heart:
        return Heart(
            executor=executor,
            workers=self.workers,
            desk=self.desk,
            estates=self.estates,
            clock=self.clock,
            beat=BEAT,
            lost_after=3.0,
        )

    @contextmanager
    def beating(self, executor: str) -> Iterator[Heart]:
        heart = self.heart(executor)
        heart.beat()
        heart.start()
        yield heart
        heart.stop()

    def one_that_died(self) -> None:
        """Let a worker take the desk's segment, and die."""
        self.desk.begin()
        taken = TakenSegment(workflow="w1", segment=SegmentId("s1"))
        self.estates.taken["worker-1"] = [taken]
        self.workers.beat("worker-1", self.clock.now())


@pytest.fixture
def ward() -> Ward:
    return Ward()


def test_a_heart_beats(ward: Ward) -> None:
    """Again and again, until it is stopped."""
    with ward.beating("a") as heart:
        until(lambda: ward.workers.count >= 3)
        ward.clock.at += timedelta(seconds=2)
        until(lambda: ward.workers.beats["a"] == ward.clock.at)

    heart.leave()
    assert ward.workers.beats == {}


def test_what_a_dead_worker_took_is_handed_back(ward: Ward) -> None:
    """Its segment is on the queue again, and its claim is struck out."""
    ward.one_that_died()
    ward.clock.at += timedelta(seconds=3.1)

    with ward.beating("b"):
        until(lambda: "worker-1" not in ward.workers.beats)

    assert ward.desk.segment.state is SegmentState.QUEUED
    assert ward.estates.forgotten == ["w1"]


def test_a_heart_that_beat_just_now_is_not_lost(ward: Ward) -> None:
    """Three seconds without a beat are not yet a death."""
    ward.one_that_died()
    ward.clock.at += timedelta(seconds=2.9)

    with ward.beating("b"):
        until(lambda: ward.workers.count > 10)

    assert ward.desk.segment.state is SegmentState.RUNNING


def test_a_jump_of_the_clock_kills_nobody(ward: Ward) -> None:
    """A heart that looks dead gets time for a beat, by a watch that does not jump."""
    heart = ward.heart("b")
    ward.one_that_died()
    ward.clock.at += timedelta(days=3)
    assert heart.look_after_others() == 0

    ward.workers.beat("worker-1", ward.clock.now())

    assert heart.look_after_others() == 0
    assert ward.desk.segment.state is SegmentState.RUNNING


def test_exactly_one_takes_over(ward: Ward) -> None:
    """However many look, the segment is handed back once."""
    ward.one_that_died()
    ward.clock.at += timedelta(seconds=4)

    with ward.beating("b"), ward.beating("c"), ward.beating("d"):
        until(lambda: "worker-1" not in ward.workers.beats)
        until(lambda: ward.workers.count > 15)

    assert ward.estates.forgotten == ["w1"]


def test_a_database_that_is_away_stops_no_heart(ward: Ward) -> None:
    """When it is back, the heart beats on."""
    with ward.beating("a"):
        ward.workers.is_away = True
        until(lambda: ward.workers.count > 3)
        ward.clock.at += timedelta(seconds=9)
        ward.workers.is_away = False

        until(lambda: ward.workers.beats["a"] == ward.clock.at)
