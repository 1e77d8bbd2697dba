"""Runs in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from approvals.errors import Conflict
from approvals.ids import RunCode, RunId, TeamId, UserId
from approvals.runs import FINAL_RUN_STATES, Run
from storage.mapping import run_columns, run_of
from storage.statements import all_rows, change, one_row, one_value
from storage.tables import RUNS

_OF_TEAM: Final = select(RUNS).where(RUNS.c.team_id == bindparam("team"))
_BY_ID: Final = select(RUNS).where(RUNS.c.id == bindparam("run"))
_BY_ID_LOCKED: Final = _BY_ID.with_for_update()
_BY_CODE: Final = _OF_TEAM.where(RUNS.c.code == bindparam("code"))
_BY_ORIGIN: Final = _OF_TEAM.where(RUNS.c.origin == bindparam("origin"))
_NEWEST_FIRST: Final = (RUNS.c.created_at.desc(), RUNS.c.id.desc())
_LAST_INPUTS: Final = (
    select(RUNS.c.inputs)
    .where(
        RUNS.c.team_id == bindparam("team"),
        RUNS.c.requester == bindparam("requester"),
        RUNS.c.crew == bindparam("crew"),
        RUNS.c.practice.is_(False),  # nobody chose those inputs
    )
    .order_by(*_NEWEST_FIRST)
    .limit(1)
)
_ADD: Final = insert(RUNS)
_SAVE: Final = update(RUNS).where(
    RUNS.c.id == bindparam("saved"), RUNS.c.version == bindparam("as_read")
)


def get(session: Session, run: RunId, *, lock: bool = False) -> Run | None:
    """Read a run. Its lock guards all that belongs to it, so it is taken first."""
    row = one_row(session, _BY_ID_LOCKED if lock else _BY_ID, run=run)
    return None if row is None else run_of(row)


def by_code(session: Session, team: TeamId, code: RunCode) -> Run | None:
    """Find a run by what people type."""
    row = one_row(session, _BY_CODE, team=team, code=code)
    return None if row is None else run_of(row)


def by_origin(session: Session, team: TeamId, origin: str) -> Run | None:
    """Find the run that a command or form has started."""
    row = one_row(session, _BY_ORIGIN, team=team, origin=origin)
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
    query = _OF_TEAM.order_by(*_NEWEST_FIRST).limit(limit)
    if requester is not None:
        query = query.where(RUNS.c.requester == requester)
    if open_only:
        query = query.where(RUNS.c.state.not_in(sorted(FINAL_RUN_STATES)))
    return [run_of(row) for row in all_rows(session, query, team=team)]


def last_inputs(
    session: Session, team: TeamId, requester: UserId, crew: str
) -> Mapping[str, object]:
    """Give what this person last started the crew with, or nothing."""
    found: Mapping[str, object] | None = one_value(
        session, _LAST_INPUTS, team=team, requester=requester, crew=crew
    )
    return found or {}


def add(session: Session, run: Run) -> None:
    """Add a run.

    Raises:
        Conflict: the team has this code or origin already.

    """
    change(session, _ADD, run_columns(run))


def save(session: Session, run: Run) -> Run:
    """Save a run and give it with its new version.

    Raises:
        Conflict: its version is not what was read.

    """
    saved = replace(run, version=run.version + 1)
    which = {"saved": run.id, "as_read": run.version}
    if change(session, _SAVE, run_columns(saved) | which) != 1:
        message = f"run {run.code} has changed since version {run.version}"
        raise Conflict(message)
    return saved
