"""Who may do what: the one place where authority is checked.

Slack lets everybody who sees a button press it, so this is asked at every click,
whatever it came through.
"""

from collections.abc import Mapping
from enum import StrEnum

from approvals.errors import (
    NeverDecides,
    NotAnApprover,
    NotYetRouted,
    NotYours,
    OwnRequest,
)
from approvals.ids import UserId
from approvals.people import Person
from approvals.requests import ApprovalRequest
from approvals.runs import Run


class RunAction(StrEnum):
    """What can be done to a run as a whole."""

    CANCEL = "cancel"  #: End it
    RETRY = "retry"  #: Let it go on after a failure


def authorise_decision(
    actor: Person, request: ApprovalRequest, run: Run, names: Mapping[UserId, str]
) -> None:
    """Refuse anybody who may not decide this request.

    Raises:
        NeverDecides: bots, guests, external and deactivated people.
        NotYetRouted: nobody has been named yet.
        OwnRequest: the requester, unless the policy lets them.
        NotAnApprover: not among those named.

    """
    if actor.team != run.team or not actor.may_ever_decide:
        raise NeverDecides
    if request.policy is None:
        raise NotYetRouted
    deciders = request.policy.deciders(run.requester)
    if actor.user in deciders and actor.user in request.approvers:
        return
    waited_for = [names.get(user, user) for user in request.approvers]
    if actor.user == run.requester:
        raise OwnRequest(waited_for)
    raise NotAnApprover(waited_for)


def authorise_run(
    actor: Person, action: RunAction, run: Run, admins: tuple[UserId, ...]
) -> None:
    """Refuse anybody who may not do this to a run: it is its requester's or an admin's.

    Raises:
        NeverDecides: bots, guests, external and deactivated people.
        NotYours: neither the requester nor an admin.

    """
    del action  # cancel and retry are the same people's today
    if actor.team != run.team or not actor.may_ever_decide:
        raise NeverDecides
    if actor.user != run.requester and actor.user not in admins:
        raise NotYours(run.requester_name)
