"""Audit events about runs and requests, with their subject's ids in place."""

from approvals.audit import AuditEvent, AuditKind
from approvals.requests import ApprovalRequest
from approvals.runs import Run


def run_event(kind: AuditKind, actor: str, run: Run, **payload: object) -> AuditEvent:
    """Tell something of a run."""
    return AuditEvent(
        team=run.team, kind=kind, actor=actor, run=run.id, payload=payload
    )


def request_event(
    kind: AuditKind, actor: str, request: ApprovalRequest, **payload: object
) -> AuditEvent:
    """Tell something of a request."""
    return AuditEvent(
        team=request.team,
        kind=kind,
        actor=actor,
        run=request.run,
        request=request.id,
        payload=payload,
    )
