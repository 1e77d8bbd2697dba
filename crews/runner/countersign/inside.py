# ruff: noqa: SLF001 - the one file that touches crewAI's internals
"""crewAI's internals: all that the runner touches of them, in one place.

`fitness` looks for each of them at start-up, and the contract tests hold them to what
is expected here.
"""

import functools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import crewai.agent.core as crewai_agent
import crewai.llms.base_llm as crewai_llm
from crewai.flow.flow_definition import FlowDefinition
from crewai.flow.runtime import Flow
from crewai.llms.base_llm import BaseLLM

Method = Callable[..., Any]
AnyFlow = Flow[Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Originals:
    """What a flow object does by itself: its bound methods, and how it runs a step."""

    methods: Mapping[str, Method]
    execute_method: Method
    execute_start_method: Method
    execute_single_listener: Method
    execute_racing_listeners: Method


def originals_of(flow: AnyFlow) -> Originals:
    """Give a flow object's own ways, also when it has been instrumented before."""
    found: Originals | None = flow.__dict__.get("_countersign_originals")
    if found is None:
        kind = type(flow)
        bound = functools.partial
        found = Originals(
            methods={str(name): method for name, method in flow._methods.items()},
            execute_method=bound(kind._execute_method, flow),
            execute_start_method=bound(kind._execute_start_method, flow),
            execute_single_listener=bound(kind._execute_single_listener, flow),
            execute_racing_listeners=bound(kind._execute_racing_listeners, flow),
        )
        object.__setattr__(flow, "_countersign_originals", found)
    return found


def shadow(
    flow: AnyFlow, *, methods: Mapping[str, Method], ways: Mapping[str, Method]
) -> None:
    """Put other methods and ways in place, on this object only."""
    for name in list(flow._methods):
        flow._methods[name] = methods[str(name)]
    for way, replacement in ways.items():
        object.__setattr__(flow, f"_{way}", replacement)


def definition_of(flow: AnyFlow) -> FlowDefinition:
    """Give the definition that a flow object runs."""
    return flow._definition


def state_of(flow: AnyFlow) -> Any:
    """Give a flow's state object itself: a mapping or a model."""
    return flow._state


def keep_feedback(flow: AnyFlow, method: str, result: Any) -> None:
    """Have a method with labels leave its output, not its label, as its result."""
    flow._human_feedback_method_outputs[method] = result


def add_output(flow: AnyFlow, method: str, output: Any) -> None:
    """Let later expressions read an output as `outputs.<method>`."""
    flow._method_outputs.append({"method": method, "output": output})


def without_memory() -> None:
    """Have no flow make itself a memory that nobody asked for."""
    Flow._skip_auto_memory = True  # type: ignore[attr-defined]  # crewAI asks by getattr


def replace_retries(
    call: Callable[..., Any], acall: Callable[..., Awaitable[Any]]
) -> None:
    """Put another layer of retries around the model calls of all providers."""
    vars(crewai_llm).update(
        run_with_rate_limit_retry=call, arun_with_rate_limit_retry=acall
    )


def let_agents_pass(error: type[Exception]) -> None:
    """Have no agent repeat its task because of this kind of error."""
    known = crewai_agent._passthrough_exceptions
    if error not in known:
        crewai_agent._passthrough_exceptions = (*known, error)


def without_client_retries() -> None:
    """Have crewAI make its models' clients without retries of their own."""
    made_by_crewai = BaseLLM.__init__
    if getattr(made_by_crewai, "_countersign", False):
        return

    def made_without_retries(self: BaseLLM, /, **fields: Any) -> None:
        if "max_retries" in type(self).model_fields:
            fields["max_retries"] = 0
        made_by_crewai(self, **fields)

    made_without_retries._countersign = True  # type: ignore[attr-defined]  # our mark
    BaseLLM.__init__ = made_without_retries  # type: ignore[method-assign, assignment]  # meant
