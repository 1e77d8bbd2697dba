"""How a run ended: did the flow finish after a rejection that nothing made good?"""

from collections.abc import Sequence
from dataclasses import dataclass

from countersign.checkpoints import Checkpoint
from countersign.decisions import REFUSALS
from countersign.graph import Methods, what_follows
from countersign.messages import Answer


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """A decision that reached the flow."""

    checkpoint: Checkpoint
    answer: Answer


def refusal_that_ended(
    decisions: Sequence[Decision], methods: Methods
) -> Answer | None:
    """Find the refusal that a finished run ended with, if it did.

    It is the latest one that was its checkpoint's last word and that no later decision
    made good: one at a checkpoint that the refusal led to, or, for a nested flow, one
    in a flow around it.
    """
    for index in range(len(decisions) - 1, -1, -1):
        refused, later = decisions[index], decisions[index + 1 :]
        if refused.answer.verdict in REFUSALS and not any(
            _makes_good(decision, refused, methods) for decision in later
        ):
            return refused.answer
    return None


def _makes_good(later: Decision, refused: Decision, methods: Methods) -> bool:
    answer, before = later.answer, refused.answer
    if (answer.path, answer.method) == (before.path, before.method):
        return True
    if answer.verdict in REFUSALS:
        return False
    if answer.path != before.path:
        return before.path.startswith(answer.path)
    if before.path:
        return False
    label = refused.checkpoint.labels.label(before.verdict, before.label)
    events = [before.method] if label is None else [label, before.method]
    return answer.method in what_follows(methods, events, past_checkpoints=True)
