"""The one door, on both databases: what a call commits, and what it refuses."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from approvals.audit import AuditKind
from approvals.crews import Checkpoint, CrewVersion
from approvals.deciding import Press
from approvals.errors import (
    NobodyToAsk,
    NotAnApprover,
    NotYours,
    Refused,
    RequestClosed,
    RunEnded,
    StaleAttempt,
    Unknown,
)
from approvals.ids import SegmentId, UserId
from approvals.people import Person
from approvals.policies import Policy
from approvals.requests import ApprovalRequest, CallAddress, RequestState
from approvals.routing import Pings
from approvals.rules import Rule, RuleBook
from approvals.runs import Run, RunState
from approvals.segments import (
    MAX_CRASHES,
    Failed,
    Finished,
    JournalEntry,
    Waiting,
    Work,
)
from approvals.service import ApprovalService
from approvals.starting import Start
from approvals.verdicts import Verdict
from storage.audit import AuditTrail
from storage.crew_shelf import SqlCrewShelf
from storage.database import Database
from storage.people import SqlPeople
from storage.store import SqlStore
from tests.builders import (
    APPROVER,
    CHANNEL,
    REQUESTER,
    START,
    TEAM,
    SteppedClock,
    a_person,
    an_ask,
    an_origin,
)

OTHER = UserId("U0CHIARA")
ADMIN = UserId("U0DEV")


class BookOf:
    """Rules in force, as a value."""

    def __init__(self, book: RuleBook) -> None:
        self.book = book

    def current(self) -> RuleBook:
        return self.book


def a_book(**changes: Any) -> RuleBook:
    policy = Policy(name="content", approvers=(APPROVER, OTHER))
    book = RuleBook(
        hash="h",
        admins=(ADMIN,),
        people={},
        policies={"content": policy},
        rules=(Rule(use="content"),),
    )
    return replace(book, **changes)


def a_crew(*checkpoints: Checkpoint) -> CrewVersion:
    return CrewVersion(
        hash="hash-of-content",
        name="content",
        title="Content",
        description="",
        entry="content.yaml",
        input_schema={},
        checkpoints=checkpoints
        or (Checkpoint(name="draft_review", title="Review", labels=an_ask().labels),),
        loaded_at=START,
    )


class Desk:
    """A service with its surroundings, and short words for what tests do with it."""

    def __init__(self, database: Database, clock: SteppedClock) -> None:
        self.database = database
        self.clock = clock
        self.store = SqlStore(database, clock)
        self.rules = BookOf(a_book())
        self.service = ApprovalService(store=self.store, rules=self.rules, clock=clock)
        self.shelf = SqlCrewShelf(database)
        self.shelf.put(a_crew(), b"")
        for user in (REQUESTER, APPROVER, OTHER, ADMIN):
            SqlPeople(database).put(a_person(user))

    def start(self, **changes: Any) -> Run:
        wanted = Start(
            requester=a_person(REQUESTER),
            crew="content",
            inputs={"topic": "bees"},
            channel=CHANNEL,
            origin=an_origin(),
        )
        return self.service.start(replace(wanted, **changes))

    def begin(self, run: Run, executor: str = "worker-1") -> Work:
        work = self.service.begin_segment(self.segment_of(run), executor)
        assert work is not None
        return work

    def asked(self) -> ApprovalRequest:
        """Start a run, bring it to its checkpoint, and route the request."""
        run = self.start()
        self.service.end_segment(self.begin(run), Waiting(asks=(an_ask(),)))
        return self.routed(run)

    def routed(self, run: Run) -> ApprovalRequest:
        """Route what is open, and give the first of it."""
        policy = self.rules.book.policies["content"]
        waiting = [one for one in self.requests(run) if one.is_open]
        for request in waiting:
            self.service.route(request.id, policy, policy.approvers, Pings())
        return self.request(waiting[0])

    def press(
        self,
        request: ApprovalRequest,
        verdict: Verdict = Verdict.APPROVE,
        actor: Person | None = None,
        **changes: Any,
    ) -> Press:
        press = Press(
            actor=actor or a_person(APPROVER),
            request=request.id,
            revision=request.ask.revision,
            digest=request.digest,
            verdict=verdict,
            origin=an_origin(),
            words="because",
        )
        return replace(press, **changes)

    def run(self, run: Run | ApprovalRequest) -> Run:
        with self.store.read() as reader:
            found = reader.run(run.run if isinstance(run, ApprovalRequest) else run.id)
        assert found is not None
        return found

    def request(self, request: ApprovalRequest) -> ApprovalRequest:
        with self.store.read() as reader:
            found = reader.request(request.id)
        assert found is not None
        return found

    def requests(self, run: Run) -> list[ApprovalRequest]:
        with self.store.read() as reader:
            return list(reader.requests_of(run.id))

    def segment_of(self, run: Run) -> SegmentId:
        with self.store.read() as reader:
            segment = reader.active_segment(run.id)
        assert segment is not None
        return segment.id

    def trail(self) -> list[AuditKind]:
        """Prove the trail, and list what is on it."""
        assert all(report.is_whole for report in AuditTrail(self.database).verify())
        query = text("SELECT kind FROM audit_events ORDER BY seq")
        with self.database.engine.connect() as connection:
            return [AuditKind(kind) for kind in connection.scalars(query)]


@pytest.fixture(name="desk")
def _desk(database: Database, clock: SteppedClock) -> Desk:
    return Desk(database, clock)


def an_entry(call: int = 1) -> JournalEntry:
    return JournalEntry(
        address=CallAddress(path="", method="write", call=call),
        segment=1,
        title="Write",
        entry="{}",
        at=START,
    )


def test_a_run_goes_from_start_to_end(desk: Desk) -> None:
    """Started, asked, approved, carried out: each state in its turn."""
    request = desk.asked()
    assert desk.run(request).state is RunState.WAITING

    desk.service.decide(desk.press(request))
    assert desk.run(request).state is RunState.QUEUED

    work = desk.begin(desk.run(request))
    assert [(answer.verdict, answer.label) for answer in work.answers] == [
        (Verdict.APPROVE, "approved")
    ]
    desk.service.end_segment(work, Finished(result="done"))
    assert desk.run(request).state is RunState.SUCCEEDED


def test_the_same_command_twice_starts_one_run(desk: Desk) -> None:
    """Slack may deliver an envelope twice."""
    first = desk.start(origin="trigger-1")
    second = desk.start(origin="trigger-1")

    assert first.id == second.id


def test_a_run_that_nobody_could_decide_is_not_started(desk: Desk) -> None:
    """It is refused before any model is paid."""
    alone = Policy(name="content", approvers=(REQUESTER,))
    desk.rules.book = a_book(policies={"content": alone})

    with pytest.raises(NobodyToAsk, match="you are the only approver"):
        desk.start()

    with desk.store.read() as reader:
        assert not reader.runs(TEAM)


def test_an_approver_who_left_is_nobody(desk: Desk) -> None:
    """A deactivated account decides nothing, so it does not count at the start."""
    for user in (APPROVER, OTHER):
        SqlPeople(desk.database).put(a_person(user, is_deactivated=True))

    with pytest.raises(NobodyToAsk):
        desk.start()


def test_only_optional_checkpoints_can_be_left_out(desk: Desk) -> None:
    """What the flow does not mark optional is held, whatever the form says."""
    labels = an_ask().labels
    desk.shelf.put(
        a_crew(
            Checkpoint(name="plan", title="Plan", labels=labels, optional=True),
            Checkpoint(name="spend", title="Spend", labels=labels),
        ),
        b"",
    )

    run = desk.start(unticked=("plan", "spend"))

    assert (run.held, run.unticked) == (("spend",), ("plan",))


def test_a_second_decider_is_told_who_was_first(desk: Desk) -> None:
    """One decision counts; the other changes nothing."""
    request = desk.asked()
    desk.service.decide(desk.press(request))

    with pytest.raises(RequestClosed, match="approved by Ben"):
        desk.service.decide(desk.press(request, Verdict.REJECT, a_person(OTHER)))

    assert desk.request(request).state is RequestState.APPROVED


def test_the_same_click_twice_is_one_decision(desk: Desk) -> None:
    """The second delivery is answered like the first, and adds nothing."""
    request = desk.asked()
    press = desk.press(request, origin="click-1")
    desk.service.decide(press)
    before = desk.trail()

    outcome = desk.service.decide(press)

    assert outcome.is_repeat
    assert desk.trail() == before


def test_a_strangers_press_is_refused_and_on_the_trail(desk: Desk) -> None:
    """Who pressed what is not theirs can be found later."""
    request = desk.asked()

    with pytest.raises(NotAnApprover):
        desk.service.decide(desk.press(request, actor=a_person(ADMIN)))

    assert desk.request(request).is_open
    assert desk.trail()[-1] is AuditKind.DECISION_REFUSED


def test_two_deciders_at_the_same_moment_make_one_decision(desk: Desk) -> None:
    """Whoever commits first wins; the other is refused."""
    request = desk.asked()
    presses = [
        desk.press(request, Verdict.APPROVE, a_person(APPROVER)),
        desk.press(request, Verdict.REJECT, a_person(OTHER)),
    ]
    outcomes: list[str] = []

    together(
        *(lambda press=press: outcomes.append(said(desk, press)) for press in presses)
    )

    assert sorted(outcomes) == ["decided", "refused"]
    assert desk.trail().count(AuditKind.DECISION_RECORDED) == 1


def said(desk: Desk, press: Press) -> str:
    try:
        desk.service.decide(press)
    except Refused:
        return "refused"
    return "decided"


def together(*calls: Callable[[], None]) -> None:
    """Run calls in threads that start at once."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], None]) -> None:
        barrier.wait()
        call()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_decision_during_a_segment_waits_for_its_end(desk: Desk) -> None:
    """At most one segment of a run is active; the next one takes the decision along."""
    request = desk.asked()
    desk.service.decide(desk.press(request))
    run = desk.run(request)
    work = desk.begin(run)
    other = replace(
        an_ask(), checkpoint="legal", address=CallAddress(path="", method="l", call=1)
    )
    desk.service.end_segment(work, Waiting(asks=(other,)))
    second = desk.routed(run)

    desk.service.decide(desk.press(second))
    work = desk.begin(run)

    assert {answer.request for answer in work.answers} == {request.id, second.id}
    assert work.segment.answers == (second.id,)


