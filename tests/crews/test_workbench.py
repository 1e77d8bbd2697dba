"""Every segment that is brought is ended or handed back, whatever goes wrong."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from approvals.errors import StoreUnavailable
from approvals.ids import SegmentId
from approvals.segments import Failed, Finished, SegmentState, Work
from crews.bundles import BundleCache, pack
from crews.catalog import Catalog
from crews.errors import WorkerStopping
from crews.patience import PatientDesk
from crews.pool import RunnerPool
from crews.settings import Limits
from crews.workbench import Workbench
from crews.worker import starter
from tests.crews.desks import MemoryDesk, StoppedClock
from tests.crews.plays import Act, crew_file, finished, pretending
from tests.crews.test_catalog import MemoryShelf
from tests.crews.waiting import until

SEGMENT = SegmentId("s1")


@dataclass(kw_only=True)
class FaultyDesk(MemoryDesk):
    """A desk that breaks: with `fault` at the begin, with `away` when handed back."""

    fault: Exception | None = None
    away: bool = False
    begun: int = 0
    handed_back: int = 0

    def begin_segment(self, segment: SegmentId, executor: str) -> Work | None:
        self.begun += 1
        if self.fault is not None:
            raise self.fault
        return super().begin_segment(segment, executor)

    def hand_back(self, segment: SegmentId, executor: str) -> bool:
        self.handed_back += 1
        if self.away:
            raise StoreUnavailable
        return super().hand_back(segment, executor)


@dataclass
class Place:
    """A bench, its desk and its pool of pretended runners."""

    bench: Workbench
    desk: FaultyDesk
    shelf: MemoryShelf
    folder: Path

    def crew(self, *acts: Act) -> None:
        """Put a crew on the shelf, and let the desk's run be its."""
        file = self.folder / "play.yaml"
        file.write_text(crew_file(list(acts)))
        packed = pack({"play.yaml": file}, "play.yaml")
        self.shelf.bundles[packed.hash] = packed.archive
        self.desk.crew_version = packed.hash


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    desk, shelf, clock = FaultyDesk(), MemoryShelf(), StoppedClock()
    pool = RunnerPool(starter(pretending()), size=1)
    cache = BundleCache(tmp_path / "cache")
    bench = Workbench(
        executor="worker-1",
        size=1,
        desk=PatientDesk(desk, patience=0.1),
        catalog=Catalog(
            search_path=(), cache=cache, pool=pool, shelf=shelf, clock=clock
        ),
        pool=pool,
        clock=clock,
        limits=Limits(),
    )
    yield Place(bench, desk, shelf, tmp_path)
    bench.stop()
    pool.close()


def state(place: Place) -> SegmentState:
    return place.desk.segment.state


def test_a_segment_is_done(place: Place) -> None:
    """Its version is fetched from the shelf, its ending is told."""
    place.crew(finished("tea"))

    place.bench.work_on(SEGMENT)

    assert place.desk.ending == Finished(result="tea")
    assert place.bench.is_settled


def test_nothing_to_do_is_no_fault(place: Place) -> None:
    """A segment that is another's, or cancelled, is passed over."""
    place.desk.cancel()

    place.bench.work_on(SEGMENT)

    assert place.desk.handed_back == 0
    assert place.bench.is_settled


@pytest.mark.parametrize(
    ("practice", "reason"),
    [(False, "this crew version is gone"), (True, "there is no model for practice")],
)
def test_what_cannot_be_run_fails_with_a_reason(
    place: Place, *, practice: bool, reason: str
) -> None:
    """People read why, and can retry."""
    if practice:
        place.crew(finished())
        place.desk.practice = True

    place.bench.work_on(SEGMENT)

    assert isinstance(place.desk.ending, Failed)
    assert reason in place.desk.ending.reason


def test_a_drained_bench_begins_nothing(place: Place) -> None:
    """What is brought while the worker stops is for another."""
    place.bench.drain()

    place.bench.work_on(SEGMENT)

    assert (place.desk.begun, place.desk.handed_back) == (0, 1)
    assert state(place) is SegmentState.QUEUED


def test_what_runs_when_the_worker_stops_is_handed_back(place: Place) -> None:
    """Its runner is killed; somebody else does it."""
    place.crew({"hang": True})
    with ThreadPoolExecutor(1) as thread:
        working = thread.submit(place.bench.work_on, SEGMENT)
        until(lambda: place.desk.looks)
        assert not place.bench.is_settled

        place.bench.stop()
        working.result(timeout=30)

    assert state(place) is SegmentState.QUEUED
    assert place.bench.is_settled


def test_a_fault_that_stays_does_not_go_round_and_round(place: Place) -> None:
    """The segment is handed back, but not at once."""
    place.desk.fault = RuntimeError("a bug")
    with ThreadPoolExecutor(1) as thread:
        working = thread.submit(place.bench.work_on, SEGMENT)
        until(lambda: place.desk.begun)
        assert place.desk.handed_back == 0

        place.bench.stop()
        working.result(timeout=30)

    assert (place.desk.begun, place.desk.handed_back) == (1, 1)


def test_what_cannot_be_handed_back_stays_this_workers(place: Place) -> None:
    """So that another worker finds it, once this one is gone."""
    place.desk.away = True
    place.bench.drain()
    with ThreadPoolExecutor(1) as thread:
        working: Any = thread.submit(place.bench.work_on, SEGMENT)
        until(lambda: place.desk.handed_back)

        place.bench.stop()
        with pytest.raises(WorkerStopping):
            working.result(timeout=30)

    assert not place.bench.is_settled
