"""How fast Slack may be called, kept in the database so that all couriers share it.

A lane is a token bucket, written as two moments (the generic cell rate algorithm):
`full_at` is when the bucket will be full again, and `free_at` when the next call may
be made. One call moves `full_at` by one interval, from now on at the earliest; with a
burst of n, `free_at` is n - 1 intervals before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlmodel import Session, select

from storage.tables import PaceRow
from storage.upsert import put


class Lane(StrEnum):
    """What shares one pace."""

    POST = "post"  #: New messages in one conversation
    UPDATE = "update"  #: Changes of a team's messages
    PROGRESS = "progress"  #: Those changes that only tell how far a run has come
    TEAM = "team"  #: Everything of a team; closed by Slack only


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """One call each `interval`, `burst` of them at once."""

    interval: timedelta
    burst: int


RATES: Final[Mapping[Lane, Rate]] = {
    # Slack: about 1 message a second and conversation
    Lane.POST: Rate(interval=timedelta(seconds=1 / 0.9), burst=1),
    # Slack: chat.update is tier 3, 50 a minute and team
    Lane.UPDATE: Rate(interval=timedelta(minutes=1) / 40, burst=10),
    # at most a third of the updates
    Lane.PROGRESS: Rate(interval=timedelta(minutes=3) / 40, burst=3),
    Lane.TEAM: Rate(interval=timedelta(0), burst=1),
}


def take(
    session: Session, team: str, lane: Lane, now: datetime, conversation: str = ""
) -> bool:
    """Spend one call of a lane; False when none is free."""
    known = _of(session, team, lane, conversation)
    if known is not None and known.free_at > now:
        return False
    full_at = now if known is None else max(known.full_at, now)
    _fill(session, team, lane, conversation, full_at + RATES[lane].interval)
    return True


def close_until(
    session: Session, team: str, lane: Lane, until: datetime, conversation: str = ""
) -> None:
    """Make no call of a lane before a time, and then no burst either."""
    rate = RATES[lane]
    full_at = until + (rate.burst - 1) * rate.interval
    known = _of(session, team, lane, conversation)
    if known is None or known.full_at < full_at:
        _fill(session, team, lane, conversation, full_at)


def _of(session: Session, team: str, lane: Lane, conversation: str) -> PaceRow | None:
    query = select(PaceRow).where(
        PaceRow.team_id == team,
        PaceRow.lane == lane.value,
        PaceRow.conversation == conversation,
    )
    return session.exec(query).one_or_none()


def _fill(
    session: Session, team: str, lane: Lane, conversation: str, full_at: datetime
) -> None:
    rate = RATES[lane]
    columns = {
        "team_id": team,
        "lane": lane.value,
        "conversation": conversation,
        "free_at": full_at - (rate.burst - 1) * rate.interval,
        "full_at": full_at,
    }
    put(session, PaceRow, columns, key={"team_id", "lane", "conversation"})
