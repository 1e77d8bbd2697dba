"""An approval request, and the only table by which its state may change."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from approvals.errors import NotFromHere
from approvals.ids import RequestId, RunId, TeamId, UserId
from approvals.policies import Policy
from approvals.verdicts import Labels, Verdict


class RequestState(StrEnum):
    """Where a request stands; a final state is its outcome."""

    PENDING = "pending"  #: Nobody has decided
    HELD = "held"  #: Decided, and for a moment still to be taken back
    APPROVED = "approved"  #: Go on; final
    REJECTED = "rejected"  #: Do not; final
    REVISED = "revised"  #: Sent back; the next revision follows; final
    SKIPPED = "skipped"  #: The check was passed over; final
    CHOSEN = "chosen"  #: One of the flow's further labels was taken; final
    ANSWERED = "answered"  #: A question or form was answered; final
    DECLINED = "declined"  #: A question or form was declined; final
    EXPIRED = "expired"  #: Nobody decided in time; final, and never an approval
    CANCELLED = "cancelled"  #: The run ended without it; final


class RequestMove(StrEnum):
    """What can happen to a request."""

    APPROVE = "approve"  #: Its people approved
    REJECT = "reject"  #: Its people rejected
    REVISE = "revise"  #: Its people sent it back
    SKIP = "skip"  #: Its people passed over the check
    CHOOSE = "choose"  #: Its people took a further label
    ANSWER = "answer"  #: Somebody answered
    DECLINE = "decline"  #: Somebody declined to answer
    HOLD = "hold"  #: Decided, with a time to take it back
    UNDO = "undo"  #: Taken back within that time
    EXPIRE = "expire"  #: Its time ran out
    CANCEL = "cancel"  #: Its run ended, or another branch overtook it


_OUTCOMES: Final = {
    RequestMove.APPROVE: RequestState.APPROVED,
    RequestMove.REJECT: RequestState.REJECTED,
    RequestMove.REVISE: RequestState.REVISED,
    RequestMove.SKIP: RequestState.SKIPPED,
    RequestMove.CHOOSE: RequestState.CHOSEN,
    RequestMove.CANCEL: RequestState.CANCELLED,
}

REQUEST_TRANSITIONS: Final[
    Mapping[RequestState, Mapping[RequestMove, RequestState]]
] = {
    RequestState.PENDING: {
        **_OUTCOMES,
        RequestMove.ANSWER: RequestState.ANSWERED,
        RequestMove.DECLINE: RequestState.DECLINED,
        RequestMove.HOLD: RequestState.HELD,
        RequestMove.EXPIRE: RequestState.EXPIRED,
    },
    RequestState.HELD: {**_OUTCOMES, RequestMove.UNDO: RequestState.PENDING},
    RequestState.APPROVED: {},
    RequestState.REJECTED: {},
    RequestState.REVISED: {},
    RequestState.SKIPPED: {},
    RequestState.CHOSEN: {},
    RequestState.ANSWERED: {},
    RequestState.DECLINED: {},
    RequestState.EXPIRED: {},
    RequestState.CANCELLED: {},
}

FINAL_REQUEST_STATES: Final = frozenset(
    state for state, moves in REQUEST_TRANSITIONS.items() if not moves
)

MOVE_OF: Final[Mapping[Verdict, RequestMove]] = {
    Verdict.APPROVE: RequestMove.APPROVE,
    Verdict.REJECT: RequestMove.REJECT,
    Verdict.REVISE: RequestMove.REVISE,
    Verdict.SKIP: RequestMove.SKIP,
    Verdict.CHOOSE: RequestMove.CHOOSE,
    Verdict.EXPIRED: RequestMove.EXPIRE,
}


class RequestKind(StrEnum):
    """What is asked."""

    REVIEW = "review"  #: Is this right?
    QUESTION = "question"  #: An agent asks, a person answers
    FORM = "form"  #: An agent needs typed values
    TOOL_CALL = "tool_call"  #: A tool's call with its arguments


class FactType(StrEnum):
    """How a fact is read and drawn."""

    TEXT = "text"  #: As it stands
    CHOICE = "choice"  #: One of a few words
    NUMBER = "number"  #: A decimal number
    MONEY = "money"  #: A decimal number with a currency


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """Something the deciders should see apart from the text.

    `value` is the decimal's or text's plain writing; None means unknown, and then
    `unknown` says why. An unknown fact is absent for the rules.
    """

    name: str
    label: str
    type: FactType
    value: str | None
    currency: str | None = None
    unknown: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What is decided on: exactly what the people are shown.

    `output` is the encoded value (JSON text) that the flow will be handed; `body` is
    the same for people to read.
    """

    title: str
    body: str
    output: str
    facts: tuple[Fact, ...] = ()
    criteria: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CallAddress:
    """The n-th call of a method in a flow (`path` is empty but in nested flows)."""

    path: str
    method: str
    call: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """A checkpoint that a run has reached, as the runner reports it."""

    address: CallAddress
    checkpoint: str
    visit: int
    revision: int
    subject: Subject
    labels: Labels
    kind: RequestKind = RequestKind.REVIEW
    policy: str | None = None
    max_revisions: int | None = None
    context: str = ""
    leads_to: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Closing:
    """How a request was closed: by whom (None: by the clock or the run), with what."""

    by: UserId | None
    by_name: str
    at: datetime
    verdict: Verdict | None
    label: str | None
    words: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovalRequest:
    """One question put to people about one checkpoint of one run.

    Unique by (run, checkpoint, visit, revision). `policy` and `approvers` are None
    and empty until it is routed; both are copies, so that an edited rules file never
    changes an open request. `applied_in` is the segment that hands the decision to
    the flow. `next_due_at` is when the clock must look at it again.
    """

    id: RequestId
    team: TeamId
    run: RunId
    ask: Ask
    digest: str
    state: RequestState = RequestState.PENDING
    version: int = 1
    policy: Policy | None = None
    approvers: tuple[UserId, ...] = ()
    unroutable: str = ""
    asked_at: datetime
    expires_at: datetime
    next_due_at: datetime | None
    closing: Closing | None = None
    applied_in: int | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether it can still be decided."""
        return self.state not in FINAL_REQUEST_STATES

    @property
    def is_routed(self) -> bool:
        """Tell whether its policy and its people are known."""
        return self.policy is not None

    @property
    def can_revise(self) -> bool:
        """Three revisions allowed mean three clicks: versions 1, 2 and 3 offer it."""
        limit = self.ask.max_revisions
        return self.ask.labels.can_revise and (
            limit is None or self.ask.revision <= limit
        )

    def moved(
        self, move: RequestMove, closing: Closing | None = None, **changes: Any
    ) -> "ApprovalRequest":
        """Give the request after a move; a final one has no deadline any more.

        Raises:
            NotFromHere: the table does not allow the move from this state.

        """
        target = REQUEST_TRANSITIONS[self.state].get(move)
        if target is None:
            raise NotFromHere(self.state.value, move.value)
        if target in FINAL_REQUEST_STATES:
            changes["next_due_at"] = None
        return replace(self, state=target, closing=closing, **changes)
