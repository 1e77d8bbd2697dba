"""The facts that the trail keeps. Rows of these are only ever added."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from approvals.ids import RequestId, RunId, TeamId

CLOCK: Final = "clock"
"""The actor of what time did."""

BOT: Final = "bot"
"""The actor of what the bot did by itself, such as routing."""

WORKER: Final = "worker"
"""The actor of what came of a run by itself."""


class AuditKind(StrEnum):
    """`subject:what happened`."""

    RUN_STARTED = "run:started"  #: A person started a run
    RUN_FAILED = "run:failed"  #: A step failed for good
    RUN_RETRIED = "run:retried"  #: A person let it go on from the journal
    RUN_ENDED = "run:ended"  #: The flow came to its end
    RUN_CANCELLED = "run:cancelled"  #: The requester or an admin ended it
    CHECKPOINT_UNTICKED = "checkpoint:unticked"  #: An optional one was left out
    REQUEST_OPENED = "request:opened"  #: A checkpoint was reached
    REQUEST_ROUTED = "request:routed"  #: Its policy and people are known
    REQUEST_UNROUTABLE = "request:unroutable"  #: Nobody can be named
    REQUEST_EXPIRED = "request:expired"  #: Nobody decided in time
    REQUEST_CANCELLED = "request:cancelled"  #: Its run ended without it
    DECISION_RECORDED = "decision:recorded"  #: A person decided
    DECISION_REFUSED = "decision:refused"  #: Somebody pressed what is not theirs
    DECISION_APPLIED = "decision:applied"  #: The flow was handed it
    DIGEST_MISMATCH = "digest:mismatch"  #: What was decided is not what would go on
    RULES_LOADED = "rules:loaded"  #: A rules file came into force


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditEvent:
    """One fact: what, by whom (`actor`: a user id, or "clock", "worker", "bot").

    `payload` holds names and texts; it can be erased while the chain still verifies.
    """

    team: TeamId
    kind: AuditKind
    actor: str
    run: RunId | None = None
    request: RequestId | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
