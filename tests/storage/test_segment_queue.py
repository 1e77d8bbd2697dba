"""The queue: in the same transaction, by id alone, and as DBOS itself understands it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from queue import Queue as Inbox

import pytest
from dbos import DBOSClient, WorkflowStatus

from approvals.errors import StaleAttempt
from approvals.runs import Run
from approvals.segments import SegmentState
from crews import dispatch
from crews.dispatch import Dispatch
from storage.database import Database
from storage.segment_queue import (
    APPLICATION_VERSION,
    QUEUE,
    WORKFLOW,
    SegmentQueue,
    workflow_id,
)
from storage.store import SqlStore
from tests.builders import START, a_run, a_segment

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
LONG_AFTER = datetime(2999, 1, 1, tzinfo=UTC)


class Boom(Exception):
    """Something that goes wrong after the enqueue."""


@pytest.fixture
def run(store: SqlStore) -> Run:
    run = a_run()
    with store.write() as unit:
        unit.add_run(run)
    return run


def client(database: Database) -> DBOSClient:
    return DBOSClient(system_database_engine=database.dbos_engine())


def queued(database: Database) -> list[WorkflowStatus]:
    return client(database).list_workflows(queue_name=QUEUE)


def test_a_segment_is_on_the_queue_once_it_is_committed(
    store: SqlStore, database: Database, run: Run
) -> None:
    """Its id and nothing else, under the names that the worker knows."""
    segment = a_segment(run)

    with store.write() as unit:
        unit.add_segment(segment)

    (entry,) = queued(database)
    assert f"{segment.id}:1" == entry.workflow_id
    assert (WORKFLOW, "ENQUEUED", APPLICATION_VERSION) == (
        entry.name,
        entry.status,
        entry.app_version,
    )
    assert entry.input is not None
    assert (segment.id,) == tuple(entry.input["args"])


def test_a_segment_that_is_rolled_back_is_not_queued(
    store: SqlStore, database: Database, run: Run
) -> None:
    """State and queue entry are one transaction: both, or neither."""
    with pytest.raises(Boom), store.write() as unit:  # noqa: PT012 - one unit
        unit.add_segment(a_segment(run))
        raise Boom

    assert not queued(database)


def test_a_dead_workers_segment_is_queued_anew(
    store: SqlStore, database: Database, run: Run
) -> None:
    """Each enqueue has an id of its own, also when the worker died before it began."""
    segment = a_segment(run)
    taken = replace(segment, state=SegmentState.RUNNING, attempt=1, executor="dead")
    with store.write() as unit:
        unit.add_segment(segment)
        unit.requeue_segment(segment)
        unit.save_segment(taken, attempt=0)

    with store.write() as unit:
        unit.requeue_segment(replace(taken, state=SegmentState.QUEUED, executor=None))

    assert {workflow_id(segment.id, n) for n in (1, 2, 3)} == {
        entry.workflow_id for entry in queued(database)
    }


def test_a_stranger_is_not_queued(store: SqlStore, run: Run) -> None:
    """Queueing again needs a stored segment."""
    with pytest.raises(StaleAttempt), store.write() as unit:
        unit.requeue_segment(a_segment(run))


def test_a_segment_with_a_time_waits_for_it(
    store: SqlStore, database: Database, run: Run
) -> None:
    """`not_before` delays the queue entry."""
    with store.write() as unit:
        unit.add_segment(a_segment(run, not_before=START + timedelta(hours=1)))

    (entry,) = queued(database)
    assert "DELAYED" == entry.status


def test_ended_entries_are_forgotten_and_others_stay(
    store: SqlStore, database: Database, run: Run
) -> None:
    """A worker takes what we put there; only what has ended is deleted, once it is old."""
    other, later = a_run(), a_run()
    taken, struck_out = a_segment(run), a_segment(other)
    delayed = a_segment(later, not_before=START + timedelta(days=9))
    queue = SegmentQueue(database)
    with store.write() as unit:
        for segment_run in (other, later):
            unit.add_run(segment_run)
        for segment in (taken, struck_out, delayed):
            unit.add_segment(segment)
    client(database).cancel_workflow(workflow_id(struck_out.id, 1))
    inbox: Inbox[str] = Inbox()
    worker = Dispatch(
        engine=database.dbos_engine(),
        executor="test-worker",
        at_once=2,
        poll=0.05,
        work_on=inbox.put,
    )

    worker.start()
    try:
        got = inbox.get(timeout=20)
        client(database).retrieve_workflow(workflow_id(taken.id, 1)).get_result()
    finally:
        worker.stop(5)

    assert taken.id == got
    assert 0 == queue.forget_ended(LONG_AGO)
    assert 2 == queue.forget_ended(LONG_AFTER)
    assert [workflow_id(delayed.id, 1)] == [
        entry.workflow_id for entry in queued(database)
    ]


def test_both_ends_of_the_queue_use_the_same_names() -> None:
    """What we put there is what the workers look for."""
    ours = (QUEUE, WORKFLOW, APPLICATION_VERSION)

    assert ours == (dispatch.QUEUE, dispatch.WORKFLOW, dispatch.APPLICATION_VERSION)
