"""What a worker reports, and what follows: the inside of `SegmentDesk`."""

from dataclasses import replace
from datetime import datetime

from approvals.audit import AuditEvent, AuditKind
from approvals.continuing import (
    cancel_open_requests,
    cancel_request,
    go_on,
    is_unapplied,
    show_run,
)
from approvals.deciding import is_as_decided
from approvals.digest import digest_of, sha256
from approvals.errors import StaleAttempt
from approvals.ids import RequestId, SegmentId, new_id
from approvals.placing import result
from approvals.policies import DEFAULT_EXPIRY
from approvals.ports import Reader, Unit
from approvals.requests import ApprovalRequest, Ask
from approvals.runs import Run, RunMove, RunState
from approvals.segments import (
    MAX_CRASHES,
    Answer,
    Ending,
    Failed,
    Finished,
    JournalEntry,
    Segment,
    SegmentState,
    Waiting,
    Work,
)
from approvals.showing import Rank
from approvals.verdicts import Verdict

WORKER = "worker"
"""The actor of what no person did."""


def begin(
    unit: Unit, segment_id: SegmentId, executor: str, now: datetime
) -> Work | None:
    """Take a queued segment; None when it is another's, or there is nothing to do."""
    found = unit.segment(segment_id)
    if found is None:
        return None
    run = _locked_run(unit, found)
    segment = unit.segment(segment_id)  # again, now that the run is locked
    if run is None or segment is None or segment.state is not SegmentState.QUEUED:
        return None
    taken = replace(
        segment,
        state=SegmentState.RUNNING,
        attempt=segment.attempt + 1,
        executor=executor,
    )
    unit.save_segment(taken, attempt=segment.attempt)
    changed = _changed_after_decision(unit, run)
    run = unit.save_run(run.moved(RunMove.START, now))
    if changed is not None:
        _refuse_changed(unit, run, taken, changed, now)
        return None
    if taken.attempt == 1:
        _record_applied(unit, run, taken)
    show_run(unit, run.id)
    return _work(unit, run, taken)


def still_mine(reader: Reader, work: Work) -> bool:
    """Tell whether this attempt still holds the segment."""
    segment = reader.segment(work.segment.id)
    return segment is not None and _is_held_by(segment, work)


def record_step(unit: Unit, work: Work, entry: JournalEntry, now: datetime) -> None:
    """Journal a finished call and show that the run has come further."""
    run, _ = _mine(unit, work)
    unit.add_journal(run.id, run.team, entry)
    unit.save_run(replace(run, doing="", changed_at=now))
    show_run(unit, run.id, Rank.PROGRESS)


def tell_progress(unit: Unit, work: Work, doing: str, now: datetime) -> None:
    """Keep what the run does now."""
    run, _ = _mine(unit, work)
    if run.doing != doing:
        unit.save_run(replace(run, doing=doing, changed_at=now))
        show_run(unit, run.id, Rank.PROGRESS)


def end(unit: Unit, work: Work, ending: Ending, now: datetime) -> None:
    """End a segment as the worker says."""
    run, segment = _mine(unit, work)
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


def hand_back(unit: Unit, segment_id: SegmentId, executor: str, now: datetime) -> bool:
    """Queue a dead worker's segment again, or fail it when it kills every worker."""
    found = unit.segment(segment_id)
    if found is None:
        return False
    run = _locked_run(unit, found)
    segment = unit.segment(segment_id)
    if run is None or segment is None:
        return False
    match segment.state:
        case SegmentState.QUEUED:
            unit.requeue_segment(segment)
        case SegmentState.RUNNING if segment.executor == executor:
            _take_from_dead(unit, run, segment, now)
        case _:
            return False
    return True


def fail(unit: Unit, run: Run, failed: Failed, now: datetime) -> None:
    """Fail a run; *Retry* goes on from its journal, and what is asked stays asked."""
    reason = (
        f"Failed in *{failed.step}*: {failed.reason}" if failed.step else failed.reason
    )
    unit.save_run(run.moved(RunMove.FAIL, now, reason=reason, doing=""))
    unit.record(
        AuditEvent(
            team=run.team,
            kind=AuditKind.RUN_FAILED,
            actor=WORKER,
            run=run.id,
            payload={"reason": reason, "detail": failed.detail},
        )
    )
    show_run(unit, run.id)


def _mine(unit: Unit, work: Work) -> tuple[Run, Segment]:
    run = unit.run(work.segment.run)
    segment = unit.segment(work.segment.id)
    if run is None or segment is None or not _is_held_by(segment, work):
        raise StaleAttempt
    return run, segment


