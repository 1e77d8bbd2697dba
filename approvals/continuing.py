"""How a run goes on: decisions that no segment carries yet become the next segment."""

from dataclasses import replace
from datetime import datetime

from approvals.audit import AuditKind
from approvals.events import request_event
from approvals.ids import RunId, SegmentId, new_id
from approvals.placing import card_thing, run_thing
from approvals.ports import Unit
from approvals.requests import ApprovalRequest, RequestMove
from approvals.runs import Run, RunMove, RunState
from approvals.segments import Segment
from approvals.showing import Rank

_GOES_ON = frozenset({RunState.WAITING, RunState.RUNNING})


def go_on(unit: Unit, run: Run, now: datetime) -> Run:
    """Queue the next segment, if a decision waits to be carried out and none is active.

    A failed run's decisions wait for *Retry*.
    """
    if run.state not in _GOES_ON or unit.active_segment(run.id) is not None:
        return run
    if not any(is_unapplied(request) for request in unit.requests_of(run.id)):
        return run
    queue_segment(unit, run, now)
    return unit.save_run(run.moved(RunMove.GO_ON, now, doing=""))


def queue_segment(unit: Unit, run: Run, now: datetime) -> Segment:
    """Add the next segment; it takes all unapplied decisions with it."""
    last = unit.last_segment(run.id)
    number = 1 if last is None else last.number + 1
    answers = [r for r in unit.requests_of(run.id) if is_unapplied(r)]
    for request in answers:
        unit.save_request(replace(request, applied_in=number))
    segment = Segment(
        id=SegmentId(new_id(now)),
        team=run.team,
        run=run.id,
        number=number,
        answers=tuple(request.id for request in answers),
        created_at=now,
    )
    unit.add_segment(segment)
    return segment


def is_unapplied(request: ApprovalRequest) -> bool:
    """Tell whether a decision on it has yet to be handed to the flow."""
    closing = request.closing
    return (
        not request.is_open
        and closing is not None
        and closing.verdict is not None
        and request.applied_in is None
    )


def cancel_open_requests(unit: Unit, run: RunId, actor: str) -> None:
    """Close what is still asked: the run goes another way, or is over."""
    for request in unit.requests_of(run):
        if request.is_open:
            cancel_request(unit, request, actor)


def cancel_request(unit: Unit, request: ApprovalRequest, actor: str) -> None:
    """Close one request without a decision; its cards lose their buttons."""
    cancelled = unit.save_request(request.moved(RequestMove.CANCEL))
    unit.record(request_event(AuditKind.REQUEST_CANCELLED, actor, cancelled))
    unit.refresh(card_thing(request.id), Rank.SETTLED)


def show_run(unit: Unit, run: RunId, rank: Rank = Rank.NOTICE) -> None:
    """Draw the run's message anew."""
    unit.refresh(run_thing(run), rank)
