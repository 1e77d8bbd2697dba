"""Every point at which the crash journeys end a process, in one table.

A point is where what is committed and what was done outside may differ: just before or
just after a commit, and between a post to Slack and the storing of its answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


class Moment(StrEnum):
    """On which side of a commit."""

    BEFORE = "before"  #: All is written, nothing is committed
    AFTER = "after"  #: Committed, and nobody was told


@dataclass(frozen=True, kw_only=True, slots=True)
class Commit:
    """A transaction in which a statement began with `statement` and had `values`."""

    moment: Moment
    statement: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """Slack has a new message of this kind, and its `ts` is about to be stored."""

    kind: str


Point = Commit | Posted


def _before(statement: str, **values: Any) -> Commit:
    return Commit(moment=Moment.BEFORE, statement=statement, values=values)


def _after(statement: str, **values: Any) -> Commit:
    return Commit(moment=Moment.AFTER, statement=statement, values=values)


BOT: Final[Mapping[str, Point]] = {
    "after the run's commit": _after("INSERT INTO runs"),
    "after the run's message was posted": Posted(kind="run"),
    "after the routing's commit": _after("INSERT INTO approvers"),
    "after the card was posted": Posted(kind="card"),
    "after the form's commit": _after("INSERT INTO decisions", verdict="revise"),
    "before the decision's commit": _before("INSERT INTO decisions", verdict="approve"),
    "after the decision's commit": _after("INSERT INTO decisions", verdict="approve"),
    "after the result was posted": Posted(kind="result"),
}
"""The bot's, in the order in which the story of *content* passes them."""

WORKER: Final[Mapping[str, Point]] = {
    "after the start": _after("UPDATE segments", state="running", number=1),
    "before write_draft's commit": _before("INSERT INTO journal", method="write_draft"),
    "after write_draft's commit": _after("INSERT INTO journal", method="write_draft"),
    "before edit_draft's commit": _before("INSERT INTO journal", method="edit_draft"),
    "after edit_draft's commit": _after("INSERT INTO journal", method="edit_draft"),
    "before draft_review's commit": _before(
        "INSERT INTO journal", method="draft_review"
    ),
    "after draft_review's commit": _after("INSERT INTO journal", method="draft_review"),
    "before the request's commit": _before("INSERT INTO requests", revision=1),
    "after the request's commit": _after("INSERT INTO requests", revision=1),
    "in the replay": _after("UPDATE segments", state="running", number=2),
    "in the replay, before a step's commit": _before(
        "INSERT INTO journal", method="write_draft", call=2
    ),
    "in the replay, after a step's commit": _after(
        "INSERT INTO journal", method="write_draft", call=2
    ),
    "before final_text's commit": _before("INSERT INTO journal", method="final_text"),
    "after final_text's commit": _after("INSERT INTO journal", method="final_text"),
    "before the end's commit": _before("UPDATE runs", state="succeeded"),
    "after the end's commit": _after("UPDATE runs", state="succeeded"),
}
"""The worker's, in the same order; what has a method's name is its write to the journal."""

POINTS: Final[Mapping[str, Mapping[str, Point]]] = {"bot": BOT, "worker": WORKER}

REDONE: Final = frozenset(
    {
        "before write_draft's commit",
        "before edit_draft's commit",
        "in the replay, before a step's commit",
    }
)
"""Where a step with one call of the model is not finished, and is done again."""
