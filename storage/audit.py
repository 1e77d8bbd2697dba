"""The audit trail: one chain of hashes per team, and its proof.

Each link's hash covers (v, team, seq, at, kind, actor, run, request, salted hash of the
payload, hash of the link before). The payload (names, texts) is a row beside it: it can
be erased, with its salt, while the chain still verifies. The head says how long the
chain is; it changes in the transaction that adds the link, as its last write.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from json import loads
from typing import Any, Final

from sqlalchemy import and_, bindparam, insert, text
from sqlmodel import Session, col, select, update

from approvals.audit import AuditEvent
from approvals.digest import canonical_json, sha256
from approvals.errors import Unknown
from approvals.ids import TeamId
from storage.database import Database
from storage.statements import add_all, change
from storage.tables import (
    AUDIT_EVENTS,
    AUDIT_HEADS,
    AUDIT_PAYLOADS,
    AuditEventRow,
    AuditHeadRow,
    AuditPayloadRow,
)
from storage.upsert import add_once

VERSION: Final = 1
GENESIS: Final = "0" * 64
"""What the first link follows."""

_SALT_BYTES: Final = 16
_PAGE: Final = 500
_LOCKED_HEAD: Final = (
    select(AuditHeadRow)
    .where(col(AuditHeadRow.team_id) == bindparam("team"))
    .with_for_update()
)
_ADD_LINKS: Final = insert(AUDIT_EVENTS)
_ADD_PAYLOADS: Final = insert(AUDIT_PAYLOADS)
_MOVE_HEAD: Final = update(AUDIT_HEADS).where(
    AUDIT_HEADS.c.team_id == bindparam("of_team")
)
_NO_TIMEOUT: Final = text("SET LOCAL statement_timeout = 0")
"""PostgreSQL: the proof of a long chain takes its time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The end of a team's chain: how many links, and the last one's hash."""

    team: TeamId
    seq: int
    hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChainReport:
    """What the proof of one team's chain found.

    `links` were proved; `broken_at` is the first that is wrong, and `why` says how.
    """

    team: TeamId
    links: int
    broken_at: int | None = None
    why: str = ""

    @property
    def is_whole(self) -> bool:
        """Tell whether the chain is what was written."""
        return self.broken_at is None


class Broken(Exception):
    """A link is not what was written."""

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(f"row {seq} {why}")
        self.seq = seq
        self.why = why


class AuditTrail:
    """The trail as those see it who check or clean it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def heads(self) -> Sequence[Head]:
        """List each team's head, to be kept somewhere that we cannot change."""
        with self._database.reading() as session:
            rows = session.exec(select(AuditHeadRow).order_by(AuditHeadRow.team_id))
            return [_head_of(row) for row in rows]

    def verify(self, team: TeamId | None = None) -> Sequence[ChainReport]:
        """Prove every team's chain, or one; a team without events has no report."""
        with self._database.reading() as session:
            if not self._database.is_sqlite:
                session.connection().execute(_NO_TIMEOUT)
            heads = {row.team_id: _head_of(row) for row in session.exec(_heads(team))}
            reports = {
                name: _report(TeamId(name), list_of, heads.pop(name, None))
                for name, list_of in groupby(
                    _links(session, team), key=lambda link: link[0].team_id
                )
            }
            for name, head in heads.items():  # heads over nothing
                reports[name] = _report(TeamId(name), iter(()), head)
        return [reports[name] for name in sorted(reports)]

    def erase(self, team: TeamId, seq: int, now: datetime) -> None:
        """Erase an event's payload for good; the chain still verifies.

        Raises:
            Unknown: there is no such event, or it is erased already.

        """
        with self._database.writing() as session:
            done = session.exec(
                update(AuditPayloadRow)
                .where(
                    col(AuditPayloadRow.team_id) == team,
                    col(AuditPayloadRow.seq) == seq,
                    col(AuditPayloadRow.erased_at).is_(None),
                )
                .values(payload=None, salt=None, erased_at=now)
            )
            if done.rowcount != 1:
                raise Unknown("audit event")


