"""What a person can press, and which of the flow's labels it becomes."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What was pressed."""

    APPROVE = "approve"  #: Go on with exactly this
    REJECT = "reject"  #: Do not go on
    REVISE = "revise"  #: Do it again, with this feedback
    SKIP = "skip"  #: Go on without this check
    CHOOSE = "choose"  #: Take one of the flow's further labels
    EXPIRED = "expired"  #: Nobody decided in time; the clock's, never a person's


@dataclass(frozen=True, kw_only=True, slots=True)
class Labels:
    """A checkpoint's labels: the strings of the flow's `emit`, by verdict.

    `emit` is empty where the flow names none: then approve goes on, reject ends the
    run and revise runs the method again, and every label here is None.
    """

    emit: tuple[str, ...] = ()
    approve: str | None = None
    reject: str | None = None
    revise: str | None = None
    skip: str | None = None
    expired: str | None = None
    choices: tuple[str, ...] = ()

    @property
    def can_revise(self) -> bool:
        """No revise label: no *Revise* button."""
        return self.revise is not None or not self.emit

    def of(self, verdict: Verdict, choice: int | None = None) -> str | None:
        """Give the label that the flow is handed for a verdict.

        `choice` is the place of the chosen one among `choices`.
        """
        match verdict:
            case Verdict.APPROVE:
                return self.approve
            case Verdict.REJECT:
                return self.reject
            case Verdict.REVISE:
                return self.revise
            case Verdict.SKIP:
                return self.skip or self.approve
            case Verdict.EXPIRED:
                return self.expired or self.reject
            case Verdict.CHOOSE:
                return self.chosen(choice)

    def chosen(self, choice: int | None) -> str | None:
        """Give the further label at a place; None where there is none."""
        if choice is None or not 0 <= choice < len(self.choices):
            return None
        return self.choices[choice]
