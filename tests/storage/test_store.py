"""What the store promises of runs, requests, decisions, segments and the journal."""

from dataclasses import replace
from datetime import timedelta

import pytest

from approvals.errors import Conflict, StaleAttempt
from approvals.ids import RequestId, RunCode, RunId, SegmentId, TeamId, UserId
from approvals.ports import Reader, Store, Unit
from approvals.requests import ApprovalRequest, Closing, RequestMove
from approvals.runs import Run, RunMove
from approvals.segments import SegmentState
from approvals.verdicts import Verdict
from storage.store import SqlStore
from tests.builders import (
    APPROVER,
    START,
    TEAM,
    SteppedClock,
    a_decision,
    a_journal_entry,
    a_policy,
    a_request,
    a_routed_request,
    a_run,
    a_segment,
    an_ask,
    an_event,
)

SOMEBODY = UserId("U0CLEO")
HOUR = timedelta(hours=1)


class Boom(Exception):
    """Something that goes wrong in the middle of a unit."""


@pytest.fixture
def run(store: SqlStore) -> Run:
    """A stored run."""
    run = a_run()
    with store.write() as unit:
        unit.add_run(run)
    return run


def add(store: SqlStore, *requests: ApprovalRequest) -> None:
    with store.write() as unit:
        for request in requests:
            unit.add_request(request)


def approved(request: ApprovalRequest, by: UserId = APPROVER) -> ApprovalRequest:
    closing = Closing(
        by=by, by_name="Ben", at=START, verdict=Verdict.APPROVE, label="approved"
    )
    return request.moved(RequestMove.APPROVE, closing)


def test_it_keeps_the_ports(store: SqlStore) -> None:
    """The store, its reader and its unit are what the rules ask for."""
    port: Store = store

    with port.write() as unit, port.read() as reader:
        seen: tuple[Unit, Reader] = (unit, reader)

    assert all(seen)


def test_what_a_unit_adds_is_what_a_reader_sees(store: SqlStore) -> None:
    """A run with all of its parts comes back equal in every field."""
    run = a_run(inputs={"topic": "bees", "n": [1, 2.5, None, True]}, held=("a", "b"))
    request = a_routed_request(run)
    decision = a_decision(request, words="ok\x00 \ud83d \\u0041")
    segment = a_segment(run, answers=(request.id,), not_before=START + HOUR)
    entry = a_journal_entry()
    with store.write() as unit:
        unit.add_run(run)
        unit.add_request(request)
        unit.add_decision(decision)
        unit.add_segment(segment)
        unit.add_journal(run.id, TEAM, entry)

    with store.read() as reader:
        assert run == reader.run(run.id)
        assert run == reader.run_by_code(TEAM, run.code)
        assert run == reader.run_by_origin(TEAM, run.origin)
        assert request == reader.request(request.id)
        assert [request] == list(reader.requests_of(run.id))
        assert [decision] == list(reader.decisions_of(request.id))
        assert decision == reader.decision_by_origin(TEAM, decision.origin)
        assert segment == reader.segment(segment.id)
        assert segment == reader.active_segment(run.id) == reader.last_segment(run.id)
        assert [entry] == list(reader.journal(run.id))


def test_what_is_not_there_is_none_or_empty(store: SqlStore) -> None:
    """Asking for strangers is no error."""
    nothing = RunId("none")

    with store.read() as reader:
        assert reader.run(nothing) is None
        assert reader.run_by_code(TEAM, RunCode("000000")) is None
        assert reader.run_by_origin(TEAM, "none") is None
        assert reader.request(RequestId("none")) is None
        assert reader.decision_by_origin(TEAM, "none") is None
        assert reader.segment(SegmentId("none")) is None
        assert reader.active_segment(nothing) is None
        assert reader.last_segment(nothing) is None
        assert reader.next_due_at() is None
        assert reader.crew_version("none") is None
        assert reader.person(TEAM, APPROVER) is None
        assert not reader.runs(TEAM)
        assert not reader.requests_of(nothing)
        assert not reader.journal(nothing)
        assert not reader.last_inputs(TEAM, APPROVER, "content")
        assert not reader.crews()
        assert 0 == reader.live_workers(START)


def test_an_exception_undoes_the_whole_unit(store: SqlStore, run: Run) -> None:
    """Nothing of a unit that fails is there: no state, no events, no queue entry."""
    started = run.moved(RunMove.START, START)
    with pytest.raises(Boom), store.write() as unit:  # noqa: PT012 - one unit
        unit.save_run(started)
        unit.add_segment(a_segment(run))
        unit.record(an_event())
        raise Boom

    with store.read() as reader:
        assert run == reader.run(run.id)
        assert reader.active_segment(run.id) is None


def test_a_saved_run_has_the_next_version(store: SqlStore, run: Run) -> None:
    """Saving gives the run as it is stored now."""
    with store.write() as unit:
        saved = unit.save_run(run.moved(RunMove.START, START, doing="writes"))

    with store.read() as reader:
        assert saved == reader.run(run.id)
    assert 2 == saved.version