def _is_held_by(segment: Segment, work: Work) -> bool:
    return (
        segment.state is SegmentState.RUNNING
        and segment.attempt == work.segment.attempt
    )


def _locked_run(unit: Unit, segment: Segment) -> Run | None:
    run = unit.run(segment.run)
    return None if run is None or run.is_final else run


def _take_from_dead(unit: Unit, run: Run, segment: Segment, now: datetime) -> None:
    if segment.attempt >= MAX_CRASHES:
        failed = replace(segment, state=SegmentState.FAILED)
        unit.save_segment(failed, attempt=segment.attempt)
        reason = f"the worker ended {segment.attempt} times while it ran"
        fail(unit, run, Failed(step="", reason=reason), now)
        return
    unit.requeue_segment(replace(segment, state=SegmentState.QUEUED, executor=None))
    unit.save_run(run.moved(RunMove.REQUEUE, now, doing=""))
    show_run(unit, run.id)


def _wait(unit: Unit, run: Run, waiting: Waiting, now: datetime) -> None:
    known = {_key(request.ask): request for request in unit.requests_of(run.id)}
    for ask in waiting.asks:
        if _key(ask) not in known:
            _open(unit, run, ask, now)
    for request in known.values():
        if request.is_open and request.ask.address in waiting.overtaken:
            cancel_request(unit, request)
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
        AuditEvent(
            team=run.team,
            kind=AuditKind.REQUEST_OPENED,
            actor=WORKER,
            run=run.id,
            request=request.id,
            payload={
                "checkpoint": ask.checkpoint,
                "visit": ask.visit,
                "revision": ask.revision,
                "title": ask.subject.title,
                "digest": request.digest,
            },
        )
    )


def _finish(unit: Unit, run: Run, finished: Finished, now: datetime) -> None:
    cancel_open_requests(unit, run.id)
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
        unit.show([result(run)])
    unit.record(
        AuditEvent(
            team=run.team,
            kind=AuditKind.RUN_ENDED,
            actor=WORKER,
            run=run.id,
            payload={
                "state": run.state.value,
                "at": finished.at_checkpoint,
                "result_sha256": sha256(finished.result),
            },
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


def _decided(reader: Reader, run: Run) -> list[ApprovalRequest]:
    return [
        request
        for request in reader.requests_of(run.id)
        if request.applied_in is not None and request.closing is not None
    ]


def _changed_after_decision(reader: Reader, run: Run) -> ApprovalRequest | None:
    """Find a request that is not any more what its people decided on."""
    for request in _decided(reader, run):
        for decision in reader.decisions_of(request.id):
            if not is_as_decided(request, decision.digest):
                return request
    return None


def _refuse_changed(
    unit: Unit, run: Run, segment: Segment, request: ApprovalRequest, now: datetime
) -> None:
    unit.save_segment(
        replace(segment, state=SegmentState.FAILED), attempt=segment.attempt
    )
    unit.record(
        AuditEvent(
            team=run.team,
            kind=AuditKind.DIGEST_MISMATCH,
            actor=WORKER,
            run=run.id,
            request=request.id,
            payload={"stored": request.digest, "found": digest_of(run.id, request.ask)},
        )
    )
    reason = (
        f"what was decided at “{request.ask.subject.title}” is not what is stored now;"
        " the run does not go on"
    )
    fail(unit, run, Failed(step="", reason=reason), now)


def _record_applied(unit: Unit, run: Run, segment: Segment) -> None:
    for request in segment.answers:
        unit.record(
            AuditEvent(
                team=run.team,
                kind=AuditKind.DECISION_APPLIED,
                actor=WORKER,
                run=run.id,
                request=request,
                payload={"segment": segment.number},
            )
        )


def _work(reader: Reader, run: Run, segment: Segment) -> Work:
    return Work(
        segment=segment,
        run_code=run.code,
        crew=run.crew,
        crew_version=run.crew_version,
        inputs=run.inputs,
        held=run.held,
        practice=run.practice,
        requester=run.requester_name,
        priority=run.priority.value,
        journal=tuple(reader.journal(run.id)),
        answers=tuple(_answer(request) for request in _decided(reader, run)),
    )


def _answer(request: ApprovalRequest) -> Answer:
    closing = request.closing
    if closing is None or closing.verdict is None:  # pragma: no cover
        message = "only decided requests are applied"
        raise AssertionError(message)
    return Answer(
        address=request.ask.address,
        request=request.id,
        verdict=closing.verdict,
        label=closing.label,
        words=closing.words,
        by=closing.by_name,
        output_digest=sha256(request.ask.subject.output),
    )
