"""The one door: every change of a run or a request goes through here.

Clicks, commands, timers, workers and (later) HTTP calls all come to `ApprovalService`.
Each method is one transaction, which holds the new state, the decision, the audit
event, what Slack must show and the segment that continues the run. Nothing outside
is done in here; all that is done outside can be done again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Concatenate, Final, ParamSpec, TypeVar

from approvals import reporting
from approvals.audit import AuditEvent, AuditKind
from approvals.authority import RunAction, authorise_run
from approvals.continuing import cancel_open_requests, go_on, queue_segment, show_run
from approvals.deciding import Press, check_press, decide, expire
from approvals.decisions import Decision
from approvals.errors import Conflict, Refused, RunEnded, Unknown
from approvals.ids import (
    DecisionId,
    RequestId,
    RunId,
    SegmentId,
    UserId,
    new_code,
    new_id,
)
from approvals.people import Person
from approvals.placing import card_thing, cards, unroutable
from approvals.policies import Policy
from approvals.ports import Clock, Reader, Rules, Store, Unit
from approvals.requests import ApprovalRequest, RequestState
from approvals.runs import Run, RunMove, RunState
from approvals.segments import Ending, JournalEntry, SegmentState, Work
from approvals.showing import Rank
from approvals.starting import Start, add_started, new_run

CLOCK: Final = "clock"
"""The actor of what time did."""

BOT: Final = "bot"
"""The actor of routing."""

_TRIES: Final = 5

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a press led to. `is_repeat`: the same envelope had come before."""

    run: Run
    request: ApprovalRequest
    is_repeat: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Pings:
    """Who is told of a new card, one way each."""

    mention: tuple[UserId, ...] = ()
    message: tuple[UserId, ...] = ()


