"""Several at once: one wins, the others hear so, and nothing is torn."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import TypeVar

import pytest

from approvals.closing import Outcome
from approvals.deciding import Press
from approvals.errors import Conflict, RequestClosed
from approvals.ids import ChannelId, UserId
from approvals.placing import run_thing
from approvals.rules import RuleBook
from approvals.runs import Run, RunState
from approvals.service import ApprovalService
from approvals.showing import Place, Rank, Wanted
from approvals.verdicts import Verdict
from storage.audit import AuditTrail
from storage.database import Database
from storage.postings import SqlPostings
from storage.segment_queue import SegmentQueue
from storage.store import SqlStore
from tests.builders import (
    SteppedClock,
    a_person,
    a_policy,
    a_routed_request,
    a_run,
    a_segment,
    an_event,
    an_origin,
)
from tests.storage.test_postings import LEASE

T = TypeVar("T")

BEN, CLEO = UserId("U0BEN"), UserId("U0CLEO")


class NoRules:
    """Rules for requests that are routed already."""

    def current(self) -> RuleBook:
        return RuleBook(hash="", admins=(), people={}, policies={}, rules=())


def at_once(count: int, act: Callable[[int], T]) -> list[T | Exception]:
    """Let so many threads act at the same moment; give what each got."""
    together = Barrier(count)

    def one(number: int) -> T | Exception:
        together.wait(timeout=10)
        try:
            return act(number)
        except Exception as error:  # noqa: BLE001 - it is the thread's result
            return error

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


@pytest.fixture
def service(store: SqlStore, clock: SteppedClock) -> ApprovalService:
    return ApprovalService(store=store, rules=NoRules(), clock=clock)


@pytest.mark.parametrize("round_", range(3))
def test_of_two_deciders_one_wins(
    store: SqlStore, service: ApprovalService, database: Database, round_: int
) -> None:
    """Approve and reject pressed at once: one decision, one segment, one refusal."""
    run = a_run(state=RunState.WAITING)
    policy = a_policy(approvers=(BEN, CLEO))
    request = a_routed_request(run, policy=policy)
    with store.write() as unit:
        unit.add_run(run)
        unit.add_request(request)
    presses = [
        Press(
            actor=a_person(user),
            request=request.id,
            revision=1,
            digest=request.digest,
            verdict=verdict,
            origin=an_origin(),
            words=f"round {round_}",
        )
        for user, verdict in ((BEN, Verdict.APPROVE), (CLEO, Verdict.REJECT))
    ]

    results = at_once(2, lambda n: service.decide(presses[n]))

    (outcome,) = [result for result in results if isinstance(result, Outcome)]
    (refusal,) = [result for result in results if isinstance(result, Exception)]
    assert isinstance(refusal, RequestClosed)
    with store.read() as reader:
        (decision,) = reader.decisions_of(request.id)
        segment = reader.active_segment(run.id)
    assert outcome.request.closing is not None
    assert decision.person == outcome.request.closing.by
    assert segment is not None
    assert (request.id,) == segment.answers
    assert all(report.is_whole for report in AuditTrail(database).verify())


def test_of_many_who_save_what_they_read_one_does(store: SqlStore) -> None:
    """Compare-and-set: whoever read before the winner's save hears of a conflict."""
    run = a_run()
    with store.write() as unit:
        unit.add_run(run)

    def save(number: int) -> Run:
        with store.write() as unit:
            return unit.save_run(replace(run, doing=str(number)))

    results = at_once(6, save)

    (saved,) = [result for result in results if isinstance(result, Run)]
    assert 5 == sum(isinstance(result, Conflict) for result in results)
    with store.read() as reader:
        assert saved == reader.run(run.id)


def test_units_that_read_before_they_write_follow_each_other(store: SqlStore) -> None:
    """Nobody who looks and changes in one unit loses, fails or overwrites."""
    run = a_run(doing="")
    with store.write() as unit:
        unit.add_run(run)

    def append(number: int) -> Run:
        with store.write() as unit:
            found = unit.run(run.id)
            assert found is not None
            return unit.save_run(replace(found, doing=f"{found.doing}{number}"))

    results = at_once(8, append)

    with store.read() as reader:
        last = reader.run(run.id)
    assert last is not None
    assert "01234567" == "".join(sorted(last.doing))
    assert 9 == last.version
    assert not [result for result in results if isinstance(result, Exception)]


def test_one_command_delivered_twice_starts_one_run(store: SqlStore) -> None:
    """Two processes get the same envelope at the same moment."""
    run = a_run()
    twin = a_run(origin=run.origin)

    def add(number: int) -> None:
        with store.write() as unit:
            unit.add_run((run, twin)[number])

    results = at_once(2, add)

    assert 1 == sum(isinstance(result, Conflict) for result in results)
    assert 1 == results.count(None)


def test_the_chain_holds_when_many_write_to_it(
    store: SqlStore, database: Database
) -> None:
    """Each link follows the one before it, also the very first ones of a team."""

    def record(_number: int) -> None:
        for _ in range(5):
            with store.write() as unit:
                unit.record(an_event())
                unit.record(an_event())

    results = at_once(6, record)

    (report,) = AuditTrail(database).verify()
    assert [None] * 6 == results
    assert report.is_whole
    assert 60 == report.links


def test_couriers_that_claim_at_once_share_the_work(
    store: SqlStore, database: Database, clock: SteppedClock
) -> None:
    """Forty postings, four couriers: each is held by one of them."""
    runs = [a_run(channel=ChannelId(f"C{n}")) for n in range(40)]
    with store.write() as unit:
        for run in runs:
            unit.add_run(run)
            place = Place(conversation=run.channel)
            unit.show([Wanted(thing=run_thing(run.id), place=place, rank=Rank.NOTICE)])
    postings = SqlPostings(database)

    def claim(number: int) -> list[str]:
        held = []
        while claims := postings.claim(str(number), clock.now(), LEASE, 3):
            held += [claim.wanted.thing.id for claim in claims]
        return held

    results = at_once(4, claim)

    held = [thing for result in results if isinstance(result, list) for thing in result]
    assert sorted(run.id for run in runs) == sorted(held)


def test_nothing_of_a_losing_unit_is_queued(
    store: SqlStore, database: Database
) -> None:
    """Of two who want to go on with a run, one segment is made and queued."""
    run = a_run()
    with store.write() as unit:
        unit.add_run(run)

    def go_on(number: int) -> None:
        with store.write() as unit:
            unit.add_segment(a_segment(run, number=number + 1))

    results = at_once(4, go_on)

    assert 3 == sum(isinstance(result, Conflict) for result in results)
    assert 1 == len(SegmentQueue(database)._client.list_queued_workflows())
