"""The tables. Their constraints repeat the promises that the rules make.

Rows never leave `storage`. Every row that belongs to a workspace carries its
`team_id`; crew versions, workers and rules files belong to the installation. States
are stored by value, with a CHECK made from the enum.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from approvals.requests import FINAL_REQUEST_STATES, RequestState
from approvals.runs import Priority, RunState
from approvals.segments import ACTIVE_SEGMENT_STATES, SegmentState
from approvals.showing import Manner, ThingKind
from approvals.verdicts import Verdict
from storage.types import AnyText, JsonText, UtcDateTime

NAMING: Final = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}

_SEQUENCE: Final = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in an INTEGER primary key."""


def _values(values: frozenset[Any] | type[StrEnum]) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values))


def _one_of(column: str, enum: type[StrEnum]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({_values(enum)})", name=column)


class Row(SQLModel):
    """What all tables share: the names of their constraints."""

    metadata = MetaData(naming_convention=NAMING)


class CrewVersionRow(Row, table=True):
    """A loaded crew; `gone` when its folder has been taken away."""

    __tablename__ = "crew_versions"
    __table_args__ = (Index(None, "name", "loaded_at"),)

    hash: str = Field(primary_key=True)
    name: str
    title: str = Field(sa_type=AnyText)
    description: str = Field(sa_type=AnyText)
    entry: str
    input_schema: Any = Field(sa_type=JsonText)
    checkpoints: Any = Field(sa_type=JsonText)
    steps: Any = Field(sa_type=JsonText)
    problems: Any = Field(sa_type=JsonText)
    warnings: Any = Field(sa_type=JsonText)
    loaded_at: datetime = Field(sa_type=UtcDateTime)
    gone: bool = False


class CrewBundleRow(Row, table=True):
    """The ZIP of a crew's folder, apart from what is read all the time."""

    __tablename__ = "crew_bundles"
    __table_args__ = (ForeignKeyConstraint(["hash"], ["crew_versions.hash"]),)

    hash: str = Field(primary_key=True)
    bundle: bytes = Field(sa_type=LargeBinary)


class RunRow(Row, table=True):
    """A run."""

    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("team_id", "code"),
        UniqueConstraint("team_id", "origin"),
        _one_of("state", RunState),
        _one_of("priority", Priority),
        Index(None, "team_id", "created_at"),
        Index(None, "team_id", "requester", "created_at"),
    )

    id: str = Field(primary_key=True)
    team_id: str
    code: str
    crew: str
    crew_title: str = Field(sa_type=AnyText)
    crew_version: str
    inputs: Any = Field(sa_type=JsonText)
    requester: str
    requester_name: str = Field(sa_type=AnyText)
    channel: str
    origin: str
    priority: str
    held: Any = Field(sa_type=JsonText)
    unticked: Any = Field(sa_type=JsonText)
    practice: bool
    state: str
    version: int
    doing: str = Field(sa_type=AnyText)
    reason: str = Field(sa_type=AnyText)
    cause: str | None
    ended_by: str = Field(sa_type=AnyText)
    result: str = Field(sa_type=AnyText)
    created_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class RequestRow(Row, table=True):
    """An approval request; `ask` is what was reached, whole and never changed."""

    __tablename__ = "requests"
    __table_args__ = (
        UniqueConstraint("run_id", "path", "checkpoint", "visit", "revision"),
        ForeignKeyConstraint(["run_id"], ["runs.id"]),
        _one_of("state", RequestState),
        CheckConstraint("visit >= 1 AND revision >= 1", name="counted_from_one"),
        CheckConstraint(
            f"state NOT IN ({_values(FINAL_REQUEST_STATES)}) OR next_due_at IS NULL",
            name="final_is_never_due",
        ),
        Index(
            None,
            "next_due_at",
            sqlite_where=text("next_due_at IS NOT NULL"),
            postgresql_where=text("next_due_at IS NOT NULL"),
        ),
        Index(
            "ix_requests_unrouted",
            "asked_at",
            sqlite_where=text("policy IS NULL AND state = 'pending'"),
            postgresql_where=text("policy IS NULL AND state = 'pending'"),
        ),
    )

    id: str = Field(primary_key=True)
    team_id: str
    run_id: str
    path: str
    checkpoint: str
    visit: int
    revision: int
    ask: Any = Field(sa_type=JsonText)
    digest: str
    state: str
    version: int
    policy: Any = Field(default=None, sa_type=JsonText, nullable=True)
    approvers: Any = Field(sa_type=JsonText)
    unroutable: str = Field(sa_type=AnyText)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    next_due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closing: Any = Field(default=None, sa_type=JsonText, nullable=True)
    applied_in: int | None = None


