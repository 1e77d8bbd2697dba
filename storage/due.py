"""Which postings may be claimed, and when the next one may: the courier's two queries."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, func, type_coerce
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


def claimable(now: datetime, limit: int, *, lock: bool = True) -> Any:
    """Select what may be claimed: at most one posting of each conversation.

    The most urgent first, then the oldest. What waits for its pace is left out here, so
    that a conversation full of posts does not hold up its own updates, nor others.
    """
    nth = func.row_number().over(
        partition_by=(PostingRow.team_id, PostingRow.conversation), order_by=_ORDER
    )
    candidates = (
        select(PostingRow.id, nth.label("nth"))
        .where(
            *_DUE,
            _has_parent(),
            or_(
                col(PostingRow.not_before).is_(None), col(PostingRow.not_before) <= now
            ),
            ~exists().where(_is_beside_leased(), _LEASED.lease_until > now),
            ~exists().where(_is_paced_by(), col(PaceRow.free_at) > now),
        )
        .subquery()
    )
    first = select(candidates.c.id).where(candidates.c.nth == 1)
    query = (
        select(PostingRow)
        .where(col(PostingRow.id).in_(first))
        .order_by(*_ORDER)
        .limit(limit)
    )
    return query.with_for_update(skip_locked=True) if lock else query


def earliest(session: Session, now: datetime) -> datetime | None:
    """Give the earliest time at which a due posting may be claimable, or None.

    What waits for its parent is not counted: the parent is due itself.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    latest_of = func.max if is_sqlite else func.greatest
    leased = select(func.max(_LEASED.lease_until)).where(_is_beside_leased())
    paced = select(func.max(PaceRow.free_at)).where(_is_paced_by())
    floor = type_coerce(now, UtcDateTime)
    at = latest_of(
        func.coalesce(PostingRow.not_before, floor),
        func.coalesce(leased.scalar_subquery(), floor),
        func.coalesce(paced.scalar_subquery(), floor),
        floor,
    )
    query = select(type_coerce(func.min(at), UtcDateTime)).where(*_DUE, _has_parent())
    return session.exec(query).one()


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


def _is_paced_by() -> ColumnElement[bool]:
    """Match the lanes that a posting's next call goes through."""
    lane, is_new = col(PaceRow.lane), col(PostingRow.ts).is_(None)
    return and_(
        col(PaceRow.team_id) == PostingRow.team_id,
        or_(
            lane == Lane.TEAM.value,
            and_(
                lane == Lane.POST.value,
                is_new,
                col(PaceRow.conversation) == PostingRow.conversation,
            ),
            and_(lane == Lane.UPDATE.value, ~is_new),
            and_(
                lane == Lane.PROGRESS.value,
                ~is_new,
                col(PostingRow.rank) >= Rank.PROGRESS.value,
            ),
        ),
    )
