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

    def of(self, verdict: Verdict, choice: str | None = None) -> str | None:
        """Give the label that the flow is handed for a verdict."""
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
                return choice if choice in self.choices else None
