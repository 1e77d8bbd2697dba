"""Postings, as the courier takes them: by lease, in order, at Slack's pace.

A posting is due while `shown` is behind `wanted`. A claim holds it for a while; what is
not reported back in that time is claimed again, under the same key. Claims are made one
after the other across all couriers, so that one conversation has one call in flight.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import case, text
from sqlmodel import Session, col, select, update

from approvals.ids import ChannelId, TeamId
from approvals.showing import Rank, Thing, Wanted
from storage.database import Database
from storage.due import claimable, earliest, is_any_claimable
from storage.mapping import wanted_of
from storage.pace import Lane, close_until, take
from storage.tables import PostingRow

_CLAIM_LOCK: Final = 0x636C61696D
"""The advisory lock of those who claim: “claim” in ASCII."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Posting:
    """A thing at a place: what is wanted there, and what Slack has.

    `channel` and `ts` are None before the first post. `problem` says why the last try
    failed; with `gave_up` there is no other.
    """

    id: str
    team: TeamId
    wanted: Wanted
    version: int
    shown: int
    channel: ChannelId | None
    ts: str | None
    key: str
    problem: str
    gave_up: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A posting to be brought to `version`, held by `owner` until `lease_until`.

    `key` goes into a post's metadata and stays the same for all tries of it.
    `parent_channel` and `parent_ts` are of the message that it goes under.
    """

    id: str
    team: TeamId
    wanted: Wanted
    version: int
    is_new: bool
    channel: ChannelId | None
    ts: str | None
    parent_channel: ChannelId | None
    parent_ts: str | None
    key: str
    attempts: int
    owner: str
    lease_until: datetime


class SqlPostings:
    """What the courier does with postings; each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(
        self, owner: str, now: datetime, lease: timedelta, limit: int = 10
    ) -> list[Claim]:
        """Take what is due, may be called now and is nobody's, most urgent first."""
        with self._database.reading() as session:
            if not is_any_claimable(session, now):
                return []  # most looks find nothing, and then nobody is locked out
        with self._database.writing() as session:
            if not self._database.is_sqlite:
                lock = text("SELECT pg_advisory_xact_lock(:key)")
                session.connection().execute(lock, {"key": _CLAIM_LOCK})
            rows = claimable(session, now, limit)
            return [
                _claim(session, row, owner, now + lease)
                for row in rows
                if _may_call(session, row, now)
            ]

    def shown(self, claim: Claim, now: datetime, channel: ChannelId, ts: str) -> bool:
        """Store what Slack answered.

        False when the posting has another message already: somebody else posted it
        after the lease was over, or adopted a copy. A new message is then a stray, to
        be deleted.
        """
        del now
        is_ours = col(PostingRow.ts).is_(None) | (
            (col(PostingRow.ts) == ts) & (col(PostingRow.channel) == channel)
        )
        version = case(
            (col(PostingRow.shown) > claim.version, PostingRow.shown),
            else_=claim.version,
        )
        with self._database.writing() as session:
            done = session.exec(
                update(PostingRow)
                .where(col(PostingRow.id) == claim.id, is_ours)
                .values(
                    channel=channel,
                    ts=ts,
                    shown=version,
                    attempts=0,
                    problem="",
                    not_before=None,
                )
            )
            _release(session, claim)
            return done.rowcount == 1

    def failed(
        self, claim: Claim, now: datetime, reason: str, retry_at: datetime | None
    ) -> None:
        """Store why it could not be shown; without `retry_at` it is given up.

        Nothing is stored by one whose lease is over and was taken by another.
        """
        with self._database.writing() as session:
            session.exec(
                update(PostingRow)
                .where(*_holds(claim))
                .values(
                    problem=reason,
                    not_before=retry_at,
                    gave_up_at=now if retry_at is None else None,
                )
            )
            _release(session, claim)

    def slow_down(
        self, team: TeamId, until: datetime, conversation: str | None = None
    ) -> None:
        """Slack said “too many”: post nothing there, or call nothing for the team."""
        with self._database.writing() as session:
            if conversation is None:
                close_until(session, team, Lane.TEAM, until)
            else:
                close_until(session, team, Lane.POST, until, conversation)

    def next_at(self, now: datetime) -> datetime | None:
        """Tell when something may be claimable; None when nothing is due at all."""
        with self._database.reading() as session:
            return earliest(session, now)

    def find(self, channel: ChannelId, ts: str) -> Posting | None:
        """Find what a message shows."""
        query = select(PostingRow).where(
            PostingRow.channel == channel, PostingRow.ts == ts
        )
        with self._database.reading() as session:
            row = session.exec(query).first()
            return None if row is None else _posting_of(row)

    def of_thing(self, thing: Thing) -> Sequence[Posting]:
        """List the places of a thing, oldest first."""
        query = (
            select(PostingRow)
            .where(PostingRow.kind == thing.kind.value, PostingRow.thing_id == thing.id)
            .order_by(PostingRow.id)
        )
        with self._database.reading() as session:
            return [_posting_of(row) for row in session.exec(query)]

    def given_up(self, limit: int = 20) -> Sequence[Posting]:
        """List what could not be shown and is not tried again, the latest first."""
        query = (
            select(PostingRow)
            .where(col(PostingRow.gave_up_at).is_not(None))
            .order_by(col(PostingRow.gave_up_at).desc())
            .limit(limit)
        )
        with self._database.reading() as session:
            return [_posting_of(row) for row in session.exec(query)]

    def adopt(self, key: str, channel: ChannelId, ts: str) -> bool:
        """Take a message of this key as the posting's own, if that has none yet.

        True as well when it is the posting's own already; otherwise it is a stray, to
        be deleted. What was adopted is drawn anew.
        """
        mine = select(PostingRow).where(PostingRow.key == key)
        with self._database.writing() as session:
            adopted = session.exec(
                update(PostingRow)
                .where(col(PostingRow.key) == key, col(PostingRow.ts).is_(None))
                .values(
                    channel=channel,
                    ts=ts,
                    owner=None,
                    lease_until=None,
                    gave_up_at=None,
                )
            )
            if adopted.rowcount == 1:
                return True
            row = session.exec(mine).one_or_none()
            return row is not None and (row.channel, row.ts) == (channel, ts)


