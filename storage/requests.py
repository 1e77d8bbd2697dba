"""Approval requests and the decisions on them in the database."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlmodel import Session, col, delete, select, update

from approvals.decisions import Decision
from approvals.errors import Conflict
from approvals.ids import RequestId, RunId, TeamId, UserId
from approvals.requests import FINAL_REQUEST_STATES, ApprovalRequest, RequestState
from storage.mapping import (
    approver_rows,
    decision_of,
    decision_row,
    request_columns,
    request_of,
)
from storage.tables import ApproverRow, DecisionRow, RequestRow

_OPEN: Final = col(RequestRow.state).not_in(FINAL_REQUEST_STATES)
_OLDEST_FIRST: Final = (col(RequestRow.asked_at), col(RequestRow.id))


def get(session: Session, request: RequestId) -> ApprovalRequest | None:
    """Read a request."""
    rows = session.exec(select(RequestRow).where(RequestRow.id == request)).all()
    return next(iter(_with_approvers(session, rows)), None)


def of_run(session: Session, run: RunId) -> Sequence[ApprovalRequest]:
    """List a run's requests, oldest first."""
    query = select(RequestRow).where(RequestRow.run_id == run)
    rows = session.exec(query.order_by(*_OLDEST_FIRST)).all()
    return _with_approvers(session, rows)


def pending_for(
    session: Session, team: TeamId, user: UserId
) -> Sequence[ApprovalRequest]:
    """List the open, routed requests that name this person, oldest first."""
    named = select(ApproverRow.request_id).where(
        ApproverRow.team_id == team, ApproverRow.user_id == user
    )
    query = select(RequestRow).where(
        col(RequestRow.id).in_(named), _OPEN, col(RequestRow.policy).is_not(None)
    )
    rows = session.exec(query.order_by(*_OLDEST_FIRST)).all()
    return _with_approvers(session, rows)


def unrouted(session: Session, limit: int) -> Sequence[ApprovalRequest]:
    """List open requests without a policy, oldest first.

    Those that were found unroutable come last, so that they never keep a new one waiting.
    """
    query = (
        select(RequestRow)
        .where(
            col(RequestRow.policy).is_(None),
            RequestRow.state == RequestState.PENDING.value,
        )
        .order_by(col(RequestRow.unroutable) != "", *_OLDEST_FIRST)
    )
    return _with_approvers(session, session.exec(query.limit(limit)).all())


def due(session: Session, now: datetime, limit: int) -> Sequence[RequestId]:
    """List open requests whose time has come, earliest first."""
    query = (
        select(RequestRow.id)
        .where(col(RequestRow.next_due_at) <= now)
        .order_by(col(RequestRow.next_due_at), col(RequestRow.id))
    )
    return [RequestId(request) for request in session.exec(query.limit(limit))]


def next_due_at(session: Session) -> datetime | None:
    """Give the earliest time at which one is due."""
    query = (
        select(RequestRow.next_due_at)
        .where(col(RequestRow.next_due_at).is_not(None))
        .order_by(col(RequestRow.next_due_at))
    )
    return session.exec(query.limit(1)).one_or_none()


def add(session: Session, request: ApprovalRequest) -> None:
    """Add a request.

    Raises:
        Conflict: its run has asked this before.

    """
    session.add(RequestRow(**request_columns(request)))
    session.flush()
    _add_approvers(session, request)


def save(session: Session, request: ApprovalRequest) -> ApprovalRequest:
    """Save a request and give it with its new version.

    Raises:
        Conflict: its version is not what was read.

    """
    saved = replace(request, version=request.version + 1)
    done = session.exec(
        update(RequestRow)
        .where(
            col(RequestRow.id) == request.id, col(RequestRow.version) == request.version
        )
        .values(**request_columns(saved))
    )
    if done.rowcount != 1:
        message = f"request {request.id} has changed since version {request.version}"
        raise Conflict(message)
    if _approvers(session, [request.id])[request.id] != list(request.approvers):
        gone = col(ApproverRow.request_id) == request.id
        session.exec(delete(ApproverRow).where(gone))
        _add_approvers(session, request)
    return saved


def add_decision(session: Session, decision: Decision) -> None:
    """Add a decision.

    Raises:
        Conflict: the team has a decision of this origin.

    """
    session.add(decision_row(decision))
    session.flush()


def decisions_of(session: Session, request: RequestId) -> Sequence[Decision]:
    """List a request's decisions, oldest first."""
    query = (
        select(DecisionRow)
        .where(DecisionRow.request_id == request)
        .order_by(col(DecisionRow.at), col(DecisionRow.id))
    )
    return [decision_of(row) for row in session.exec(query)]


def decision_by_origin(session: Session, team: TeamId, origin: str) -> Decision | None:
    """Find what a click or form has decided."""
    query = select(DecisionRow).where(
        DecisionRow.team_id == team, DecisionRow.origin == origin
    )
    row = session.exec(query).one_or_none()
    return None if row is None else decision_of(row)


def _with_approvers(
    session: Session, rows: Sequence[RequestRow]
) -> list[ApprovalRequest]:
    approvers = _approvers(session, [row.id for row in rows])
    return [request_of(row, tuple(approvers[row.id])) for row in rows]


def _approvers(session: Session, requests: Iterable[str]) -> dict[str, list[UserId]]:
    found: dict[str, list[UserId]] = defaultdict(list)
    query = (
        select(ApproverRow)
        .where(col(ApproverRow.request_id).in_(list(requests)))
        .order_by(col(ApproverRow.position))
    )
    for row in session.exec(query):
        found[row.request_id].append(UserId(row.user_id))
    return found


def _add_approvers(session: Session, request: ApprovalRequest) -> None:
    session.add_all(approver_rows(request))
    session.flush()