def test_an_expired_request_takes_the_reject_label(desk: Desk) -> None:
    """Silence is never yes, and the run goes on with the truth."""
    request = desk.asked()
    assert not desk.service.expire(request.id)

    desk.clock.move(timedelta(hours=72))

    assert desk.service.expire(request.id)
    assert desk.request(request).state is RequestState.EXPIRED
    answer = desk.begin(desk.run(request)).answers[0]
    assert (answer.verdict, answer.label) == (Verdict.EXPIRED, "rejected")


def test_a_cancelled_run_stops_its_worker_and_its_requests(desk: Desk) -> None:
    """Nothing of it goes on: no write of the worker, no press on the card."""
    request = desk.asked()
    desk.service.decide(desk.press(request))
    work = desk.begin(desk.run(request))

    desk.service.cancel(a_person(REQUESTER), request.run)

    assert not desk.service.still_mine(work)
    with pytest.raises(StaleAttempt):
        desk.service.record_step(work, an_entry())
    with pytest.raises(RunEnded):
        desk.service.cancel(a_person(REQUESTER), request.run)


def test_a_run_is_its_requesters_or_an_admins_to_cancel(desk: Desk) -> None:
    """Others are told whose it is."""
    run = desk.start()

    with pytest.raises(NotYours, match="Ana"):
        desk.service.cancel(a_person(OTHER), run.id)

    assert desk.service.cancel(a_person(ADMIN), run.id).state is RunState.CANCELLED


