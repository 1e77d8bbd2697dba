"""A request closes: by a person's press or by the clock, and its run goes on."""

from dataclasses import dataclass
from datetime import datetime

from approvals.audit import CLOCK, AuditKind
from approvals.continuing import go_on, show_run
from approvals.deciding import Press, decide, expire
from approvals.decisions import Decision
from approvals.errors import Refused
from approvals.events import request_event
from approvals.finding import approver_names, request_and_run
from approvals.ids import DecisionId, RequestId, new_id
from approvals.placing import card_thing
from approvals.ports import Unit
from approvals.requests import ApprovalRequest, RequestState
from approvals.runs import Run
from approvals.showing import Rank


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a press led to. `is_repeat`: the same envelope had come before."""

    run: Run
    request: ApprovalRequest
    is_repeat: bool = False


def decide_press(unit: Unit, press: Press, now: datetime) -> Outcome:
    """Record a person's decision, once for each origin.

    Raises:
        Refused: nothing follows from the press.
        Unknown: no such request.

    """
    request, run = request_and_run(unit, press.request)
    if unit.decision_by_origin(run.team, press.origin) is not None:
        return Outcome(run=run, request=request, is_repeat=True)
    names = approver_names(unit, request)
    decided = unit.save_request(decide(request, run, press, names, now))
    _record_decision(unit, decided, press, now)
    return Outcome(run=_go_on(unit, run, decided, now), request=decided)


def record_refusal(unit: Unit, press: Press, refusal: Refused) -> None:
    """Keep on the trail who pressed what is not theirs, or came too late."""
    request = unit.request(press.request)
    if request is not None:
        event = request_event(
            AuditKind.DECISION_REFUSED,
            press.actor.user,
            request,
            verdict=press.verdict.value,
            why=type(refusal).__name__,
        )
        unit.record(event)


def expire_due(unit: Unit, request_id: RequestId, now: datetime) -> bool:
    """Close a request whose time has run out; False when it has not, or is closed."""
    request, run = request_and_run(unit, request_id)
    if request.state is not RequestState.PENDING or now < request.expires_at:
        return False
    expired = unit.save_request(expire(request, now))
    unit.record(request_event(AuditKind.REQUEST_EXPIRED, CLOCK, expired))
    _go_on(unit, run, expired, now)
    return True


def _go_on(unit: Unit, run: Run, closed: ApprovalRequest, now: datetime) -> Run:
    run = go_on(unit, run, now)
    unit.refresh(card_thing(closed.id), Rank.SETTLED)
    show_run(unit, run.id)
    return run


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
        request_event(
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
