"""A request gets its policy and its people, or those concerned learn why it cannot."""

from dataclasses import dataclass, replace

from approvals.audit import BOT, AuditKind
from approvals.continuing import show_run
from approvals.events import request_event
from approvals.finding import request_and_run
from approvals.ids import RequestId, UserId
from approvals.placing import cards, unroutable
from approvals.policies import Policy
from approvals.ports import Unit


@dataclass(frozen=True, kw_only=True, slots=True)
class Pings:
    """Who is told of a new card, one way each."""

    mention: tuple[UserId, ...] = ()
    message: tuple[UserId, ...] = ()


def route(
    unit: Unit,
    request_id: RequestId,
    policy: Policy,
    approvers: tuple[UserId, ...],
    pings: Pings,
) -> bool:
    """Copy the policy into the request and show its card; False if it has one."""
    request, run = request_and_run(unit, request_id)
    if request.is_routed or not request.is_open or run.is_final:
        return False
    expires_at = request.asked_at + policy.expires_after
    routed = unit.save_request(
        replace(
            request,
            policy=policy,
            approvers=approvers,
            unroutable="",
            expires_at=expires_at,
            next_due_at=expires_at,
        )
    )
    unit.record(
        request_event(
            AuditKind.REQUEST_ROUTED,
            BOT,
            routed,
            policy=policy.name,
            approvers=list(approvers),
            self_approval=policy.self_approval,
            expires_at=expires_at.isoformat(),
        )
    )
    unit.show(cards(run, routed, mention=pings.mention, message=pings.message))
    show_run(unit, run.id)
    return True


def tell_unroutable(
    unit: Unit, request_id: RequestId, reason: str, admins: tuple[UserId, ...]
) -> bool:
    """Show requester and admins why nobody can decide; False if they know it."""
    request, run = request_and_run(unit, request_id)
    if request.is_routed or not request.is_open or request.unroutable == reason:
        return False
    told = unit.save_request(replace(request, unroutable=reason))
    event = request_event(AuditKind.REQUEST_UNROUTABLE, BOT, told, reason=reason)
    unit.record(event)
    unit.show(unroutable(run, told, admins))
    return True