def test_a_unit_sees_what_it_saved(store: SqlStore, run: Run) -> None:
    """A second look in the same unit shows the new state."""
    with store.write() as unit:
        before = unit.run(run.id)
        saved = unit.save_run(run.moved(RunMove.START, START))

        assert (run, saved) == (before, unit.run(run.id))


def test_a_run_that_changed_meanwhile_is_a_conflict(store: SqlStore, run: Run) -> None:
    """Who saves what was read before another's save changes nothing."""
    with store.write() as unit:
        first = unit.save_run(replace(run, doing="first"))

    with pytest.raises(Conflict), store.write() as unit:
        unit.save_run(replace(run, doing="second"))

    with store.read() as reader:
        assert first == reader.run(run.id)


def test_a_request_that_changed_meanwhile_is_a_conflict(
    store: SqlStore, run: Run
) -> None:
    """Of two decisions on what both have read, one is stored."""
    request = a_routed_request(run)
    add(store, request)
    with store.write() as unit:
        first = unit.save_request(approved(request))

    with pytest.raises(Conflict), store.write() as unit:
        unit.save_request(request.moved(RequestMove.CANCEL))

    with store.read() as reader:
        assert first == reader.request(request.id)


def test_a_code_is_unique_in_its_team_only(store: SqlStore, run: Run) -> None:
    """Two teams may use the same code; one team may not."""
    elsewhere = a_run(code=run.code, team=TeamId("T0OTHER"))
    with store.write() as unit:
        unit.add_run(elsewhere)

    with pytest.raises(Conflict), store.write() as unit:
        unit.add_run(a_run(code=run.code))


def test_an_origin_starts_one_run(store: SqlStore, run: Run) -> None:
    """The same command delivered twice cannot be two runs."""
    with pytest.raises(Conflict), store.write() as unit:
        unit.add_run(a_run(origin=run.origin))


def test_a_decision_origin_counts_once(store: SqlStore, run: Run) -> None:
    """The same click delivered twice cannot be two decisions."""
    request = a_routed_request(run)
    add(store, request)
    decision = a_decision(request)
    with store.write() as unit:
        unit.add_decision(decision)

    with pytest.raises(Conflict), store.write() as unit:
        unit.add_decision(a_decision(request, origin=decision.origin))


def test_a_checkpoint_is_asked_once_per_visit_and_revision(
    store: SqlStore, run: Run
) -> None:
    """The same question twice is a conflict; its next revision is not."""
    add(store, a_request(run), a_request(run, ask=an_ask(revision=2)))

    with pytest.raises(Conflict):
        add(store, a_request(run))


def test_one_active_segment_per_run(store: SqlStore, run: Run) -> None:
    """A second segment is refused while one is queued or running, and not after."""
    first = a_segment(run)
    second = a_segment(run, number=2)
    with store.write() as unit:
        unit.add_segment(first)
    with pytest.raises(Conflict), store.write() as unit:
        unit.add_segment(second)

    with store.write() as unit:
        unit.save_segment(replace(first, state=SegmentState.ENDED), attempt=0)
        unit.add_segment(second)

    with store.read() as reader:
        assert second == reader.active_segment(run.id)


def test_a_worker_thought_dead_cannot_write(store: SqlStore, run: Run) -> None:
    """Once another attempt has begun, the first one's save is refused."""
    segment = a_segment(run)
    taken = replace(segment, state=SegmentState.RUNNING, attempt=1, executor="a")
    again = replace(taken, attempt=2, executor="b")
    with store.write() as unit:
        unit.add_segment(segment)
        unit.save_segment(taken, attempt=0)
        unit.save_segment(again, attempt=1)

    with pytest.raises(StaleAttempt), store.write() as unit:
        unit.save_segment(replace(taken, state=SegmentState.ENDED), attempt=1)

    with store.read() as reader:
        assert again == reader.segment(segment.id)


def test_a_journalled_call_is_left_as_it_stands(store: SqlStore, run: Run) -> None:
    """The same call again changes nothing; others follow in the order of their end."""
    first = a_journal_entry("draft", at=START + HOUR)
    second = a_journal_entry("edit", at=START)
    with store.write() as unit:
        unit.add_journal(run.id, TEAM, first)
        unit.add_journal(run.id, TEAM, second)
        unit.add_journal(run.id, TEAM, replace(first, entry='"other"'))

    with store.read() as reader:
        assert [first, second] == list(reader.journal(run.id))


def test_runs_are_listed_newest_first(store: SqlStore) -> None:
    """A team's runs, by requester or state if wanted, as many as asked for."""
    old = a_run()
    ended = a_run(created_at=START + HOUR)
    new = a_run(created_at=START + 2 * HOUR, requester=SOMEBODY)
    with store.write() as unit:
        for run in (new, old, ended, a_run(team=TeamId("T0OTHER"))):
            unit.add_run(run)
        ended = unit.save_run(ended.moved(RunMove.CANCEL, START))

    with store.read() as reader:
        assert [new, ended, old] == list(reader.runs(TEAM))
        assert [new, ended] == list(reader.runs(TEAM, limit=2))
        assert [new, old] == list(reader.runs(TEAM, open_only=True))
        assert [new] == list(reader.runs(TEAM, requester=SOMEBODY))


