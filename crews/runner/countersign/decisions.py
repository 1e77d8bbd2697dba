"""A decision and the label it hands to the flow: exact, checked, never guessed."""

from typing import Final

from countersign.messages import Answer
from countersign.verdicts import Labels

REFUSALS: Final = frozenset({"reject", "expired"})
"""Verdicts that may lack a label: then the run ends with them."""


class Wrong(ValueError):
    """Raised when an answer does not fit the checkpoint that it is given to."""


def label_of(labels: Labels, answer: Answer) -> str | None:
    """Give the label for the flow; None where it has no labels, or none for a refusal.

    Raises:
        Wrong: the flow has no such label, or the answer names another one.

    """
    if not labels.emit:
        if answer.verdict == "choose" or answer.label is not None:
            message = f"the checkpoint has no labels, so none can be {answer.label!r}"
            raise Wrong(message)
        return None
    label = labels.label(answer.verdict, answer.label)
    if label is None and answer.verdict not in REFUSALS:
        message = f"the checkpoint has no label for {answer.verdict!r}"
        raise Wrong(message)
    if answer.label not in {None, label}:
        message = (
            f"{answer.verdict!r} means {label!r} here, but the decision says"
            f" {answer.label!r}"
        )
        raise Wrong(message)
    return label
