"""Every id that comes back from Slack, and what buttons and forms carry.

A carried value names things and proves nothing: who may do what is checked on every
click. Parsing is strict, so that a value that we did not make is never half understood.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from approvals.ids import RequestId, RunId
from approvals.requests import ApprovalRequest
from approvals.runs import Run


class Action(StrEnum):
    """The `action_id` of everything that reports a press, and what its value is."""

    APPROVE = "card:approve"  #: CardRef
    REJECT = "card:reject"  #: CardRef; opens a form
    REVISE = "card:revise"  #: CardRef; opens a form
    OPEN = "card:open"  #: CardRef; opens the whole text
    MORE = "card:more"  #: CardRef; opens what this person may do
    APPROVE_NOTE = "more:approve_note"  #: CardRef; opens a form
    CHOOSE = "more:choose"  #: ChoiceRef
    RUN_DETAILS = "run:details"  #: RunRef; opens the details
    RUN_CANCEL = "run:cancel"  #: RunRef
    RUN_RETRY = "run:retry"  #: RunRef
    RESULT_OPEN = "result:open"  #: RunRef; opens the whole text
    PAGE_BACK = "text:back"  #: TextRef; shows the page before
    PAGE_NEXT = "text:next"  #: TextRef; shows the next page
    CREW = "create:crew"  #: The crew select of the form; redraws it
    START_CREW = "crews:start"  #: A crew's name; opens the form


class Callback(StrEnum):
    """The `callback_id` of each modal, and what its `private_metadata` is."""

    CREATE = "create"  #: CreateRef
    REJECT = "reject"  #: CardRef
    REVISE = "revise"  #: CardRef
    APPROVE_NOTE = "approve_note"  #: CardRef
    MORE = "more"  #: CardRef
    TEXT = "text"  #: TextRef
    DETAILS = "details"  #: RunRef
    NOTICE = "notice"  #: Nothing


class Input(StrEnum):
    """The `block_id` of each fixed input; its element's action_id is `VALUE`."""

    CREW = "crew"  #: Which crew; its action_id is `Action.CREW`
    CHANNEL = "channel"  #: Where the run is shown
    PRIORITY = "priority"  #: How much it matters
    OPTIONAL = (
        "optional"  #: The ticked optional checkpoints, `optional:0`, `optional:1`…
    )
    WORDS = "words"  #: A reason, feedback or a note


VALUE: Final = "value"
"""The `action_id` of an input's element."""

_UUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_NUMBER: Final = "0|[1-9][0-9]{0,5}"
_CARD: Final = f"({_UUID}):({_NUMBER}):([0-9a-f]{{64}})"

_CARD_REF: Final = re.compile(f"card:{_CARD}")
_CHOICE_REF: Final = re.compile(f"choice:{_CARD}:({_NUMBER})")
_RUN_REF: Final = re.compile(f"run:({_UUID})")
_TEXT_REF: Final = re.compile(f"text:(request|run):({_UUID}):({_NUMBER})")
_CREATE_REF: Final = re.compile("create:(try|own):([0-9A-Za-z_-]{0,128})")


@dataclass(frozen=True, kw_only=True, slots=True)
class CardRef:
    """What a card's button says that it is about: exactly this text of this request."""

    request: RequestId
    revision: int
    digest: str

    @classmethod
    def of(cls, request: ApprovalRequest) -> "CardRef":
        """Refer to a request as it is now."""
        return cls(
            request=request.id, revision=request.ask.revision, digest=request.digest
        )

    @classmethod
    def parse(cls, value: object) -> "CardRef | None":
        """Read a carried value; None for anything that we did not write."""
        found = _match(_CARD_REF, value)
        return None if found is None else _card(found)

    def __str__(self) -> str:
        """Write the value, of at most 200 characters."""
        return f"card:{self.request}:{self.revision}:{self.digest}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChoiceRef:
    """One of the further labels on offer, by its place among them."""

    card: CardRef
    choice: int

    @classmethod
    def parse(cls, value: object) -> "ChoiceRef | None":
        """Read a carried value; None for anything that we did not write."""
        found = _match(_CHOICE_REF, value)
        return None if found is None else cls(card=_card(found), choice=int(found[4]))

    def __str__(self) -> str:
        """Write the value, of at most 200 characters."""
        return f"choice:{str(self.card).removeprefix('card:')}:{self.choice}"


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRef:
    """What a run message's button says that it is about."""

    run: RunId

    @classmethod
    def of(cls, run: Run) -> "RunRef":
        """Refer to a run."""
        return cls(run=run.id)

    @classmethod
    def parse(cls, value: object) -> "RunRef | None":
        """Read a carried value; None for anything that we did not write."""
        found = _match(_RUN_REF, value)
        return None if found is None else cls(run=RunId(found[1]))

    def __str__(self) -> str:
        """Write the value."""
        return f"run:{self.run}"


@dataclass(frozen=True, kw_only=True, slots=True)
class TextRef:
    """A page (from 0 on) of a request's text or of a run's result."""

    of: RequestId | RunId
    is_result: bool
    page: int = 0

    @classmethod
    def parse(cls, value: object) -> "TextRef | None":
        """Read a carried value; None for anything that we did not write."""
        found = _match(_TEXT_REF, value)
        if found is None:
            return None
        is_result = found[1] == "run"
        of = RunId(found[2]) if is_result else RequestId(found[2])
        return cls(of=of, is_result=is_result, page=int(found[3]))

    def __str__(self) -> str:
        """Write the value."""
        return f"text:{'run' if self.is_result else 'request'}:{self.of}:{self.page}"


@dataclass(frozen=True, kw_only=True, slots=True)
class CreateRef:
    """What the form of a start is about: the crew's version (empty: none chosen)."""

    crew_version: str = ""
    practice: bool = False

    @classmethod
    def parse(cls, value: object) -> "CreateRef | None":
        """Read a carried value; None for anything that we did not write."""
        found = _match(_CREATE_REF, value)
        if found is None:
            return None
        return cls(crew_version=found[2], practice=found[1] == "try")

    def __str__(self) -> str:
        """Write the value."""
        return f"create:{'try' if self.practice else 'own'}:{self.crew_version}"


def _card(found: re.Match[str]) -> CardRef:
    return CardRef(request=RequestId(found[1]), revision=int(found[2]), digest=found[3])


def _match(pattern: re.Pattern[str], value: object) -> re.Match[str] | None:
    return pattern.fullmatch(value) if isinstance(value, str) else None
