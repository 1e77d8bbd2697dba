"""What must be shown: postings are wanted in the transaction that changes the state."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case
from sqlmodel import Session, col, select, update

from approvals.errors import Unknown
from approvals.ids import new_id
from approvals.showing import Manner, Rank, Thing, ThingKind, Wanted
from storage.tables import PostingRow, RequestRow, RunRow


def show(session: Session, wanted: Iterable[Wanted], now: datetime) -> None:
    """Want things shown at places, new ones or known.

    Raises:
        Unknown: a thing is of no run or request.

    """
    for want in wanted:
        if not _want_again(session, want, now):
            _add(session, want, now)


def refresh(session: Session, thing: Thing, rank: Rank, now: datetime) -> None:
    """Want a thing's newest state at every place where it is already."""
    session.exec(
        update(PostingRow)
        .where(*_is_of(thing), col(PostingRow.manner) == Manner.CONVERGE.value)
        .values(**_once_more(rank, now))
    )


def _want_again(session: Session, want: Wanted, now: datetime) -> bool:
    """Want a known posting's next version; what is said once is not said again."""
    query = select(PostingRow).where(
        *_is_of(want.thing), PostingRow.conversation == want.place.conversation
    )
    known = session.exec(query).one_or_none()
    if known is None:
        return False
    if known.manner == Manner.CONVERGE.value:
        changes = _once_more(want.rank, now)
        if known.ts is None:
            changes |= _first_post(want, pinged=known.ping)
        session.exec(
            update(PostingRow).where(col(PostingRow.id) == known.id).values(**changes)
        )
    return True


def _once_more(rank: Rank, now: datetime) -> dict[str, Any]:
    """Ask for one version more: what waits keeps its age and its more urgent rank.

    A new state is also a new chance for what was given up.
    """
    waits = and_(
        col(PostingRow.shown) < col(PostingRow.wanted),
        col(PostingRow.gave_up_at).is_(None),
    )
    given_up = col(PostingRow.gave_up_at).is_not(None)
    return {
        "wanted": PostingRow.wanted + 1,
        "rank": case(
            (and_(waits, col(PostingRow.rank) < rank.value), PostingRow.rank),
            else_=rank.value,
        ),
        "wanted_at": case((waits, PostingRow.wanted_at), else_=now),
        "attempts": case((given_up, 0), else_=PostingRow.attempts),
        "not_before": case((given_up, None), else_=PostingRow.not_before),
        "gave_up_at": None,
    }


def _add(session: Session, want: Wanted, now: datetime) -> None:
    identity = new_id(now)
    session.add(
        PostingRow(
            id=identity,
            team_id=_team_of(session, want.thing),
            kind=want.thing.kind.value,
            thing_id=want.thing.id,
            conversation=want.place.conversation,
            rank=want.rank.value,
            manner=want.manner.value,
            wanted_at=now,
            key=identity,
            **_first_post(want),
        )
    )
    session.flush()


def _team_of(session: Session, thing: Thing) -> str:
    match thing.kind:
        case ThingKind.RUN | ThingKind.RESULT | ThingKind.FILE:
            query = select(RunRow.team_id).where(RunRow.id == thing.id)
        case ThingKind.CARD | ThingKind.UNROUTABLE:
            query = select(RequestRow.team_id).where(RequestRow.id == thing.id)
    team = session.exec(query).one_or_none()
    if team is None:
        raise Unknown(thing.kind.value)
    return team


def _is_of(thing: Thing) -> tuple[Any, Any]:
    return (
        col(PostingRow.kind) == thing.kind.value,
        col(PostingRow.thing_id) == thing.id,
    )


def _first_post(want: Wanted, pinged: Sequence[str] = ()) -> dict[str, Any]:
    """Give what only the first post needs: whom to mention, and what it goes under."""
    columns: dict[str, Any] = {"ping": list(dict.fromkeys([*pinged, *want.ping]))}
    if want.under is not None:
        columns |= {"under_kind": want.under.kind.value, "under_id": want.under.id}
    return columns
