"""A run is cancelled, or let go on after a failure, by those whose run it is."""

from dataclasses import replace
from datetime import datetime

from approvals.audit import AuditKind
from approvals.authority import RunAction, authorise_run
from approvals.continuing import cancel_open_requests, queue_segment, show_run
from approvals.errors import NothingToRetry, RunEnded
from approvals.events import run_event
from approvals.finding import find_run
from approvals.ids import RunId, UserId
from approvals.people import Person
from approvals.ports import Unit
from approvals.runs import Run, RunMove, RunState
from approvals.segments import SegmentState


def cancel(
    unit: Unit,
    actor: Person,
    run_id: RunId,
    admins: tuple[UserId, ...],
    now: datetime,
) -> Run:
    """End a run: its worker stops, and what it asks is withdrawn.

    Raises:
        Refused: not theirs, or over already.

    """
    run = find_run(unit, run_id)
    authorise_run(actor, RunAction.CANCEL, run, admins)
    if run.is_final:
        raise RunEnded(run.code, run.how_it_ended)
    segment = unit.active_segment(run.id)
    if segment is not None:
        ended = replace(segment, state=SegmentState.CANCELLED)
        unit.save_segment(ended, attempt=segment.attempt)
    cancel_open_requests(unit, run.id, actor.user)
    reason = f"Cancelled by {actor.name}"
    run = unit.save_run(run.moved(RunMove.CANCEL, now, reason=reason, doing=""))
    unit.record(run_event(AuditKind.RUN_CANCELLED, actor.user, run, name=actor.name))
    show_run(unit, run.id)
    return run


def retry(
    unit: Unit,
    actor: Person,
    run_id: RunId,
    admins: tuple[UserId, ...],
    now: datetime,
) -> Run:
    """Queue a failed run's next segment: it goes on from the journal.

    Raises:
        Refused: not theirs, or not failed.

    """
    run = find_run(unit, run_id)
    authorise_run(actor, RunAction.RETRY, run, admins)
    if run.is_final:
        raise RunEnded(run.code, run.how_it_ended)
    if run.state is not RunState.FAILED:
        raise NothingToRetry(run.code)
    queue_segment(unit, run, now)
    run = unit.save_run(run.moved(RunMove.RETRY, now, reason="", cause=None))
    unit.record(run_event(AuditKind.RUN_RETRIED, actor.user, run, name=actor.name))
    show_run(unit, run.id)
    return run
