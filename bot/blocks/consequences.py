"""What each answer leads to, in the flow's own words where it has any."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from approvals.requests import Ask
from approvals.verdicts import Labels, Verdict
from bot.blocks import rich
from bot.blocks.message import Block, Element
from bot.wording.formats import spoken
from bot.wording.text import one_line

_LENGTH: Final = 300

_STEP: Final = re.compile(r"\*([\w-]{1,80})\*")
"""How a step is named in what is read from a flow's graph."""

_BUTTONS: Final[Mapping[Verdict, str]] = {
    Verdict.APPROVE: "Approve",
    Verdict.REJECT: "Reject",
    Verdict.REVISE: "Revise",
}


def consequences_blocks(ask: Ask, *, can_revise: bool) -> list[Block]:
    """Say what each button of a card will do."""
    offered = [
        verdict for verdict in _BUTTONS if verdict is not Verdict.REVISE or can_revise
    ]
    rows = [
        [rich.bold(_BUTTONS[verdict]), rich.span(f" → {what_follows(ask, verdict)}")]
        for verdict in offered
    ]
    return [rich.rich_text(rich.lines([*rows, *_choices(ask)]))]


def what_follows(ask: Ask, verdict: Verdict, label: str | None = None) -> str:
    """Say what a verdict leads to, as the end of a sentence without its full stop."""
    said = ask.leads_to.get(label or "") or ask.leads_to.get(verdict.value, "")
    if verdict is Verdict.EXPIRED and not said:
        said = ask.leads_to.get(Verdict.REJECT.value, "")
    said = _STEP.sub(lambda found: f"“{spoken(found[1])}”", said)
    return one_line(said, _LENGTH).rstrip(" .") or _usual(ask.labels, verdict)


def _choices(ask: Ask) -> Iterator[list[Element]]:
    for label in ask.labels.choices:
        follows = what_follows(ask, Verdict.CHOOSE, label)
        name = one_line(label, _LENGTH)
        yield [rich.bold(name), rich.span(f" (in More…) → {follows}")]


def _usual(labels: Labels, verdict: Verdict) -> str:
    match verdict:
        case Verdict.APPROVE | Verdict.SKIP | Verdict.CHOOSE:
            return "the run goes on"
        case Verdict.REVISE:
            return "it is done again with your words"
        case Verdict.REJECT | Verdict.EXPIRED:
            if labels.of(verdict) is None:
                return "the run ends"
            return "the run goes the way that the flow has for this"