def test_a_failed_run_goes_on_from_its_journal(desk: Desk) -> None:
    """Retry repeats no finished step."""
    run = desk.start()
    work = desk.begin(run)
    desk.service.record_step(work, an_entry())
    desk.service.end_segment(work, Failed(step="edit", reason="rate limit, 3 tries"))
    assert desk.run(run).reason == "Failed in *edit*: rate limit, 3 tries"

    desk.service.retry(a_person(REQUESTER), run.id)

    work = desk.begin(desk.run(run))
    assert [entry.address.method for entry in work.journal] == ["write"]


def test_a_worker_thought_dead_writes_nothing(desk: Desk) -> None:
    """Its segment was handed to another; its attempt is not the newest any more."""
    run = desk.start()
    old = desk.begin(run, "worker-1")
    assert desk.service.hand_back(old.segment.id, "worker-1")
    new = desk.begin(run, "worker-2")

    for stale in (
        lambda: desk.service.record_step(old, an_entry()),
        lambda: desk.service.end_segment(old, Finished(result="twice")),
        lambda: desk.service.tell_progress(old, "still here"),
    ):
        with pytest.raises(StaleAttempt):
            stale()

    desk.service.end_segment(new, Finished(result="once"))
    assert desk.run(run).result == "once"


def test_a_segment_that_kills_its_workers_is_failed(desk: Desk) -> None:
    """It is not tried for ever."""
    run = desk.start()
    segment = desk.segment_of(run)
    for number in range(MAX_CRASHES):
        executor = f"worker-{number}"
        assert desk.service.begin_segment(segment, executor) is not None
        assert desk.service.hand_back(segment, executor)

    assert desk.run(run).state is RunState.FAILED
    assert desk.service.begin_segment(segment, "worker-9") is None


def test_what_was_changed_after_the_decision_does_not_go_on(desk: Desk) -> None:
    """The digest is checked again when the run goes on."""
    request = desk.asked()
    desk.service.decide(desk.press(request))
    with desk.store.write() as unit:
        decided = unit.request(request.id)
        assert decided is not None
        subject = replace(decided.ask.subject, output='"something else"')
        unit.save_request(replace(decided, ask=replace(decided.ask, subject=subject)))
    run = desk.run(request)

    assert desk.service.begin_segment(desk.segment_of(run), "worker-1") is None

    assert desk.run(run).state is RunState.FAILED
    assert AuditKind.DIGEST_MISMATCH in desk.trail()


def test_the_end_of_a_run_withdraws_what_is_still_asked(desk: Desk) -> None:
    """No live button survives its run."""
    run = desk.start()
    asks = (
        an_ask(),
        replace(
            an_ask(), checkpoint="b", address=CallAddress(path="", method="b", call=1)
        ),
    )
    desk.service.end_segment(desk.begin(run), Waiting(asks=asks))
    first = desk.routed(run)
    desk.service.decide(desk.press(first))

    desk.service.end_segment(desk.begin(run), Finished(result="done"))

    states = {request.state for request in desk.requests(run)}
    assert states == {RequestState.APPROVED, RequestState.CANCELLED}


def test_an_unknown_request_is_unknown(desk: Desk) -> None:
    """A button of another world changes nothing."""
    request = desk.asked()
    gone = desk.press(replace(request, id=type(request.id)("0" * 36)))

    with pytest.raises(Unknown):
        desk.service.decide(gone)