class ApproverRow(Row, table=True):
    """An open request by a person whom it names: an index, kept by `requests.save`."""

    __tablename__ = "approvers"
    __table_args__ = (
        ForeignKeyConstraint(["request_id"], ["requests.id"]),
        Index(None, "team_id", "user_id"),
    )

    request_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    team_id: str


class DecisionRow(Row, table=True):
    """A decision; rows are only ever added."""

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("team_id", "origin"),
        ForeignKeyConstraint(["request_id"], ["requests.id"]),
        _one_of("verdict", Verdict),
        Index(None, "request_id"),
    )

    id: str = Field(primary_key=True)
    team_id: str
    request_id: str
    person: str
    person_name: str = Field(sa_type=AnyText)
    verdict: str
    label: str | None = Field(default=None, sa_type=AnyText)
    words: str = Field(sa_type=AnyText)
    digest: str
    origin: str
    at: datetime = Field(sa_type=UtcDateTime)


_ACTIVE: Final = f"state IN ({_values(ACTIVE_SEGMENT_STATES)})"


class SegmentRow(Row, table=True):
    """A segment. `enqueued` counts how often its id was put on the queue."""

    __tablename__ = "segments"
    __table_args__ = (
        UniqueConstraint("run_id", "number"),
        ForeignKeyConstraint(["run_id"], ["runs.id"]),
        _one_of("state", SegmentState),
        Index(
            "uq_segments_one_active_per_run",
            "run_id",
            unique=True,
            sqlite_where=text(_ACTIVE),
            postgresql_where=text(_ACTIVE),
        ),
        Index(
            "ix_segments_queued",
            "created_at",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
    )

    id: str = Field(primary_key=True)
    team_id: str
    run_id: str
    number: int
    state: str
    attempt: int
    executor: str | None = None
    not_before: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answers: Any = Field(sa_type=JsonText)
    created_at: datetime = Field(sa_type=UtcDateTime)
    enqueued: int


class JournalRow(Row, table=True):
    """A finished call of a method; `seq` is the order in which they ended."""

    __tablename__ = "journal"
    __table_args__ = (
        UniqueConstraint("run_id", "path", "method", "call"),
        ForeignKeyConstraint(["run_id"], ["runs.id"]),
        CheckConstraint("call >= 1", name="counted_from_one"),
    )

    seq: int | None = Field(default=None, primary_key=True, sa_type=_SEQUENCE)
    team_id: str
    run_id: str
    path: str
    method: str
    call: int
    segment: int
    title: str = Field(sa_type=AnyText)
    entry: str = Field(sa_type=AnyText)
    at: datetime = Field(sa_type=UtcDateTime)


_DUE: Final = "shown < wanted AND gave_up_at IS NULL"


class PostingRow(Row, table=True):
    """A thing at a place. Due while `shown` is behind `wanted`.

    `channel` and `ts` are Slack's answer to the post, `key` names the post in its
    metadata. `owner` holds it until `lease_until`.
    """

    __tablename__ = "postings"
    __table_args__ = (
        UniqueConstraint("kind", "thing_id", "conversation"),
        UniqueConstraint("key"),
        _one_of("kind", ThingKind),
        _one_of("manner", Manner),
        CheckConstraint("shown <= wanted", name="shown_was_wanted"),
        CheckConstraint("(owner IS NULL) = (lease_until IS NULL)", name="leased"),
        Index(None, "channel", "ts"),
        Index(
            "ix_postings_due",
            "team_id",
            "conversation",
            "rank",
            "wanted_at",
            sqlite_where=text(_DUE),
            postgresql_where=text(_DUE),
        ),
        Index(
            "ix_postings_leased",
            "team_id",
            "conversation",
            sqlite_where=text("lease_until IS NOT NULL"),
            postgresql_where=text("lease_until IS NOT NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    team_id: str
    kind: str
    thing_id: str
    conversation: str
    rank: int
    manner: str
    under_kind: str | None = None
    under_id: str | None = None
    ping: Any = Field(sa_type=JsonText)
    wanted: int = 1
    wanted_at: datetime = Field(sa_type=UtcDateTime)
    shown: int = 0
    channel: str | None = None
    ts: str | None = None
    key: str
    owner: str | None = None
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    not_before: datetime | None = Field(default=None, sa_type=UtcDateTime)
    attempts: int = 0
    problem: str = Field(default="", sa_type=AnyText)
    gave_up_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PaceRow(Row, table=True):
    """How far a lane's calls have been spent (see `storage.pace`)."""

    __tablename__ = "paces"

    team_id: str = Field(primary_key=True)
    lane: str = Field(primary_key=True)
    conversation: str = Field(primary_key=True)
    free_at: datetime = Field(sa_type=UtcDateTime)
    full_at: datetime = Field(sa_type=UtcDateTime)


class AuditEventRow(Row, table=True):
    """A link of a team's chain; rows are only ever added."""

    __tablename__ = "audit_events"

    team_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    at: datetime = Field(sa_type=UtcDateTime)
    kind: str
    actor: str
    run_id: str | None = Field(default=None, index=True)
    request_id: str | None = None
    payload_hash: str
    previous: str
    hash: str


class AuditPayloadRow(Row, table=True):
    """An event's names and texts; erased ones keep their row and the time."""

    __tablename__ = "audit_payloads"
    __table_args__ = (
        ForeignKeyConstraint(
            ["team_id", "seq"], ["audit_events.team_id", "audit_events.seq"]
        ),
        CheckConstraint(
            "(payload IS NULL) = (erased_at IS NOT NULL)"
            " AND (salt IS NULL) = (payload IS NULL)",
            name="there_or_erased",
        ),
    )

    team_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    salt: str | None = None
    payload: Any = Field(default=None, sa_type=JsonText, nullable=True)
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AuditHeadRow(Row, table=True):
    """The end of a team's chain."""

    __tablename__ = "audit_heads"

    team_id: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)
    hash: str


class PersonRow(Row, table=True):
    """A person, as last read from Slack."""

    __tablename__ = "people"
    __table_args__ = (Index(None, "team_id", "read_at"),)

    team_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    name: str = Field(sa_type=AnyText)
    home_team: str
    is_bot: bool
    is_guest: bool
    is_deactivated: bool
    tz: str
    read_at: datetime = Field(sa_type=UtcDateTime)


class PolicyFileRow(Row, table=True):
    """A rules file that came into force, whole."""

    __tablename__ = "policies"

    hash: str = Field(primary_key=True)
    text: str = Field(sa_type=AnyText)
    loaded_by: str = Field(sa_type=AnyText)
    loaded_at: datetime = Field(sa_type=UtcDateTime)


class WorkerRow(Row, table=True):
    """A worker process; `claimed_at` when another began to take over its estate."""

    __tablename__ = "workers"

    executor: str = Field(primary_key=True)
    beat_at: datetime = Field(sa_type=UtcDateTime, index=True)
    claimed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


_TABLES: Final = Row.metadata.tables
RUNS: Final = _TABLES["runs"]
REQUESTS: Final = _TABLES["requests"]
APPROVERS: Final = _TABLES["approvers"]
DECISIONS: Final = _TABLES["decisions"]
SEGMENTS: Final = _TABLES["segments"]
JOURNAL: Final = _TABLES["journal"]
POSTINGS: Final = _TABLES["postings"]
PEOPLE: Final = _TABLES["people"]
AUDIT_EVENTS: Final = _TABLES["audit_events"]
AUDIT_PAYLOADS: Final = _TABLES["audit_payloads"]
AUDIT_HEADS: Final = _TABLES["audit_heads"]
