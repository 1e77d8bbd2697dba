"""Which postings may be claimed, and when the next one may: the courier's two queries.

Both are built once (see `storage.statements`): the courier looks several times a second.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, func, type_coerce
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select

from approvals.showing import Rank
from storage.pace import Lane
from storage.tables import PaceRow, PostingRow
from storage.types import UtcDateTime

_DUE: Final = (
    col(PostingRow.shown) < col(PostingRow.wanted),
    col(PostingRow.gave_up_at).is_(None),
)
_ORDER: Final = (
    col(PostingRow.rank),
    col(PostingRow.wanted_at),
    col(PostingRow.id),
)
_LEASED: Final[Any] = aliased(PostingRow)  # mypy takes its columns for their values
_PARENT: Final[Any] = aliased(PostingRow)
_NOW: Final = bindparam("now", type_=UtcDateTime)


def _has_parent() -> ColumnElement[bool]:
    """Hold for what goes under nothing, or under a message that is there."""
    is_there = exists().where(
        _PARENT.kind == PostingRow.under_kind,
        _PARENT.thing_id == PostingRow.under_id,
        _PARENT.conversation == PostingRow.conversation,
        _PARENT.ts.is_not(None),
    )
    return or_(col(PostingRow.under_kind).is_(None), is_there)


def _is_beside_leased() -> ColumnElement[bool]:
    """Match what a courier holds in the same conversation."""
    return and_(
        _LEASED.team_id == PostingRow.team_id,
        _LEASED.conversation == PostingRow.conversation,
        _LEASED.lease_until.is_not(None),
    )


def _paces() -> list[ColumnElement[datetime]]:
    """Give the times at which each lane of a posting's next call is free, or now."""
    is_new = col(PostingRow.ts).is_(None)
    is_progress = and_(~is_new, col(PostingRow.rank) >= Rank.PROGRESS.value)
    return [
        func.coalesce(_free_at(Lane.TEAM), _NOW),
        case(
            (
                is_new,
                func.coalesce(_free_at(Lane.POST, PostingRow.conversation), _NOW),
            ),
            else_=func.coalesce(_free_at(Lane.UPDATE), _NOW),
        ),
        case((is_progress, func.coalesce(_free_at(Lane.PROGRESS), _NOW)), else_=_NOW),
    ]


def _free_at(lane: Lane, conversation: str = "") -> Any:
    return (
        select(PaceRow.free_at)
        .where(
            PaceRow.team_id == PostingRow.team_id,
            PaceRow.lane == lane.value,
            PaceRow.conversation == conversation,
        )
        .correlate(PostingRow)
        .scalar_subquery()
    )


def _claimable() -> Any:
    """Select at most one posting of each conversation.

    What waits for its pace is left out here, so that a conversation full of posts does
    not hold up its own updates, nor others.
    """
    nth = func.row_number().over(
        partition_by=(PostingRow.team_id, PostingRow.conversation), order_by=_ORDER
    )
    not_before = col(PostingRow.not_before)
    candidates = (
        select(PostingRow.id, nth.label("nth"))
        .where(
            *_DUE,
            _has_parent(),
            or_(not_before.is_(None), not_before <= _NOW),
            ~exists().where(_is_beside_leased(), _LEASED.lease_until > _NOW),
            *(free_at <= _NOW for free_at in _paces()),
        )
        .subquery()
    )
    first = select(candidates.c.id).where(candidates.c.nth == 1)
    return (
        select(PostingRow)
        .where(col(PostingRow.id).in_(first))
        .order_by(*_ORDER)
        .limit(bindparam("most"))
    )


def _earliest(latest_of: Any) -> Any:
    leased = select(func.max(_LEASED.lease_until)).where(_is_beside_leased())
    at = latest_of(
        func.coalesce(PostingRow.not_before, _NOW),
        func.coalesce(leased.scalar_subquery(), _NOW),
        *_paces(),
    )
    return select(type_coerce(func.min(at), UtcDateTime)).where(*_DUE, _has_parent())


_CLAIMABLE: Final = _claimable()
_CLAIMABLE_LOCKED: Final = _CLAIMABLE.with_for_update(skip_locked=True)
_EARLIEST: Final = {
    "sqlite": _earliest(func.max),
    "postgresql": _earliest(func.greatest),
}


def is_any_claimable(session: Session, now: datetime) -> bool:
    """Tell whether a claim would find something just now."""
    found = session.exec(_CLAIMABLE, params={"now": now, "most": 1}).first()
    return found is not None


def claimable(session: Session, now: datetime, limit: int) -> Sequence[PostingRow]:
    """List what may be claimed, the most urgent first, then the oldest; and lock it."""
    params = {"now": now, "most": limit}
    rows: Sequence[PostingRow] = session.exec(_CLAIMABLE_LOCKED, params=params).all()
    return rows


def earliest(session: Session, now: datetime) -> datetime | None:
    """Give the earliest time at which a due posting may be claimable, or None.

    What waits for its parent is not counted: the parent is due itself.
    """
    query = _EARLIEST[session.get_bind().dialect.name]
    at: datetime | None = session.exec(query, params={"now": now}).one()
    return at
