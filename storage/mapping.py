"""Rows to values and back.

Columns that are asked about have their own; what is only ever read whole is JSON,
written and read through pydantic.
"""

from dataclasses import asdict
from typing import Any, Final

from pydantic import TypeAdapter

from approvals.crews import Checkpoint, CrewProblem, CrewVersion
from approvals.decisions import Decision
from approvals.ids import (
    ChannelId,
    DecisionId,
    RequestId,
    RunCode,
    RunId,
    SegmentId,
    TeamId,
    UserId,
)
from approvals.people import Person
from approvals.policies import Policy
from approvals.requests import (
    ApprovalRequest,
    Ask,
    CallAddress,
    Closing,
    RequestState,
)
from approvals.runs import FailureCause, Priority, Run, RunState
from approvals.segments import JournalEntry, Segment, SegmentState
from approvals.showing import Manner, Place, Rank, Thing, ThingKind, Wanted
from approvals.verdicts import Verdict
from storage.tables import (
    CrewVersionRow,
    DecisionRow,
    JournalRow,
    PersonRow,
    PostingRow,
    RequestRow,
    RunRow,
    SegmentRow,
)

_ASK: Final = TypeAdapter(Ask)
_POLICY: Final = TypeAdapter(Policy)
_CLOSING: Final = TypeAdapter(Closing)
_CHECKPOINTS: Final = TypeAdapter(tuple[Checkpoint, ...])
_PROBLEMS: Final = TypeAdapter(tuple[CrewProblem, ...])


def run_columns(run: Run) -> dict[str, Any]:
    """Give a run's columns."""
    return {
        "id": run.id,
        "team_id": run.team,
        "code": run.code,
        "crew": run.crew,
        "crew_title": run.crew_title,
        "crew_version": run.crew_version,
        "inputs": dict(run.inputs),
        "requester": run.requester,
        "requester_name": run.requester_name,
        "channel": run.channel,
        "origin": run.origin,
        "priority": run.priority.value,
        "held": list(run.held),
        "unticked": list(run.unticked),
        "practice": run.practice,
        "state": run.state.value,
        "version": run.version,
        "doing": run.doing,
        "reason": run.reason,
        "cause": run.cause.value if run.cause else None,
        "ended_by": run.ended_by,
        "result": run.result,
        "created_at": run.created_at,
        "changed_at": run.changed_at,
    }