class ApprovalService:
    """All that can happen to runs and requests."""

    def __init__(self, *, store: Store, rules: Rules, clock: Clock) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock

    def start(self, start: Start) -> Run:
        """Start a run, once for each origin.

        Raises:
            Refused: nobody could decide a checkpoint, or the person may not start.
            Unknown: no such crew.

        """
        return self._write(self._start, start)

    def check_start(self, start: Start) -> None:
        """Refuse what `start` would refuse, and change nothing."""
        with self._store.read() as reader:
            new_run(reader, start, self._rules.current(), self._clock.now())

    def decide(self, press: Press) -> Outcome:
        """Record a person's decision and let the run go on with it.

        Raises:
            Refused: and why; a refused press of somebody else's card is on the trail.
            Unknown: no such request.

        """
        try:
            return self._write(self._decide, press)
        except Refused as refusal:
            self._write(self._record_refusal, press, refusal)
            raise

    def check_press(self, press: Press) -> Outcome:
        """Refuse what `decide` would refuse, before a form is opened for it."""
        with self._store.read() as reader:
            request, run = _request_and_run(reader, press.request)
            check_press(request, run, press, _names(reader, request))
            return Outcome(run=run, request=request)

    def route(
        self,
        request: RequestId,
        policy: Policy,
        approvers: tuple[UserId, ...],
        pings: Pings,
    ) -> bool:
        """Give an open request its policy and people; False when it has them already.

        `approvers` are those whom the policy names and who can decide just now.
        """
        return self._write(self._route, request, policy, approvers, pings)

    def tell_unroutable(self, request: RequestId, reason: str) -> bool:
        """Show requester and admins why nobody can decide; False when they know it."""
        return self._write(self._tell_unroutable, request, reason)

    def expire(self, request: RequestId) -> bool:
        """Close a request whose time has run out; False when it has not, or is closed."""
        return self._write(self._expire, request)

    def cancel(self, actor: Person, run: RunId) -> Run:
        """End a run, whatever it does just now.

        Raises:
            Refused: not theirs, or over already.

        """
        return self._write(self._cancel, actor, run)

    def retry(self, actor: Person, run: RunId) -> Run:
        """Let a failed run go on from its journal.

        Raises:
            Refused: not theirs, or not failed.

        """
        return self._write(self._retry, actor, run)

    # The worker's side: see approvals.ports.SegmentDesk.

    def begin_segment(self, segment: SegmentId, executor: str) -> Work | None:
        return self._write(reporting.begin, segment, executor, self._clock.now())

    def still_mine(self, work: Work) -> bool:
        with self._store.read() as reader:
            return reporting.still_mine(reader, work)

    def record_step(self, work: Work, entry: JournalEntry) -> None:
        self._write(reporting.record_step, work, entry, self._clock.now())

    def tell_progress(self, work: Work, doing: str) -> None:
        self._write(reporting.tell_progress, work, doing, self._clock.now())

    def end_segment(self, work: Work, ending: Ending) -> None:
        self._write(reporting.end, work, ending, self._clock.now())

    def hand_back(self, segment: SegmentId, executor: str) -> bool:
        return self._write(reporting.hand_back, segment, executor, self._clock.now())

    def _write(
        self,
        change: Callable[Concatenate[Unit, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Do a change in one transaction; again when somebody else was quicker."""
        for _ in range(_TRIES - 1):
            try:
                with self._store.write() as unit:
                    return change(unit, *args, **kwargs)
            except Conflict:
                continue
        with self._store.write() as unit:
            return change(unit, *args, **kwargs)

    def _admins(self) -> tuple[UserId, ...]:
        """Give the admins; a missing rules file must not keep anybody from cancelling."""
        try:
            return self._rules.current().admins
        except Refused:
            return ()

    def _start(self, unit: Unit, start: Start) -> Run:
        known = unit.run_by_origin(start.requester.team, start.origin)
        if known is not None:
            return known
        now = self._clock.now()
        run = new_run(unit, start, self._rules.current(), now)
        while unit.run_by_code(run.team, run.code) is not None:
            run = replace(run, code=new_code())
        add_started(unit, run, now)
        return run

    def _decide(self, unit: Unit, press: Press) -> Outcome:
        request, run = _request_and_run(unit, press.request)
        if unit.decision_by_origin(run.team, press.origin) is not None:
            return Outcome(run=run, request=request, is_repeat=True)
        now = self._clock.now()
        decided = decide(request, run, press, _names(unit, request), now)
        decided = unit.save_request(decided)
        _record_decision(unit, decided, press, now)
        run = go_on(unit, run, now)
        unit.refresh(card_thing(request.id), Rank.SETTLED)
        show_run(unit, run.id)
        return Outcome(run=run, request=decided)

    def _record_refusal(self, unit: Unit, press: Press, refusal: Refused) -> None:
        request = unit.request(press.request)
        if request is None:
            return
        unit.record(
            AuditEvent(
                team=request.team,
                kind=AuditKind.DECISION_REFUSED,
                actor=press.actor.user,
                run=request.run,
                request=request.id,
                payload={
                    "verdict": press.verdict.value,
                    "why": type(refusal).__name__,
                },
            )
        )

    def _route(
        self,
        unit: Unit,
        request_id: RequestId,
        policy: Policy,
        approvers: tuple[UserId, ...],
        pings: Pings,
    ) -> bool:
        request, run = _request_and_run(unit, request_id)
        if request.is_routed or not request.is_open or run.is_final:
            return False
        expires_at = request.asked_at + policy.expires_after
        routed = unit.save_request(
            replace(
                request,
                policy=policy,
                approvers=approvers,
                unroutable="",
                expires_at=expires_at,
                next_due_at=expires_at,
            )
        )
        unit.record(
            _event(
                AuditKind.REQUEST_ROUTED,
                BOT,
                routed,
                policy=policy.name,
                approvers=list(routed.approvers),
                self_approval=policy.self_approval,
                expires_at=expires_at.isoformat(),
            )
        )
        shown = cards(run, routed, mention=pings.mention, message=pings.message)
        unit.show(shown)
        show_run(unit, run.id)
        return True

    def _tell_unroutable(self, unit: Unit, request_id: RequestId, reason: str) -> bool:
        request, run = _request_and_run(unit, request_id)
        if request.is_routed or not request.is_open or request.unroutable == reason:
            return False
        told = unit.save_request(replace(request, unroutable=reason))
        unit.record(_event(AuditKind.REQUEST_UNROUTABLE, BOT, told, reason=reason))
        unit.show(unroutable(run, told, self._admins()))
        return True

    def _expire(self, unit: Unit, request_id: RequestId) -> bool:
        request, run = _request_and_run(unit, request_id)
        now = self._clock.now()
        if request.state is not RequestState.PENDING or now < request.expires_at:
            return False
        expired = unit.save_request(expire(request, now))
        unit.record(_event(AuditKind.REQUEST_EXPIRED, CLOCK, expired))
        go_on(unit, run, now)
        unit.refresh(card_thing(request.id), Rank.SETTLED)
        show_run(unit, run.id)
        return True

    def _cancel(self, unit: Unit, actor: Person, run_id: RunId) -> Run:
        run = _run(unit, run_id)
        authorise_run(actor, RunAction.CANCEL, run, self._admins())
        if run.is_final:
            raise RunEnded(run.code, run.state.value)
        now = self._clock.now()
        segment = unit.active_segment(run.id)
        if segment is not None:
            ended = replace(segment, state=SegmentState.CANCELLED)
            unit.save_segment(ended, attempt=segment.attempt)
        cancel_open_requests(unit, run.id)
        reason = f"Cancelled by {actor.name}"
        run = unit.save_run(run.moved(RunMove.CANCEL, now, reason=reason, doing=""))
        unit.record(_run_event(AuditKind.RUN_CANCELLED, actor, run))
        show_run(unit, run.id)
        return run

    def _retry(self, unit: Unit, actor: Person, run_id: RunId) -> Run:
        run = _run(unit, run_id)
        authorise_run(actor, RunAction.RETRY, run, self._admins())
        if run.state is not RunState.FAILED:
            raise RunEnded(run.code, run.state.value)
        now = self._clock.now()
        queue_segment(unit, run, now)
        run = unit.save_run(run.moved(RunMove.RETRY, now, reason=""))
        unit.record(_run_event(AuditKind.RUN_RETRIED, actor, run))
        show_run(unit, run.id)
        return run


def _run(reader: Reader, run_id: RunId) -> Run:
    run = reader.run(run_id)
    if run is None:
        raise Unknown("run")
    return run


def _request_and_run(
    reader: Reader, request_id: RequestId
) -> tuple[ApprovalRequest, Run]:
    """Read a request with its run, the run first: that is the order of locks."""
    found = reader.request(request_id)
    if found is None:
        raise Unknown("request")
    run = _run(reader, found.run)
    return reader.request(request_id) or found, run


def _names(reader: Reader, request: ApprovalRequest) -> Mapping[UserId, str]:
    people = {user: reader.person(request.team, user) for user in request.approvers}
    return {user: person.name for user, person in people.items() if person}


def _record_decision(
    unit: Unit, request: ApprovalRequest, press: Press, now: datetime
) -> None:
    decision = Decision(
        id=DecisionId(new_id(now)),
        team=request.team,
        request=request.id,
        person=press.actor.user,
        person_name=press.actor.name,
        verdict=press.verdict,
        label=request.closing.label if request.closing else None,
        words=press.words.strip(),
        digest=press.digest,
        origin=press.origin,
        at=now,
    )
    unit.add_decision(decision)
    unit.record(
        _event(
            AuditKind.DECISION_RECORDED,
            decision.person,
            request,
            decision=decision.id,
            name=decision.person_name,
            verdict=decision.verdict.value,
            label=decision.label,
            words=decision.words,
            digest=decision.digest,
        )
    )


def _event(
    kind: AuditKind, actor: str, request: ApprovalRequest, **payload: object
) -> AuditEvent:
    return AuditEvent(
        team=request.team,
        kind=kind,
        actor=actor,
        run=request.run,
        request=request.id,
        payload=payload,
    )


def _run_event(kind: AuditKind, actor: Person, run: Run) -> AuditEvent:
    return AuditEvent(
        team=run.team,
        kind=kind,
        actor=actor.user,
        run=run.id,
        payload={"name": actor.name},
    )
