"""Values with defaults, so that a test states only what it is about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from approvals.audit import AuditEvent, AuditKind
from approvals.crews import Checkpoint, CrewVersion
from approvals.decisions import Decision
from approvals.digest import digest_of
from approvals.ids import (
    ChannelId,
    DecisionId,
    RequestId,
    RunId,
    SegmentId,
    TeamId,
    UserId,
    new_code,
    new_id,
)
from approvals.people import Person
from approvals.policies import DEFAULT_EXPIRY, Policy
from approvals.requests import ApprovalRequest, Ask, CallAddress, Subject
from approvals.runs import Run
from approvals.segments import JournalEntry, Segment
from approvals.verdicts import Labels, Verdict

TEAM = TeamId("T0TEAM")
REQUESTER = UserId("U0ANA")
APPROVER = UserId("U0BEN")
CHANNEL = ChannelId("C0GENERAL")
START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

_numbers = count(1)


class SteppedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move(self, by: timedelta) -> datetime:
        """Go on, and tell the time."""
        self.at += by
        return self.at


def an_origin() -> str:
    """Slack's id of a click: never the same twice."""
    return f"{next(_numbers)}.trigger"


def a_person(user: UserId = APPROVER, **changes: Any) -> Person:
    return replace(
        Person(
            team=TEAM,
            user=user,
            name=user.removeprefix("U0").capitalize(),
            home_team=TEAM,
            read_at=START,
        ),
        **changes,
    )


def a_policy(**changes: Any) -> Policy:
    return replace(Policy(name="editors", approvers=(APPROVER,)), **changes)


def a_run(**changes: Any) -> Run:
    return replace(
        Run(
            id=RunId(new_id(START)),
            team=TEAM,
            code=new_code(),
            crew="content",
            crew_title="Content",
            crew_version="hash-of-content",
            inputs={"topic": "bees"},
            requester=REQUESTER,
            requester_name="Ana",
            channel=CHANNEL,
            origin=an_origin(),
            created_at=START,
            changed_at=START,
        ),
        **changes,
    )


def a_subject(**changes: Any) -> Subject:
    return replace(
        Subject(title="Bees", body="Bees are fine.", output='"Bees are fine."'),
        **changes,
    )


def an_ask(**changes: Any) -> Ask:
    return replace(
        Ask(
            address=CallAddress(path="", method="draft", call=1),
            checkpoint="draft_review",
            visit=1,
            revision=1,
            subject=a_subject(),
            labels=Labels(
                emit=("approved", "rejected", "revise"),
                approve="approved",
                reject="rejected",
                revise="revise",
            ),
        ),
        **changes,
    )


def a_request(run: Run | None = None, **changes: Any) -> ApprovalRequest:
    """Give an open request that nobody has routed yet."""
    run_id = run.id if run else RunId(new_id(START))
    ask = changes.pop("ask", None) or an_ask()
    return replace(
        ApprovalRequest(
            id=RequestId(new_id(START)),
            team=TEAM,
            run=run_id,
            ask=ask,
            digest=digest_of(run_id, ask),
            asked_at=START,
            expires_at=START + DEFAULT_EXPIRY,
            next_due_at=START + DEFAULT_EXPIRY,
        ),
        **changes,
    )


def a_routed_request(run: Run | None = None, **changes: Any) -> ApprovalRequest:
    """Give an open request that waits for its approvers."""
    policy = changes.pop("policy", None) or a_policy()
    return a_request(
        run, **({"policy": policy, "approvers": policy.approvers} | changes)
    )


def a_decision(request: ApprovalRequest, **changes: Any) -> Decision:
    return replace(
        Decision(
            id=DecisionId(new_id(START)),
            team=request.team,
            request=request.id,
            person=APPROVER,
            person_name="Ben",
            verdict=Verdict.APPROVE,
            label="approved",
            words="",
            digest=request.digest,
            origin=an_origin(),
            at=START,
        ),
        **changes,
    )


def a_segment(run: Run, **changes: Any) -> Segment:
    return replace(
        Segment(
            id=SegmentId(new_id(START)),
            team=run.team,
            run=run.id,
            number=1,
            created_at=START,
        ),
        **changes,
    )


def a_journal_entry(
    method: str = "draft", call: int = 1, **changes: Any
) -> JournalEntry:
    return replace(
        JournalEntry(
            address=CallAddress(path="", method=method, call=call),
            segment=1,
            title=method.capitalize(),
            entry='{"result": "Bees are fine."}',
            at=START,
        ),
        **changes,
    )


def a_checkpoint(name: str = "draft_review", **changes: Any) -> Checkpoint:
    return replace(Checkpoint(name=name, title=name, labels=an_ask().labels), **changes)


def a_crew_version(name: str = "content", **changes: Any) -> CrewVersion:
    return replace(
        CrewVersion(
            hash=f"hash-of-{name}",
            name=name,
            title=name.capitalize(),
            description="Writes a text.",
            entry=f"{name}.yaml",
            input_schema={
                "type": "object",
                "properties": {"topic": {"type": "string"}},
            },
            checkpoints=(a_checkpoint(),),
            steps={"draft": "Write a draft"},
            loaded_at=START,
        ),
        **changes,
    )


def an_event(kind: AuditKind = AuditKind.RUN_STARTED, **changes: Any) -> AuditEvent:
    return replace(
        AuditEvent(team=TEAM, kind=kind, actor=REQUESTER, payload={"name": "Ana"}),
        **changes,
    )
