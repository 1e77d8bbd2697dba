"""A policy: who may decide a request and how long they have."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from approvals.ids import UserId

DEFAULT_EXPIRY: Final = timedelta(hours=72)
"""Every request expires; this is when nothing else is said (DESIGN.md 5)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """One stage, one approval decides. It is copied into each request it routes.

    `approvers` are in the order in which they are named to people.
    """

    name: str
    approvers: tuple[UserId, ...]
    self_approval: bool = False
    expires_after: timedelta = DEFAULT_EXPIRY

    def deciders(self, requester: UserId) -> tuple[UserId, ...]:
        """Give those who may decide a request of this requester."""
        if self.self_approval:
            return self.approvers
        return tuple(user for user in self.approvers if user != requester)


def practice_policy(requester: UserId) -> Policy:
    """Let one person alone see it work: a practice run is its requester's to decide."""
    return Policy(name="practice", approvers=(requester,), self_approval=True)