def _may_call(session: Session, row: PostingRow, now: datetime) -> bool:
    """Spend the pace of one call; the query has left out what is far from free."""
    if row.ts is None:
        return take(session, row.team_id, Lane.POST, now, row.conversation)
    if row.rank >= Rank.PROGRESS and not take(session, row.team_id, Lane.PROGRESS, now):
        return False
    return take(session, row.team_id, Lane.UPDATE, now)


def _claim(
    session: Session, row: PostingRow, owner: str, lease_until: datetime
) -> Claim:
    attempts = row.attempts + 1
    session.exec(
        update(PostingRow)
        .where(col(PostingRow.id) == row.id)
        .values(owner=owner, lease_until=lease_until, attempts=attempts)
    )
    parent = _parent(session, row)
    return Claim(
        id=row.id,
        team=TeamId(row.team_id),
        wanted=wanted_of(row),
        version=row.wanted,
        is_new=row.ts is None,
        channel=_channel(row.channel),
        ts=row.ts,
        parent_channel=_channel(parent.channel) if parent else None,
        parent_ts=parent.ts if parent else None,
        key=row.key,
        attempts=attempts,
        owner=owner,
        lease_until=lease_until,
    )


def _parent(session: Session, row: PostingRow) -> PostingRow | None:
    query = select(PostingRow).where(
        PostingRow.kind == row.under_kind,
        PostingRow.thing_id == row.under_id,
        PostingRow.conversation == row.conversation,
    )
    return session.exec(query).one_or_none()


def _holds(claim: Claim) -> tuple[Any, ...]:
    return (
        col(PostingRow.id) == claim.id,
        col(PostingRow.owner) == claim.owner,
        col(PostingRow.lease_until) == claim.lease_until,
    )


def _release(session: Session, claim: Claim) -> None:
    session.exec(
        update(PostingRow).where(*_holds(claim)).values(owner=None, lease_until=None)
    )


def _posting_of(row: PostingRow) -> Posting:
    return Posting(
        id=row.id,
        team=TeamId(row.team_id),
        wanted=wanted_of(row),
        version=row.wanted,
        shown=row.shown,
        channel=_channel(row.channel),
        ts=row.ts,
        key=row.key,
        problem=row.problem,
        gave_up=row.gave_up_at is not None,
    )


def _channel(channel: str | None) -> ChannelId | None:
    return None if channel is None else ChannelId(channel)
