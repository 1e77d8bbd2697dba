"""Which of a flow's labels a person's verdict becomes. No model has a part in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

VerdictName = Literal["approve", "reject", "revise", "skip", "expired"]
"""What `metadata.verdicts` may map to a label."""

VERDICTS: Final[tuple[VerdictName, ...]] = get_args(VerdictName)

EXACT_NAMES: Final[Mapping[VerdictName, tuple[str, ...]]] = {
    "approve": ("approved", "approve", "accepted", "accept", "yes", "ok"),
    "reject": ("rejected", "reject", "declined", "decline", "denied", "deny", "no"),
    "revise": (
        "revise",
        "revised",
        "needs_revision",
        "needs_changes",
        "request_changes",
        "changes_requested",
        "rework",
    ),
    "skip": ("skip", "skipped"),
    "expired": ("expired", "timeout", "timed_out"),
}
"""Without `metadata.verdicts` these labels map, letter for letter, the first found."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Labels:
    """A checkpoint's labels by verdict; all None where the flow has no `emit`."""

    emit: tuple[str, ...] = ()
    approve: str | None = None
    reject: str | None = None
    revise: str | None = None
    skip: str | None = None
    expired: str | None = None

    @classmethod
    def of(
        cls, emit: Sequence[str], mapping: Mapping[VerdictName, str] | None
    ) -> "Labels":
        """Map a flow's labels, as its author says or by their exact names."""
        if not mapping:
            found = {
                verdict: next((name for name in names if name in emit), None)
                for verdict, names in EXACT_NAMES.items()
            }
        else:
            found = {verdict: mapping.get(verdict) for verdict in VERDICTS}
        return cls(emit=tuple(emit), **found)

    @property
    def choices(self) -> tuple[str, ...]:
        """The labels that no verdict stands for: verdicts of their own."""
        mapped = {self.approve, self.reject, self.revise, self.skip, self.expired}
        return tuple(label for label in self.emit if label not in mapped)

    def label(self, verdict: str, chosen: str | None) -> str | None:
        """Give the label that a verdict becomes; None: the flow has none for it."""
        match verdict:
            case "skip":
                return self.skip or self.approve
            case "expired":
                return self.expired or self.reject
            case "choose":
                return chosen if chosen in self.choices else None
            case _:
                label: str | None = getattr(self, verdict)
                return label

    def as_message(self) -> dict[str, Any]:
        """Give the protocol's `verdicts`."""
        named: dict[str, Any] = {name: getattr(self, name) for name in VERDICTS}
        return named | {"choices": list(self.choices)}