def test_the_last_inputs_are_of_the_newest_run_of_that_crew(store: SqlStore) -> None:
    """A form can be filled with what this person gave last time; a trial gave nothing."""
    old = a_run(inputs={"topic": "ants"})
    new = a_run(inputs={"topic": "wasps"}, created_at=START + HOUR)
    other = a_run(crew="purchase", inputs={"what": "chairs"}, created_at=START + HOUR)
    tried = a_run(
        inputs={"topic": "an example"}, practice=True, created_at=START + 2 * HOUR
    )
    with store.write() as unit:
        for run in (new, old, other, tried):
            unit.add_run(run)

    with store.read() as reader:
        last = reader.last_inputs(TEAM, new.requester, "content")

    assert {"topic": "wasps"} == last


def test_pending_requests_are_those_that_name_the_person(
    store: SqlStore, run: Run
) -> None:
    """Open, routed, and to be decided by this person, oldest first."""
    both = a_policy(approvers=(SOMEBODY, APPROVER))
    new = a_routed_request(run, policy=both, asked_at=START + HOUR)
    old = a_routed_request(run, ask=an_ask(revision=2))
    unrouted = a_request(run, ask=an_ask(revision=3))
    closed = a_routed_request(run, ask=an_ask(revision=4))
    add(store, new, old, unrouted, closed)
    with store.write() as unit:
        unit.save_request(approved(closed))

    with store.read() as reader:
        assert [old, new] == list(reader.pending_for(TEAM, APPROVER))
        assert [new] == list(reader.pending_for(TEAM, SOMEBODY))
        assert not reader.pending_for(TeamId("T0OTHER"), APPROVER)


def test_the_people_of_a_request_can_change(store: SqlStore, run: Run) -> None:
    """Routing names people in their order, and replaces those named before."""
    request = a_request(run)
    add(store, request)
    named = replace(request, policy=a_policy(), approvers=(APPROVER, SOMEBODY))
    with store.write() as unit:
        named = unit.save_request(named)
        swapped = unit.save_request(replace(named, approvers=(SOMEBODY, APPROVER)))
        alone = unit.save_request(replace(swapped, approvers=(SOMEBODY,)))

    with store.read() as reader:
        assert alone == reader.request(request.id)
        assert not reader.pending_for(TEAM, APPROVER)


def test_unrouted_requests_come_oldest_first_and_unroutable_ones_last(
    store: SqlStore, run: Run
) -> None:
    """What nobody could route before never keeps a new request waiting."""
    hopeless = a_request(run, unroutable="nobody is left")
    new = a_request(run, ask=an_ask(revision=2), asked_at=START + HOUR)
    old = a_request(run, ask=an_ask(revision=3))
    add(store, hopeless, new, old, a_routed_request(run, ask=an_ask(revision=4)))

    with store.read() as reader:
        assert [old, new, hopeless] == list(reader.unrouted())
        assert [old] == list(reader.unrouted(limit=1))


def test_due_requests_are_those_whose_time_has_come(store: SqlStore, run: Run) -> None:
    """Earliest first; a closed one is never due."""
    later = a_request(run, next_due_at=START + 2 * HOUR)
    soon = a_request(run, ask=an_ask(revision=2), next_due_at=START + HOUR)
    closed = a_routed_request(run, ask=an_ask(revision=3), next_due_at=START)
    add(store, later, soon, closed)
    with store.write() as unit:
        unit.save_request(approved(closed))

    with store.read() as reader:
        assert soon.next_due_at == reader.next_due_at()
        assert not reader.due(START)
        assert [soon.id] == list(reader.due(START + HOUR))
        assert [soon.id, later.id] == list(reader.due(START + 3 * HOUR))
        assert [soon.id] == list(reader.due(START + 3 * HOUR, limit=1))


def test_a_reader_sees_one_moment(store: SqlStore, run: Run) -> None:
    """What is written while somebody looks is not in the picture."""
    with store.read() as reader:
        before = reader.run(run.id)
        with store.write() as unit:
            saved = unit.save_run(replace(run, doing="writes"))
        during = reader.run(run.id)

    with store.read() as reader:
        assert (run, run, saved) == (before, during, reader.run(run.id))


def test_whoever_wants_to_know_is_told_of_commits(
    store: SqlStore, clock: SteppedClock
) -> None:
    """`after_commit` follows what was committed, and nothing else."""
    told: list[RunId] = []
    run = a_run()

    def tell() -> None:
        with store.read() as reader:
            told.extend(found.id for found in reader.runs(TEAM))

    listening = SqlStore(store._database, clock, after_commit=tell)
    with listening.write() as unit:
        unit.add_run(run)
    with pytest.raises(Boom), listening.write():
        raise Boom

    assert [run.id] == told