def run_of(row: RunRow) -> Run:
    """Read a run."""
    return Run(
        id=RunId(row.id),
        team=TeamId(row.team_id),
        code=RunCode(row.code),
        crew=row.crew,
        crew_title=row.crew_title,
        crew_version=row.crew_version,
        inputs=row.inputs,
        requester=UserId(row.requester),
        requester_name=row.requester_name,
        channel=ChannelId(row.channel),
        origin=row.origin,
        priority=Priority(row.priority),
        held=tuple(row.held),
        unticked=tuple(row.unticked),
        practice=row.practice,
        state=RunState(row.state),
        version=row.version,
        doing=row.doing,
        reason=row.reason,
        cause=FailureCause(row.cause) if row.cause else None,
        ended_by=row.ended_by,
        result=row.result,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


def request_columns(request: ApprovalRequest) -> dict[str, Any]:
    """Give a request's columns."""
    ask, policy, closing = request.ask, request.policy, request.closing
    return {
        "id": request.id,
        "team_id": request.team,
        "run_id": request.run,
        "path": ask.address.path,
        "checkpoint": ask.checkpoint,
        "visit": ask.visit,
        "revision": ask.revision,
        "ask": _ASK.dump_python(ask, mode="json"),
        "digest": request.digest,
        "state": request.state.value,
        "version": request.version,
        "policy": policy and _POLICY.dump_python(policy, mode="json"),
        "approvers": list(request.approvers),
        "unroutable": request.unroutable,
        "asked_at": request.asked_at,
        "expires_at": request.expires_at,
        "next_due_at": request.next_due_at,
        "closing": closing and _CLOSING.dump_python(closing, mode="json"),
        "applied_in": request.applied_in,
    }


def request_of(row: RequestRow) -> ApprovalRequest:
    """Read a request."""
    return ApprovalRequest(
        id=RequestId(row.id),
        team=TeamId(row.team_id),
        run=RunId(row.run_id),
        ask=_ASK.validate_python(row.ask),
        digest=row.digest,
        state=RequestState(row.state),
        version=row.version,
        policy=row.policy and _POLICY.validate_python(row.policy),
        approvers=tuple(UserId(user) for user in row.approvers),
        unroutable=row.unroutable,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        next_due_at=row.next_due_at,
        closing=row.closing and _CLOSING.validate_python(row.closing),
        applied_in=row.applied_in,
    )


def decision_columns(decision: Decision) -> dict[str, Any]:
    """Give a decision's columns."""
    return {
        "id": decision.id,
        "team_id": decision.team,
        "request_id": decision.request,
        "person": decision.person,
        "person_name": decision.person_name,
        "verdict": decision.verdict.value,
        "label": decision.label,
        "words": decision.words,
        "digest": decision.digest,
        "origin": decision.origin,
        "at": decision.at,
    }


def decision_of(row: DecisionRow) -> Decision:
    """Read a decision."""
    return Decision(
        id=DecisionId(row.id),
        team=TeamId(row.team_id),
        request=RequestId(row.request_id),
        person=UserId(row.person),
        person_name=row.person_name,
        verdict=Verdict(row.verdict),
        label=row.label,
        words=row.words,
        digest=row.digest,
        origin=row.origin,
        at=row.at,
    )


def segment_columns(segment: Segment) -> dict[str, Any]:
    """Give a segment's columns; how often it was queued is the queue's affair."""
    return {
        "id": segment.id,
        "team_id": segment.team,
        "run_id": segment.run,
        "number": segment.number,
        "state": segment.state.value,
        "attempt": segment.attempt,
        "executor": segment.executor,
        "not_before": segment.not_before,
        "answers": list(segment.answers),
        "created_at": segment.created_at,
    }


def segment_of(row: SegmentRow) -> Segment:
    """Read a segment."""
    return Segment(
        id=SegmentId(row.id),
        team=TeamId(row.team_id),
        run=RunId(row.run_id),
        number=row.number,
        state=SegmentState(row.state),
        attempt=row.attempt,
        executor=row.executor,
        not_before=row.not_before,
        answers=tuple(RequestId(request) for request in row.answers),
        created_at=row.created_at,
    )


def journal_columns(run: RunId, team: TeamId, entry: JournalEntry) -> dict[str, Any]:
    """Give a finished call's columns."""
    return {
        "team_id": team,
        "run_id": run,
        **asdict(entry.address),
        "segment": entry.segment,
        "title": entry.title,
        "entry": entry.entry,
        "at": entry.at,
    }


def journal_entry_of(row: JournalRow) -> JournalEntry:
    """Read a finished call."""
    return JournalEntry(
        address=CallAddress(path=row.path, method=row.method, call=row.call),
        segment=row.segment,
        title=row.title,
        entry=row.entry,
        at=row.at,
    )


def crew_version_columns(version: CrewVersion) -> dict[str, Any]:
    """Give a crew version's columns."""
    return {
        "hash": version.hash,
        "name": version.name,
        "title": version.title,
        "description": version.description,
        "entry": version.entry,
        "input_schema": dict(version.input_schema),
        "checkpoints": _CHECKPOINTS.dump_python(version.checkpoints, mode="json"),
        "steps": dict(version.steps),
        "problems": _PROBLEMS.dump_python(version.problems, mode="json"),
        "warnings": list(version.warnings),
        "loaded_at": version.loaded_at,
        "gone": False,
    }


def crew_version_of(row: CrewVersionRow) -> CrewVersion:
    """Read a crew version."""
    return CrewVersion(
        hash=row.hash,
        name=row.name,
        title=row.title,
        description=row.description,
        entry=row.entry,
        input_schema=row.input_schema,
        checkpoints=_CHECKPOINTS.validate_python(row.checkpoints),
        steps=row.steps,
        problems=_PROBLEMS.validate_python(row.problems),
        warnings=tuple(row.warnings),
        loaded_at=row.loaded_at,
    )


def person_columns(person: Person) -> dict[str, Any]:
    """Give a person's columns."""
    columns = asdict(person)
    return {
        "team_id": columns.pop("team"),
        "user_id": columns.pop("user"),
        **columns,
    }


def person_of(row: PersonRow) -> Person:
    """Read a person."""
    return Person(
        team=TeamId(row.team_id),
        user=UserId(row.user_id),
        name=row.name,
        home_team=TeamId(row.home_team),
        is_bot=row.is_bot,
        is_guest=row.is_guest,
        is_deactivated=row.is_deactivated,
        tz=row.tz,
        read_at=row.read_at,
    )


def wanted_of(row: PostingRow) -> Wanted:
    """Read what a posting shall show, and where."""
    under = None
    if row.under_kind is not None and row.under_id is not None:
        under = Thing(kind=ThingKind(row.under_kind), id=row.under_id)
    return Wanted(
        thing=Thing(kind=ThingKind(row.kind), id=row.thing_id),
        place=Place(conversation=UserId(row.conversation)),
        rank=Rank(row.rank),
        manner=Manner(row.manner),
        under=under,
        ping=tuple(UserId(user) for user in row.ping),
    )
