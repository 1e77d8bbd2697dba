"""All that the views of a run are drawn from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from approvals.crews import CrewVersion
from approvals.ids import UserId
from approvals.requests import ApprovalRequest, CallAddress
from approvals.runs import Run
from bot.wording.formats import any_of, name_of


@dataclass(frozen=True, kw_only=True, slots=True)
class RunView:
    """A run with what surrounds it.

    `crew` is the version that it began with. `done` are the addresses of its
    journal, `requests` all of its requests, both oldest first. `names` are of
    approvers, by id.
    """

    run: Run
    crew: CrewVersion | None = None
    done: tuple[CallAddress, ...] = ()
    requests: tuple[ApprovalRequest, ...] = ()
    names: Mapping[UserId, str] = field(default_factory=dict)

    @property
    def open_requests(self) -> tuple[ApprovalRequest, ...]:
        """What people are asked now."""
        return tuple(request for request in self.requests if request.is_open)

    def approvers_of(self, *requests: ApprovalRequest) -> str:
        """Who may decide these, in words; each person once."""
        users = dict.fromkeys(user for one in requests for user in one.approvers)
        return any_of([name_of(user, self.names) for user in users])

    def asked_at_step(self, method: str) -> ApprovalRequest | None:
        """Give what was asked last at a step of the flow."""
        found = None
        for request in self.requests:
            if request.ask.address.path == "" and request.ask.address.method == method:
                found = request
        return found
