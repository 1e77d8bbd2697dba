"""The queue's end at the worker: what it takes is its own until it is settled."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from approvals.ids import SegmentId
from crews.dispatch import Dispatch
from storage.database import Database
from storage.migrations import upgrade
from storage.segment_queue import SegmentQueue
from tests.crews.waiting import until

EXECUTOR = "worker-1"

Work = Callable[[SegmentId], None]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'test.sqlite3'}")
    upgrade(database)
    yield database
    database.close()


def put(database: Database, segment: str) -> None:
    queue = SegmentQueue(database)
    with database.writing() as session:
        assert isinstance(session, Session)
        queue.put(session, SegmentId(segment), nth=1, delay=timedelta(0))


@pytest.fixture
def dispatch(database: Database) -> Iterator[Callable[[Work], Dispatch]]:
    started: list[Dispatch] = []

    def start(work_on: Work) -> Dispatch:
        started.append(
            Dispatch(
                engine=database.dbos_engine(),
                executor=EXECUTOR,
                at_once=1,
                poll=0.05,
                work_on=work_on,
            )
        )
        started[-1].start()
        return started[-1]

    yield start
    for one in started:
        one.stop(grace=1.0)


def taken(dispatch: Dispatch) -> list[str]:
    return [found.segment for found in dispatch.taken_by(EXECUTOR)]


def test_a_segment_is_taken_worked_on_and_settled(
    database: Database, dispatch: Callable[[Work], Dispatch]
) -> None:
    """While it is worked on it counts as the executor's, and no longer."""
    gate, seen = threading.Event(), list[str]()

    def work_on(segment: SegmentId) -> None:
        seen.append(segment)
        gate.wait(30)

    one = dispatch(work_on)
    put(database, "s1")
    until(lambda: seen)

    assert taken(one) == ["s1"]
    gate.set()
    until(lambda: not taken(one))
    assert seen == ["s1"]


def test_what_could_not_be_settled_stays_the_executors(
    database: Database, dispatch: Callable[[Work], Dispatch]
) -> None:
    """So that the reaper of a living worker finds it, and can strike it out."""
    seen = list[str]()

    def work_on(segment: SegmentId) -> None:
        seen.append(segment)
        raise RuntimeError(segment)

    one = dispatch(work_on)
    put(database, "s1")
    put(database, "s2")
    until(lambda: len(seen) == 2)  # one at a time: the first one's place is free again
    first = next(found for found in one.taken_by(EXECUTOR) if found.segment == seen[0])

    one.forget(first)

    assert seen[0] not in taken(one)
