"""What a worker reports, and what follows: the inside of `SegmentDesk`."""

from dataclasses import replace
from datetime import datetime

from approvals.audit import WORKER, AuditKind
from approvals.continuing import show_run
from approvals.deciding import is_as_decided
from approvals.digest import digest_of, sha256
from approvals.ending import fail, held, is_held_by
from approvals.events import request_event
from approvals.ids import SegmentId
from approvals.ports import Reader, Unit
from approvals.requests import ApprovalRequest
from approvals.runs import Run, RunMove
from approvals.segments import (
    MAX_CRASHES,
    Answer,
    Failed,
    JournalEntry,
    Segment,
    SegmentState,
    Work,
)
from approvals.showing import Rank


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
        _record_applied(unit, taken)
    show_run(unit, run.id)
    return _work(unit, run, taken)


def still_mine(reader: Reader, work: Work) -> bool:
    """Tell whether this attempt still holds the segment."""
    segment = reader.segment(work.segment.id)
    return segment is not None and is_held_by(segment, work)


def record_step(unit: Unit, work: Work, entry: JournalEntry, now: datetime) -> None:
    """Journal a finished call and show that the run has come further."""
    run, _ = held(unit, work)
    unit.add_journal(run.id, run.team, entry)
    unit.save_run(replace(run, doing="", changed_at=now))
    show_run(unit, run.id, Rank.PROGRESS)


def tell_progress(unit: Unit, work: Work, doing: str, now: datetime) -> None:
    """Keep what the run does now."""
    run, _ = held(unit, work)
    if run.doing != doing:
        unit.save_run(replace(run, doing=doing, changed_at=now))
        show_run(unit, run.id, Rank.PROGRESS)


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


def _decided(reader: Reader, run: Run) -> list[ApprovalRequest]:
    """List what was decided and is carried out, in the order of the decisions."""
    decided = [
        (request.closing.at, request.id, request)
        for request in reader.requests_of(run.id)
        if request.applied_in is not None and request.closing is not None
    ]
    return [request for _, _, request in sorted(decided, key=lambda one: one[:2])]


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
        request_event(
            AuditKind.DIGEST_MISMATCH,
            WORKER,
            request,
            stored=request.digest,
            found=digest_of(run.id, request.ask),
        )
    )
    reason = (
        f"what was decided at “{request.ask.subject.title}” is not what is stored now;"
        " the run does not go on"
    )
    fail(unit, run, Failed(step="", reason=reason), now)


def _record_applied(unit: Unit, segment: Segment) -> None:
    for applied in segment.answers:
        request = unit.request(applied)
        if request is not None:
            event = request_event(
                AuditKind.DECISION_APPLIED, WORKER, request, segment=segment.number
            )
            unit.record(event)


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
