"""A segment: a stretch of a run between two stops. Never in a text that people see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from approvals.ids import RequestId, RunId, SegmentId, TeamId
from approvals.requests import Ask, CallAddress
from approvals.runs import FailureCause
from approvals.verdicts import Verdict

MAX_CRASHES: Final = 5
"""A segment whose worker died so often is failed: it may be what kills them."""


class SegmentState(StrEnum):
    """Where a segment stands."""

    QUEUED = "queued"  #: Waits for a worker
    RUNNING = "running"  #: A worker is at it
    ENDED = "ended"  #: Came to its end
    FAILED = "failed"  #: Ended by an error
    CANCELLED = "cancelled"  #: Its run was cancelled


ACTIVE_SEGMENT_STATES: Final = frozenset({SegmentState.QUEUED, SegmentState.RUNNING})


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """One row of the truth about what workers must do.

    `attempt` counts starts; every write of a worker names the attempt it began with,
    so that one thought dead cannot write. `answers` are the requests whose decisions
    this segment hands to the flow, frozen when it was made.
    """

    id: SegmentId
    team: TeamId
    run: RunId
    number: int
    state: SegmentState = SegmentState.QUEUED
    attempt: int = 0
    executor: str | None = None
    not_before: datetime | None = None
    answers: tuple[RequestId, ...] = ()
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A decision on its way into the flow; no model reads any of it."""

    address: CallAddress
    request: RequestId
    verdict: Verdict
    label: str | None
    words: str
    by: str
    output_digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalEntry:
    """A finished call of a method: its encoded result and the state after it.

    `entry` is the runner's own JSON text; only its address is read by us.
    """

    address: CallAddress
    segment: int
    title: str
    entry: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """All that a worker needs to run a segment once."""

    segment: Segment
    run_code: str
    crew: str
    crew_version: str
    inputs: Mapping[str, Any]
    held: tuple[str, ...]
    practice: bool
    requester: str
    priority: str
    journal: tuple[JournalEntry, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """The segment ended because every branch waits for people or has ended.

    `overtaken` are open asks that an `or_` race has made needless.
    """

    asks: tuple[Ask, ...]
    overtaken: tuple[CallAddress, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished:
    """The flow came to its end. `ended_by` is reject, expired or None.

    `at_checkpoint` names the checkpoint whose verdict ended it.
    """

    result: str
    ended_by: Verdict | None = None
    at_checkpoint: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """The flow failed: where, and why, in words that people read."""

    step: str
    reason: str
    cause: FailureCause | None = None
    detail: str = ""


Ending = Waiting | Finished | Failed
