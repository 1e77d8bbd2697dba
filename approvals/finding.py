"""Reading what a call names, in the order in which rows are locked: the run first."""

from collections.abc import Iterable, Mapping

from approvals.errors import Unknown
from approvals.ids import RequestId, RunId, TeamId, UserId
from approvals.ports import Reader
from approvals.requests import ApprovalRequest
from approvals.runs import Run


def find_run(reader: Reader, run_id: RunId) -> Run:
    """Read a run.

    Raises:
        Unknown: there is none.

    """
    run = reader.run(run_id)
    if run is None:
        raise Unknown("run")
    return run


def request_and_run(
    reader: Reader, request_id: RequestId
) -> tuple[ApprovalRequest, Run]:
    """Read a request with its run.

    Raises:
        Unknown: there is none.

    """
    found = reader.request(request_id)
    if found is None:
        raise Unknown("request")
    run = find_run(reader, found.run)
    return reader.request(request_id) or found, run  # again: the run is locked now


def approver_names(reader: Reader, request: ApprovalRequest) -> Mapping[UserId, str]:
    """Give the names of a request's approvers, as far as they are known."""
    return names_of(reader, request.team, request.approvers)


def names_of(
    reader: Reader, team: TeamId, users: Iterable[UserId]
) -> Mapping[UserId, str]:
    """Give the names of those who are known."""
    people = {user: reader.person(team, user) for user in dict.fromkeys(users)}
    return {user: person.name for user, person in people.items() if person}
