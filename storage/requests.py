"""Approval requests and the decisions on them in the database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, insert, select, update
from sqlmodel import Session

from approvals.decisions import Decision
from approvals.errors import Conflict
from approvals.ids import RequestId, RunId, TeamId, UserId
from approvals.requests import ApprovalRequest, RequestState
from storage.mapping import (
    decision_columns,
    decision_of,
    request_columns,
    request_of,
)
from storage.statements import add_all, all_rows, change, one_row, one_value
from storage.tables import APPROVERS, DECISIONS, REQUESTS

_OLDEST_FIRST: Final = (REQUESTS.c.asked_at, REQUESTS.c.id)
_BY_ID: Final = select(REQUESTS).where(REQUESTS.c.id == bindparam("request"))
_OF_RUN: Final = (
    select(REQUESTS)
    .where(REQUESTS.c.run_id == bindparam("run"))
    .order_by(*_OLDEST_FIRST)
)
_PENDING_FOR: Final = (
    select(REQUESTS)
    .join(APPROVERS, APPROVERS.c.request_id == REQUESTS.c.id)
    .where(
        APPROVERS.c.team_id == bindparam("team"),
        APPROVERS.c.user_id == bindparam("user"),
        REQUESTS.c.policy.is_not(None),
    )
    .order_by(*_OLDEST_FIRST)
)
_UNROUTED: Final = (
    select(REQUESTS)
    .where(REQUESTS.c.policy.is_(None), REQUESTS.c.state == RequestState.PENDING.value)
    .order_by(REQUESTS.c.unroutable != "", *_OLDEST_FIRST)
    .limit(bindparam("limit"))
)
_DUE: Final = (
    select(REQUESTS.c.id)
    .where(REQUESTS.c.next_due_at <= bindparam("now"))
    .order_by(REQUESTS.c.next_due_at, REQUESTS.c.id)
    .limit(bindparam("limit"))
)
_NEXT_DUE_AT: Final = (
    select(REQUESTS.c.next_due_at)
    .where(REQUESTS.c.next_due_at.is_not(None))
    .order_by(REQUESTS.c.next_due_at)
    .limit(1)
)
_ADD: Final = insert(REQUESTS)
_SAVE: Final = update(REQUESTS).where(
    REQUESTS.c.id == bindparam("saved"), REQUESTS.c.version == bindparam("as_read")
)
_NAME: Final = insert(APPROVERS)
_NAME_NOBODY: Final = delete(APPROVERS).where(
    APPROVERS.c.request_id == bindparam("request")
)
_ADD_DECISION: Final = insert(DECISIONS)
_DECISIONS_OF: Final = (
    select(DECISIONS)
    .where(DECISIONS.c.request_id == bindparam("request"))
    .order_by(DECISIONS.c.at, DECISIONS.c.id)
)
_DECISION_BY_ORIGIN: Final = select(DECISIONS).where(
    DECISIONS.c.team_id == bindparam("team"), DECISIONS.c.origin == bindparam("origin")
)


def get(session: Session, request: RequestId) -> ApprovalRequest | None:
    """Read a request."""
    row = one_row(session, _BY_ID, request=request)
    return None if row is None else request_of(row)


def of_run(session: Session, run: RunId) -> Sequence[ApprovalRequest]:
    """List a run's requests, oldest first."""
    return [request_of(row) for row in all_rows(session, _OF_RUN, run=run)]


def pending_for(
    session: Session, team: TeamId, user: UserId
) -> Sequence[ApprovalRequest]:
    """List the open, routed requests that name this person, oldest first."""
    rows = all_rows(session, _PENDING_FOR, team=team, user=user)
    return [request_of(row) for row in rows]


def unrouted(session: Session, limit: int) -> Sequence[ApprovalRequest]:
    """List open requests without a policy, oldest first.

    Those that were found unroutable come last, so that they never keep a new one
    waiting.
    """
    return [request_of(row) for row in all_rows(session, _UNROUTED, limit=limit)]


def due(session: Session, now: datetime, limit: int) -> Sequence[RequestId]:
    """List open requests whose time has come, earliest first."""
    rows = all_rows(session, _DUE, now=now, limit=limit)
    return [RequestId(row.id) for row in rows]


def next_due_at(session: Session) -> datetime | None:
    """Give the earliest time at which one is due."""
    return one_value(session, _NEXT_DUE_AT)


def add(session: Session, request: ApprovalRequest) -> None:
    """Add a request.

    Raises:
        Conflict: its run has asked this before.

    """
    change(session, _ADD, request_columns(request))
    _name_approvers(session, request)


def save(session: Session, request: ApprovalRequest) -> ApprovalRequest:
    """Save a request and give it with its new version.

    Raises:
        Conflict: its version is not what was read.

    """
    saved = replace(request, version=request.version + 1)
    which = {"saved": request.id, "as_read": request.version}
    if change(session, _SAVE, request_columns(saved) | which) != 1:
        message = f"request {request.id} has changed since version {request.version}"
        raise Conflict(message)
    change(session, _NAME_NOBODY, {"request": request.id})
    _name_approvers(session, request)
    return saved


def add_decision(session: Session, decision: Decision) -> None:
    """Add a decision.

    Raises:
        Conflict: the team has a decision of this origin.

    """
    change(session, _ADD_DECISION, decision_columns(decision))


def decisions_of(session: Session, request: RequestId) -> Sequence[Decision]:
    """List a request's decisions, oldest first."""
    rows = all_rows(session, _DECISIONS_OF, request=request)
    return [decision_of(row) for row in rows]


def decision_by_origin(session: Session, team: TeamId, origin: str) -> Decision | None:
    """Find what a click or form has decided."""
    row = one_row(session, _DECISION_BY_ORIGIN, team=team, origin=origin)
    return None if row is None else decision_of(row)


def _name_approvers(session: Session, request: ApprovalRequest) -> None:
    """Let the people of an open request find it; a closed one waits for nobody."""
    people = set(request.approvers) if request.is_open else set()
    add_all(
        session,
        _NAME,
        (
            {"request_id": request.id, "user_id": user, "team_id": request.team}
            for user in sorted(people)
        ),
    )
