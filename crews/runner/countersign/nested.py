"""Flows that a step starts inside itself: instrumented as they start."""

from contextvars import ContextVar
from typing import Any, Final

from crewai.flow.runtime import Flow
from crewai.hooks.dispatch import (
    HookAborted,
    InterceptionPoint,
    register,
)

from countersign.branches import branch_here
from countersign.codec import CannotEncode, encode
from countersign.digest import digest_of
from countersign.flow_run import FlowRun
from countersign.inside import AnyFlow, definition_of
from countersign.run_context import RunContext

context_here: Final[ContextVar[RunContext | None]] = ContextVar(
    "context_here", default=None
)


def watch_for_nested_flows() -> None:
    """Have crewAI tell, once for the whole process, when any flow starts."""
    register(InterceptionPoint.EXECUTION_START, flow_starts)


def flow_starts(about: Any) -> None:
    """Instrument a nested flow, before crewAI runs its first method."""
    flow = getattr(about, "flow", None)
    if not isinstance(flow, Flow) or type(flow).is_crewai_internal:
        return
    context, body = context_here.get(), branch_here.get()
    if body is None and context is not None:
        return  # the crew's own flow, instrumented before it started
    if context is None or body is None or body.address is None:
        _refuse_if_it_asks(flow)
        return
    try:
        body.nested += 1
        name = definition_of(flow).name
        path = f"{body.address}/{name}#{body.nested}"
        began_with = _digest(about.payload)
        FlowRun(flow, path, context, began_with=began_with).instrument()
    except Exception as error:
        # crewAI swallows whatever else a hook raises, and would go on without us.
        message = f"the nested flow cannot be run: {error}"
        raise HookAborted(message) from error


def _digest(inputs: Any) -> str | None:
    try:
        return digest_of(encode(inputs))
    except CannotEncode:
        return None


def _refuse_if_it_asks(flow: AnyFlow) -> None:
    asking = [
        name
        for name, method in definition_of(flow).methods.items()
        if method.human_feedback is not None
    ]
    if asking:
        message = (
            f"{definition_of(flow).name} asks people at {asking[0]}, but was started in a"
            " thread that does not carry the step's context: start it with"
            " contextvars.copy_context().run(…)"
        )
        raise HookAborted(message)