def append(session: Session, events: Iterable[AuditEvent], now: datetime) -> None:
    """Add links to their teams' chains: the transaction's last write."""
    by_team: dict[TeamId, list[AuditEvent]] = defaultdict(list)
    for event in events:
        by_team[event.team].append(event)
    for team in sorted(by_team):  # one order of locks for everybody
        head = _locked_head(session, team)
        links, payloads = [], []
        for event in by_team[team]:
            salt = secrets.token_hex(_SALT_BYTES)
            payload = loads(canonical_json(dict(event.payload)))  # as it is read back
            link = _link(event, head, now, _payload_hash(salt, payload))
            links.append(link.model_dump())
            payloads.append(
                {"team_id": team, "seq": link.seq, "salt": salt, "payload": payload}
            )
            head = Head(team=team, seq=link.seq, hash=link.hash)
        add_all(session, _ADD_LINKS, links)
        add_all(session, _ADD_PAYLOADS, payloads)
        change(
            session,
            _MOVE_HEAD,
            {"of_team": team, "seq": head.seq, "hash": head.hash},
        )


def _locked_head(session: Session, team: TeamId) -> Head:
    row = session.exec(_LOCKED_HEAD, params={"team": team}).one_or_none()
    if row is None:
        first = {"team_id": team, "seq": 0, "hash": GENESIS}
        add_once(session, AuditHeadRow, first, key={"team_id"})
        row = session.exec(_LOCKED_HEAD, params={"team": team}).one()
    return _head_of(row)


def _link(
    event: AuditEvent, head: Head, now: datetime, payload_hash: str
) -> AuditEventRow:
    link = AuditEventRow(
        team_id=event.team,
        seq=head.seq + 1,
        at=now,
        kind=event.kind.value,
        actor=event.actor,
        run_id=event.run,
        request_id=event.request,
        payload_hash=payload_hash,
        previous=head.hash,
        hash="",
    )
    link.hash = _link_hash(link)
    return link


def _link_hash(link: AuditEventRow) -> str:
    covered = {
        "v": VERSION,
        "team": link.team_id,
        "seq": link.seq,
        "at": link.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": link.kind,
        "actor": link.actor,
        "run": link.run_id,
        "request": link.request_id,
        "payload": link.payload_hash,
        "previous": link.previous,
    }
    return sha256(canonical_json(covered))


def _payload_hash(salt: str, payload: Mapping[str, Any]) -> str:
    return sha256(salt + canonical_json(payload))


def _heads(team: TeamId | None) -> Any:
    query = select(AuditHeadRow)
    return query if team is None else query.where(AuditHeadRow.team_id == team)


Link = tuple[AuditEventRow, AuditPayloadRow | None]


def _links(session: Session, team: TeamId | None) -> Iterator[Link]:
    beside = and_(
        col(AuditPayloadRow.team_id) == AuditEventRow.team_id,
        col(AuditPayloadRow.seq) == AuditEventRow.seq,
    )
    query = (
        select(AuditEventRow, AuditPayloadRow)
        .join(AuditPayloadRow, beside, isouter=True)
        .order_by(AuditEventRow.team_id, col(AuditEventRow.seq))
        .execution_options(yield_per=_PAGE)
    )
    if team is not None:
        query = query.where(AuditEventRow.team_id == team)
    yield from session.exec(query)


def _report(team: TeamId, links: Iterator[Link], head: Head | None) -> ChainReport:
    last = Head(team=team, seq=0, hash=GENESIS)
    try:
        for link, payload in links:
            last = _proved(link, payload, last)
        _check_end(last, head)
    except Broken as broken:
        return ChainReport(
            team=team, links=last.seq, broken_at=broken.seq, why=str(broken)
        )
    return ChainReport(team=team, links=last.seq)


def _proved(link: AuditEventRow, payload: AuditPayloadRow | None, last: Head) -> Head:
    due = last.seq + 1
    if link.seq != due:
        raise Broken(due, "is missing")
    if link.hash != _link_hash(link):
        raise Broken(due, "was changed")
    if link.previous != last.hash:
        raise Broken(due, "does not follow the one before it")
    if payload is None:
        raise Broken(due, "has lost its payload, which was not erased")
    is_erased = payload.salt is None
    if not is_erased and link.payload_hash != _payload_hash(
        payload.salt or "", payload.payload
    ):
        raise Broken(due, "has another payload than was written")
    return Head(team=last.team, seq=link.seq, hash=link.hash)


def _check_end(last: Head, head: Head | None) -> None:
    if head is None:
        raise Broken(
            last.seq, "is the last, but the head that should say so is missing"
        )
    if head.seq > last.seq:
        raise Broken(last.seq + 1, f"is missing: the head counts {head.seq}")
    if head.seq < last.seq:
        raise Broken(head.seq + 1, f"is too many: the head counts {head.seq}")
    if head.hash != last.hash:
        raise Broken(last.seq, "is not what the head says")


def _head_of(row: AuditHeadRow) -> Head:
    return Head(team=TeamId(row.team_id), seq=row.seq, hash=row.hash)
