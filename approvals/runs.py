"""A run, and the only table by which its state may change."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from approvals.errors import NotFromHere
from approvals.ids import ChannelId, RunCode, RunId, TeamId, UserId


class RunState(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"  #: A segment waits for a worker
    RUNNING = "running"  #: A worker is at it
    WAITING = "waiting"  #: People are asked; nothing runs and nothing is held
    FAILED = "failed"  #: Stopped by an error; Retry goes on from the journal
    SUCCEEDED = "succeeded"  #: The flow came to its end; final
    REJECTED = "rejected"  #: The flow ended through a rejection; final
    EXPIRED = "expired"  #: The flow ended because nobody decided in time; final
    STOPPED = "stopped"  #: An approver ended it; final
    CANCELLED = "cancelled"  #: The requester or an admin ended it; final


class FailureCause(StrEnum):
    """What made a run fail, where it is something known that people can mend."""

    MODEL_UNREACHABLE = "model_unreachable"  #: The model's server gave no answer
    MODEL_KEY_REFUSED = "model_key_refused"  #: It does not accept the key
    MODEL_RATE_LIMITED = "model_rate_limited"  #: Too many calls, or no credit


class RunMove(StrEnum):
    """What can happen to a run."""

    START = "start"  #: A worker took its segment
    REQUEUE = "requeue"  #: The worker died; another takes the segment
    PAUSE = "pause"  #: Every branch has ended or waits for people
    GO_ON = "go_on"  #: A decision continues it
    FAIL = "fail"  #: A step failed for good
    RETRY = "retry"  #: Somebody pressed Retry
    SUCCEED = "succeed"  #: The flow ended
    REJECT = "reject"  #: The flow ended through a rejection
    EXPIRE = "expire"  #: The flow ended through an expiry
    STOP = "stop"  #: An approver stopped it
    CANCEL = "cancel"  #: The requester or an admin cancelled it


_ENDS: Final = {
    RunMove.STOP: RunState.STOPPED,
    RunMove.CANCEL: RunState.CANCELLED,
}

RUN_TRANSITIONS: Final[Mapping[RunState, Mapping[RunMove, RunState]]] = {
    RunState.QUEUED: {
        RunMove.START: RunState.RUNNING,
        RunMove.FAIL: RunState.FAILED,
        **_ENDS,
    },
    RunState.RUNNING: {
        RunMove.REQUEUE: RunState.QUEUED,
        RunMove.PAUSE: RunState.WAITING,
        RunMove.GO_ON: RunState.QUEUED,
        RunMove.FAIL: RunState.FAILED,
        RunMove.SUCCEED: RunState.SUCCEEDED,
        RunMove.REJECT: RunState.REJECTED,
        RunMove.EXPIRE: RunState.EXPIRED,
        **_ENDS,
    },
    RunState.WAITING: {RunMove.GO_ON: RunState.QUEUED, **_ENDS},
    RunState.FAILED: {RunMove.RETRY: RunState.QUEUED, **_ENDS},
    RunState.SUCCEEDED: {},
    RunState.REJECTED: {},
    RunState.EXPIRED: {},
    RunState.STOPPED: {},
    RunState.CANCELLED: {},
}

FINAL_RUN_STATES: Final = frozenset(
    state for state, moves in RUN_TRANSITIONS.items() if not moves
)


_ENDED: Final[Mapping[RunState, str]] = {
    RunState.SUCCEEDED: "it has finished",
    RunState.REJECTED: "it finished after a rejection",
    RunState.EXPIRED: "it finished because nobody decided in time",
}
"""How it came to an end of its own; of the others the run itself says who ended it."""


class Priority(StrEnum):
    """How much a run matters to the one who started it."""

    LOW = "low"  #: Whenever there is time
    MEDIUM = "medium"  #: The usual
    HIGH = "high"  #: Soon
    CRITICAL = "critical"  #: Now


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One execution of a crew's flow.

    `channel` is where it is shown (a DM's run has the requester's own, see
    `practice`); `origin` is the Slack id of the command or form that started it, so
    that a duplicate starts nothing; `version` grows with every saved change.
    """

    id: RunId
    team: TeamId
    code: RunCode
    crew: str
    crew_title: str
    crew_version: str
    inputs: Mapping[str, Any]
    requester: UserId
    requester_name: str
    channel: ChannelId
    origin: str
    priority: Priority = Priority.MEDIUM
    held: tuple[str, ...] = ()
    unticked: tuple[str, ...] = ()
    practice: bool = False
    state: RunState = RunState.QUEUED
    version: int = 1
    doing: str = ""
    reason: str = ""
    cause: FailureCause | None = None
    ended_by: str = ""
    result: str = field(default="", repr=False)
    created_at: datetime
    changed_at: datetime

    @property
    def is_final(self) -> bool:
        """Tell whether nothing can happen to it any more."""
        return self.state in FINAL_RUN_STATES

    @property
    def how_it_ended(self) -> str:
        """Say how a final run ended: `cancelled by Ana`, `it has finished`."""
        return _ENDED.get(self.state) or self.reason[:1].lower() + self.reason[1:]

    def moved(self, move: RunMove, now: datetime, **changes: Any) -> "Run":
        """Give the run after a move.

        Raises:
            NotFromHere: the table does not allow the move from this state.

        """
        target = RUN_TRANSITIONS[self.state].get(move)
        if target is None:
            raise NotFromHere(self.state.value, move.value)
        return replace(self, state=target, changed_at=now, **changes)
