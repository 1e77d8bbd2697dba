"""The same flow under plain crewAI, with a provider that answers at once."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from crewai.flow.flow_config import flow_config
from crewai.flow.runtime import Flow
from crewai.hooks.dispatch import InterceptionPoint, register, unregister
from crewai_core.printer import set_suppress_console_output

from countersign.nested import flow_starts


class AnswersAtOnce:
    """A provider as crewAI wants it: no console, no waiting."""

    def __init__(self, answers: Mapping[str, list[str]]) -> None:
        self._answers = {name: list(said) for name, said in answers.items()}

    def request_feedback(self, context: Any, flow: Any) -> str:
        del flow
        return self._answers[context.method_name].pop(0)


@contextmanager
def answering(answers: Mapping[str, list[str]]) -> Iterator[None]:
    """Answer checkpoints by method name; with labels, an answer is the label itself.

    crewAI would have a model pick the label; here the words are taken as they are.
    """
    before, collapse = flow_config.hitl_provider, Flow._collapse_to_outcome
    set_suppress_console_output(True)
    flow_config.hitl_provider = AnswersAtOnce(answers)
    Flow._collapse_to_outcome = _as_it_stands
    unregister(InterceptionPoint.EXECUTION_START, flow_starts)
    try:
        yield
    finally:
        flow_config.hitl_provider = before
        Flow._collapse_to_outcome = collapse
        register(InterceptionPoint.EXECUTION_START, flow_starts)


def _as_it_stands(self: Any, feedback: str, outcomes: Any, llm: Any) -> str:
    del self, llm
    assert feedback in outcomes
    return feedback
