"""What must be shown: postings are wanted in the transaction that changes the state."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Integer, and_, bindparam, case, insert, null, select, update
from sqlmodel import Session

from approvals.errors import Unknown
from approvals.ids import new_id
from approvals.showing import Manner, Rank, Thing, ThingKind, Wanted
from storage.statements import change, one_row, one_value
from storage.tables import POSTINGS, REQUESTS, RUNS
from storage.types import UtcDateTime

_OF_THING: Final = (
    POSTINGS.c.kind == bindparam("of_kind"),
    POSTINGS.c.thing_id == bindparam("of_thing"),
)
_CONVERGES: Final = POSTINGS.c.manner == Manner.CONVERGE.value
_AT_PLACE: Final = select(POSTINGS).where(
    *_OF_THING, POSTINGS.c.conversation == bindparam("place")
)
_TEAM_OF_RUN: Final = select(RUNS.c.team_id).where(RUNS.c.id == bindparam("thing"))
_TEAM_OF_REQUEST: Final = select(REQUESTS.c.team_id).where(
    REQUESTS.c.id == bindparam("thing")
)
_ADD: Final = insert(POSTINGS)

_WAITS: Final = and_(
    POSTINGS.c.shown < POSTINGS.c.wanted, POSTINGS.c.gave_up_at.is_(None)
)
_GIVEN_UP: Final = POSTINGS.c.gave_up_at.is_not(None)
_NEW_RANK: Final = bindparam("new_rank", type_=Integer)
_NOW: Final = bindparam("now", type_=UtcDateTime)
_ONCE_MORE: Final[dict[str, Any]] = {
    "wanted": POSTINGS.c.wanted + 1,
    "rank": case(
        (and_(_WAITS, POSTINGS.c.rank < _NEW_RANK), POSTINGS.c.rank), else_=_NEW_RANK
    ),
    "wanted_at": case((_WAITS, POSTINGS.c.wanted_at), else_=_NOW),
    "attempts": case((_GIVEN_UP, 0), else_=POSTINGS.c.attempts),
    "not_before": case((_GIVEN_UP, null()), else_=POSTINGS.c.not_before),
    "gave_up_at": None,
}
"""One version more: what waits keeps its age and its more urgent rank. A new state is
also a new chance for what was given up."""

_REFRESH: Final = update(POSTINGS).where(*_OF_THING, _CONVERGES).values(**_ONCE_MORE)
_WANT_AGAIN: Final = (
    update(POSTINGS).where(POSTINGS.c.id == bindparam("posting")).values(**_ONCE_MORE)
)


def show(session: Session, want: Wanted, now: datetime) -> None:
    """Want a thing shown at a place, a new one or a known one.

    Raises:
        Unknown: the thing is of no run or request.

    """
    known = one_row(
        session, _AT_PLACE, **_of(want.thing), place=want.place.conversation
    )
    if known is None:
        _add(session, want, now)
    elif known.manner == Manner.CONVERGE.value:
        _want_again(session, known, want, now)


def refresh(session: Session, thing: Thing, rank: Rank, now: datetime) -> None:
    """Want a thing's newest state at every place where it is already."""
    change(session, _REFRESH, _of(thing) | {"new_rank": rank.value, "now": now})


def _want_again(session: Session, known: Any, want: Wanted, now: datetime) -> None:
    values = {"posting": known.id, "new_rank": want.rank.value, "now": now}
    if known.ts is None:
        values |= _first_post(want, pinged=known.ping)
    change(session, _WANT_AGAIN, values)


def _add(session: Session, want: Wanted, now: datetime) -> None:
    identity = new_id(now)
    columns = {
        "id": identity,
        "team_id": _team_of(session, want.thing),
        "kind": want.thing.kind.value,
        "thing_id": want.thing.id,
        "conversation": want.place.conversation,
        "rank": want.rank.value,
        "manner": want.manner.value,
        "wanted": 1,
        "wanted_at": now,
        "shown": 0,
        "key": identity,
        "attempts": 0,
        "problem": "",
    }
    change(session, _ADD, columns | _first_post(want))


def _team_of(session: Session, thing: Thing) -> str:
    match thing.kind:
        case ThingKind.RUN | ThingKind.RESULT | ThingKind.FILE:
            query = _TEAM_OF_RUN
        case ThingKind.CARD | ThingKind.UNROUTABLE:
            query = _TEAM_OF_REQUEST
    team: str | None = one_value(session, query, thing=thing.id)
    if team is None:
        raise Unknown(thing.kind.value)
    return team


def _of(thing: Thing) -> dict[str, str]:
    return {"of_kind": thing.kind.value, "of_thing": thing.id}


def _first_post(want: Wanted, pinged: Sequence[str] = ()) -> dict[str, Any]:
    """Give what only the first post needs: whom to mention, and what it goes under."""
    columns: dict[str, Any] = {"ping": list(dict.fromkeys([*pinged, *want.ping]))}
    if want.under is not None:
        columns |= {"under_kind": want.under.kind.value, "under_id": want.under.id}
    return columns
