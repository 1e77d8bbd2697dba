"""Runs in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlmodel import Session, col, select, update

from approvals.errors import Conflict
from approvals.ids import RunCode, RunId, TeamId, UserId
from approvals.runs import FINAL_RUN_STATES, Run
from storage.mapping import run_columns, run_of
from storage.tables import RunRow


def get(session: Session, run: RunId, *, lock: bool = False) -> Run | None:
    """Read a run. Its lock guards all that belongs to it, so it is taken first."""
    query = select(RunRow).where(RunRow.id == run)
    if lock:
        query = query.with_for_update()
    row = session.exec(query).one_or_none()
    return None if row is None else run_of(row)


def by_code(session: Session, team: TeamId, code: RunCode) -> Run | None:
    """Find a run by what people type."""
    query = select(RunRow).where(RunRow.team_id == team, RunRow.code == code)
    row = session.exec(query).one_or_none()
    return None if row is None else run_of(row)


def by_origin(session: Session, team: TeamId, origin: str) -> Run | None:
    """Find the run that a command or form has started."""
    query = select(RunRow).where(RunRow.team_id == team, RunRow.origin == origin)
    row = session.exec(query).one_or_none()
    return None if row is None else run_of(row)


def newest(
    session: Session,
    team: TeamId,
    *,
    requester: UserId | None,
    open_only: bool,
    limit: int,
) -> Sequence[Run]:
    """List runs, newest first."""
    query = select(RunRow).where(RunRow.team_id == team)
    if requester is not None:
        query = query.where(RunRow.requester == requester)
    if open_only:
        query = query.where(col(RunRow.state).not_in(FINAL_RUN_STATES))
    query = query.order_by(col(RunRow.created_at).desc(), col(RunRow.id).desc())
    return [run_of(row) for row in session.exec(query.limit(limit))]


def last_inputs(
    session: Session, team: TeamId, requester: UserId, crew: str
) -> Mapping[str, object]:
    """Give what this person last started the crew with, or nothing."""
    query = (
        select(RunRow.inputs)
        .where(
            RunRow.team_id == team, RunRow.requester == requester, RunRow.crew == crew
        )
        .order_by(col(RunRow.created_at).desc(), col(RunRow.id).desc())
        .limit(1)
    )
    return session.exec(query).one_or_none() or {}


def add(session: Session, run: Run) -> None:
    """Add a run.

    Raises:
        Conflict: the team has this code or origin already (at the latest on commit).

    """
    session.add(RunRow(**run_columns(run)))
    session.flush()


def save(session: Session, run: Run) -> Run:
    """Save a run and give it with its new version.

    Raises:
        Conflict: its version is not what was read.

    """
    saved = replace(run, version=run.version + 1)
    done = session.exec(
        update(RunRow)
        .where(col(RunRow.id) == run.id, col(RunRow.version) == run.version)
        .values(**run_columns(saved))
    )
    if done.rowcount != 1:
        message = f"run {run.code} has changed since version {run.version}"
        raise Conflict(message)
    return saved
