"""How a segment ends: people are asked, the run is over, or it failed."""

from dataclasses import replace
from datetime import datetime

from approvals.audit import WORKER, AuditKind
from approvals.continuing import (
    cancel_open_requests,
    cancel_request,
    go_on,
    is_unapplied,
    show_run,
)
from approvals.digest import digest_of, sha256
from approvals.errors import StaleAttempt
from approvals.events import request_event, run_event
from approvals.ids import RequestId, new_id
from approvals.placing import LONG, result, result_file
from approvals.policies import DEFAULT_EXPIRY
from approvals.ports import Unit
from approvals.requests import ApprovalRequest, Ask
from approvals.runs import Run, RunMove, RunState
from approvals.segments import (
    Ending,
    Failed,
    Finished,
    Segment,
    SegmentState,
    Waiting,
    Work,
)
from approvals.verdicts import Verdict


def held(unit: Unit, work: Work) -> tuple[Run, Segment]:
    """Give the run and the segment that this attempt holds.

    Raises:
        StaleAttempt: it is another's by now, or over.

    """
    run = unit.run(work.segment.run)
    segment = unit.segment(work.segment.id)
    if run is None or segment is None or not is_held_by(segment, work):
        raise StaleAttempt
    return run, segment


def is_held_by(segment: Segment, work: Work) -> bool:
    """Tell whether a segment is at work in just this attempt."""
    return (
        segment.state is SegmentState.RUNNING
        and segment.attempt == work.segment.attempt
    )


def end(unit: Unit, work: Work, ending: Ending, now: datetime) -> None:
    """End a segment as the worker says."""
    run, segment = held(unit, work)
    state = SegmentState.FAILED if isinstance(ending, Failed) else SegmentState.ENDED
    unit.save_segment(replace(segment, state=state), attempt=work.segment.attempt)
    match ending:
        case Waiting():
            _wait(unit, run, ending, now)
        case Finished():
            _finish(unit, run, ending, now)
        case Failed():
            fail(unit, run, ending, now)
    show_run(unit, run.id)


def fail(unit: Unit, run: Run, failed: Failed, now: datetime) -> None:
    """Fail a run; *Retry* goes on from its journal, and what is asked stays asked."""
    reason = (
        f"Failed in *{failed.step}*: {failed.reason}" if failed.step else failed.reason
    )
    unit.save_run(
        run.moved(RunMove.FAIL, now, reason=reason, cause=failed.cause, doing="")
    )
    unit.record(
        run_event(
            AuditKind.RUN_FAILED, WORKER, run, reason=reason, detail=failed.detail
        )
    )
    show_run(unit, run.id)


def _wait(unit: Unit, run: Run, waiting: Waiting, now: datetime) -> None:
    known = {_key(request.ask): request for request in unit.requests_of(run.id)}
    for ask in waiting.asks:
        if _key(ask) not in known:
            _open(unit, run, ask, now)
    for request in known.values():
        if request.is_open and request.ask.address in waiting.overtaken:
            cancel_request(unit, request, WORKER)
    requests = unit.requests_of(run.id)
    if any(is_unapplied(request) for request in requests):
        go_on(unit, run, now)
    elif any(request.is_open for request in requests):
        unit.save_run(run.moved(RunMove.PAUSE, now, doing=""))
    else:
        nothing = Failed(
            step="", reason="the flow waits, but for nothing that is asked"
        )
        fail(unit, run, nothing, now)


def _key(ask: Ask) -> tuple[str, str, int, int]:
    return ask.address.path, ask.checkpoint, ask.visit, ask.revision


def _open(unit: Unit, run: Run, ask: Ask, now: datetime) -> None:
    expires_at = now + DEFAULT_EXPIRY  # until a policy says otherwise
    request = ApprovalRequest(
        id=RequestId(new_id(now)),
        team=run.team,
        run=run.id,
        ask=ask,
        digest=digest_of(run.id, ask),
        asked_at=now,
        expires_at=expires_at,
        next_due_at=expires_at,
    )
    unit.add_request(request)
    unit.record(
        request_event(
            AuditKind.REQUEST_OPENED,
            WORKER,
            request,
            checkpoint=ask.checkpoint,
            visit=ask.visit,
            revision=ask.revision,
            title=ask.subject.title,
            digest=request.digest,
        )
    )


def _finish(unit: Unit, run: Run, finished: Finished, now: datetime) -> None:
    cancel_open_requests(unit, run.id, WORKER)
    run = unit.save_run(
        run.moved(
            _final_move(finished.ended_by),
            now,
            result=finished.result,
            ended_by=finished.at_checkpoint,
            doing="",
        )
    )
    if run.state is RunState.SUCCEEDED:
        long = [result_file(run)] if len(run.result) > LONG else []
        unit.show([result(run), *long])
    unit.record(
        run_event(
            AuditKind.RUN_ENDED,
            WORKER,
            run,
            state=run.state.value,
            at=finished.at_checkpoint,
            result_sha256=sha256(finished.result),
        )
    )


def _final_move(ended_by: Verdict | None) -> RunMove:
    match ended_by:
        case Verdict.REJECT:
            return RunMove.REJECT
        case Verdict.EXPIRED:
            return RunMove.EXPIRE
        case _:
            return RunMove.SUCCEED
