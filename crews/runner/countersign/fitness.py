"""Is this crewAI one that the runner was tried with? Asked once, at start-up.

The runner leans on a few of crewAI's internals. Each is named here with what is expected
of it, so that another release is refused in words, instead of losing a step in silence.
"""

import inspect
from collections.abc import Iterator
from typing import Any, Final

import crewai
import crewai.agent.core as crewai_agent
import crewai.llms.base_llm as crewai_llm
from crewai.flow.runtime import Flow, _outputs
from crewai.hooks.dispatch import InterceptionPoint

TESTED: Final = "1.15.30"
"""The releases of crewAI that the contract tests have been passed with."""

_SIGNATURES: Final = {
    "_execute_method": ("method_name", "method", "args", "kwargs"),
    "_execute_start_method": ("start_method_name",),
    "_execute_single_listener": ("listener_name", "result", "triggering_event_id"),
    "_execute_racing_listeners": (
        "racing_listeners",
        "other_listeners",
        "result",
        "triggering_event_id",
    ),
    "_run_human_feedback_step": (
        "method_name",
        "feedback_definition",
        "method_output",
    ),
    "flow_definition": (),
}

_ATTRIBUTES: Final = (
    "_methods",
    "_method_outputs",
    "_human_feedback_method_outputs",
    "_state",
    "_definition",
)

_FIELDS: Final = ("human_feedback_history", "last_human_feedback", "stream", "memory")


class Unfit(RuntimeError):
    """Raised when crewAI lacks something that the runner needs."""

    def __init__(self, missing: list[str]) -> None:
        self.missing = missing
        super().__init__(
            f"crewAI {crewai.__version__} does not fit: {'; '.join(missing)}."
            f" Countersign was tested with crewAI {TESTED}; install that one"
            f" (pip install 'crewai=={TESTED}')."
        )


def check_fitness() -> None:
    """Look for each internal that the runner uses.

    Raises:
        Unfit: one is missing, or has another shape.

    """
    missing = [*_changed_methods(), *_missing_attributes(), *_missing_elsewhere()]
    if missing:
        raise Unfit(missing)


def _changed_methods() -> Iterator[str]:
    for name, expected in _SIGNATURES.items():
        method = getattr(Flow, name, None)
        if method is None:
            yield f"Flow.{name} is missing"
            continue
        found = tuple(n for n in inspect.signature(method).parameters if n != "self")
        if found != expected:
            yield f"Flow.{name} takes ({', '.join(found)})"


def _missing_attributes() -> Iterator[str]:
    for name in _ATTRIBUTES:
        if name not in Flow.__private_attributes__:
            yield f"Flow.{name} is missing"
    for name in _FIELDS:
        if name not in Flow.model_fields:
            yield f"Flow.{name} is missing"
    if not hasattr(Flow, "is_crewai_internal"):
        yield "Flow.is_crewai_internal is missing"


def _missing_elsewhere() -> Iterator[str]:
    needed: tuple[tuple[Any, str], ...] = (
        (crewai_llm, "run_with_rate_limit_retry"),
        (crewai_llm, "arun_with_rate_limit_retry"),
        (crewai_agent, "_passthrough_exceptions"),
        (InterceptionPoint, "EXECUTION_START"),
        (_outputs, "outputs_by_name"),
    )
    for owner, name in needed:
        if not hasattr(owner, name):
            yield f"{getattr(owner, '__name__', owner)}.{name} is missing"
