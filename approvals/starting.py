"""Starting a run: everything is checked before any model is paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from approvals.audit import AuditKind
from approvals.continuing import queue_segment
from approvals.crews import Checkpoint, CrewVersion
from approvals.errors import NeverDecides, NobodyToAsk, Unknown
from approvals.events import run_event
from approvals.ids import ChannelId, RunId, UserId, new_code, new_id
from approvals.people import Person
from approvals.placing import run_message
from approvals.policies import Policy, practice_policy
from approvals.ports import Reader, Unit
from approvals.rules import RuleBook, Unroutable, start_case
from approvals.runs import Priority, Run


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """What a person asked to start. `origin` is Slack's id of the command or form.

    `unticked` are the optional checkpoints that the requester wants to leave out.
    """

    requester: Person
    crew: str
    inputs: Mapping[str, Any]
    channel: ChannelId
    origin: str
    priority: Priority = Priority.MEDIUM
    unticked: tuple[str, ...] = ()
    practice: bool = False


def can_be_unticked(checkpoint: Checkpoint, book: RuleBook) -> bool:
    """Only one that the flow marks optional and no rule names can be left out."""
    return (
        checkpoint.optional
        and checkpoint.policy is None
        and not any(rule.names(checkpoint.name) for rule in book.rules)
    )


def new_run(reader: Reader, start: Start, book: RuleBook, now: datetime) -> Run:
    """Make the run that a start asks for, after all checks; nothing is stored.

    Raises:
        NeverDecides: guests and people from outside start nothing.
        Unknown: no such crew, or it cannot be loaded.
        NobodyToAsk: a held checkpoint that nobody but the requester could decide.

    """
    if not start.requester.may_ever_decide:
        raise NeverDecides
    crew = find_crew(reader, start.crew)
    unticked = tuple(
        point.name
        for point in crew.checkpoints
        if point.name in start.unticked and can_be_unticked(point, book)
    )
    run = Run(
        id=RunId(new_id(now)),
        team=start.requester.team,
        code=new_code(),
        crew=crew.name,
        crew_title=crew.title,
        crew_version=crew.hash,
        inputs=start.inputs,
        requester=start.requester.user,
        requester_name=start.requester.name,
        channel=start.channel,
        origin=start.origin,
        priority=start.priority,
        held=tuple(p.name for p in crew.checkpoints if p.name not in unticked),
        unticked=unticked,
        practice=start.practice,
        created_at=now,
        changed_at=now,
    )
    for point in crew.checkpoints:
        if point.name in run.held:
            check_somebody_decides(reader, run, point, book)
    return run


def find_crew(reader: Reader, name: str) -> CrewVersion:
    """Find a crew that can be started.

    Raises:
        Unknown: no such crew, or it cannot be loaded.

    """
    for crew in reader.crews():
        if crew.name == name and crew.can_start:
            return crew
    raise Unknown(f"crew “{name}” that can be started")


def check_somebody_decides(
    reader: Reader, run: Run, point: Checkpoint, book: RuleBook
) -> None:
    """Refuse a start whose checkpoint could wait for ever.

    Every policy that the checkpoint may get must name somebody who may decide.

    Raises:
        NobodyToAsk: with the reason.

    """
    title = point.title or point.name
    try:
        policies = _possible_policies(run, point, book)
    except Unroutable as error:
        raise NobodyToAsk(title, f"{error}.") from error
    if not policies:
        raise NobodyToAsk(title, "no rule in the rules file matches it.")
    for policy in policies:
        if not able_deciders(reader, run, policy):
            raise NobodyToAsk(title, _why_nobody(policy, run))


def able_deciders(reader: Reader, run: Run, policy: Policy) -> Sequence[UserId]:
    """List those a policy names who may decide this run; the unknown count as able."""
    known = {user: reader.person(run.team, user) for user in policy.approvers}
    return [
        user
        for user in policy.deciders(run.requester)
        if (person := known[user]) is None or person.may_ever_decide
    ]


def add_started(unit: Unit, run: Run, now: datetime) -> None:
    """Store a new run: its row, its first segment, its message and its place on the trail."""
    unit.add_run(run)
    queue_segment(unit, run, now)
    unit.show([run_message(run)])
    unit.record(
        run_event(
            AuditKind.RUN_STARTED,
            run.requester,
            run,
            code=run.code,
            crew=run.crew,
            version=run.crew_version,
            inputs=dict(run.inputs),
            priority=run.priority.value,
            practice=run.practice,
            channel=run.channel,
        )
    )
    for name in run.unticked:
        left_out = AuditKind.CHECKPOINT_UNTICKED
        unit.record(run_event(left_out, run.requester, run, checkpoint=name))


def _possible_policies(run: Run, point: Checkpoint, book: RuleBook) -> Sequence[Policy]:
    if run.practice:
        return [practice_policy(run.requester)]
    case = start_case(run) | {"checkpoint": point.name, "kind": "review"}
    return book.candidates(case, point.policy)


def _why_nobody(policy: Policy, run: Run) -> str:
    if run.requester in policy.approvers:
        return (
            f"you are the only approver of “{policy.name}”, and nobody approves"
            " their own run. An admin can add somebody in the rules file."
        )
    return f"no approver of “{policy.name}” can decide any more. An admin can add one."
