"""One segment of a run: a fresh flow object, replayed, continued, until it is quiet."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import Executor
from typing import Any, Final

from crewai.flow.human_feedback import HumanFeedbackResult
from crewai_core.printer import set_suppress_console_output
from pydantic import BaseModel

from countersign.calls import Address
from countersign.codec import CannotEncode, encode
from countersign.crew import Crew
from countersign.endings import refusal_that_ended
from countersign.failures import Failure, FailureKind
from countersign.flow_run import FlowRun
from countersign.inside import AnyFlow, state_of
from countersign.messages import Answer, Start
from countersign.nested import context_here
from countersign.outputs import text_of
from countersign.run_context import RunContext
from countersign.wire import Report

PATIENCE: Final = 5.0
"""Seconds that branches have to unwind after the end of a segment."""


_ID: Final = "id"


class Segment:
    """Runs a crew's flow from its beginning to the next stop."""

    def __init__(
        self, order: Start, crew: Crew, *, report: Report, executor: Executor
    ) -> None:
        self._order = order
        self._crew = crew
        self._report = report
        self._executor = executor
        self._context: RunContext | None = None

    def written(self, seq: int) -> None:
        """Hear that the worker has kept a step. May come from any thread."""
        if self._context is not None:
            self._context.journal.written(seq)

    async def run(self) -> None:
        """Run the segment and report how it ended."""
        context = RunContext(
            self._order,
            self._crew,
            report=self._report,
            executor=self._executor,
            loop=asyncio.get_running_loop(),
        )
        self._context = context
        context_here.set(context)
        others = asyncio.all_tasks()
        set_suppress_console_output(True)
        flowing = asyncio.create_task(self._flow_through(context))
        quiet = asyncio.create_task(context.turns.quiet.wait())
        await asyncio.wait({flowing, quiet}, return_when=asyncio.FIRST_COMPLETED)
        if flowing.done():
            context.turns.flow_ended()
            error = _error_of(flowing)
            if error is not None:
                context.fail(FailureKind.FLOW, None, None, error)
                await quiet
        quiet.cancel()
        result = self._result_of(context, flowing)
        ending = _ending(context, result)
        reusable = await _unwind(context, others)
        self._report({**ending, "reusable": reusable})

    async def _flow_through(self, context: RunContext) -> Any:
        flow = self._crew.build()
        flow.stream = False
        _stamp(flow, self._order.run.id)
        FlowRun(flow, "", context).instrument()
        # The id is the run's own; as an input, it would make crewAI look for a stored
        # state.
        inputs = {k: v for k, v in self._order.inputs.items() if k != _ID}
        return await flow.kickoff_async(inputs=inputs)

    def _result_of(
        self, context: RunContext, flowing: "asyncio.Task[Any]"
    ) -> Mapping[str, Any] | None:
        if context.failure or context.ended or not flowing.done():
            return None
        value = flowing.result()
        if isinstance(value, HumanFeedbackResult):
            value = value.output
        try:
            encoded = encode(value)
        except CannotEncode as error:
            context.fail(FailureKind.CODEC, None, str(error), error)
            return None
        refusal = refusal_that_ended(context.decisions, self._crew.methods)
        return _finished(encoded, text_of(value), refusal)


def _ending(context: RunContext, result: Mapping[str, Any] | None) -> Mapping[str, Any]:
    failure: Failure | None = context.failure
    if failure is not None:
        return failure.as_message()
    if context.ended is not None:
        return _finished(None, "", context.ended.answer)
    if result is not None:
        return result
    keys = ("path", "method", "call", "checkpoint", "visit", "revision")
    asks = context.turns.open_asks()
    return {
        "type": "ended",
        "outcome": "waiting",
        "asks": [{key: ask[key] for key in keys} for ask in asks],
    }


def _finished(encoded: Any, text: str, refusal: Answer | None) -> dict[str, Any]:
    return {
        "type": "ended",
        "outcome": "finished",
        "result": encoded,
        "result_text": text,
        "ended_by": refusal.verdict if refusal else None,
        "ended_at": _at(refusal.address) if refusal else None,
    }


def _error_of(flowing: "asyncio.Task[Any]") -> BaseException | None:
    if flowing.cancelled():
        message = "a step was cancelled from inside the crew"
        return RuntimeError(message)
    return flowing.exception()


def _at(address: Address) -> dict[str, Any]:
    return {
        "path": address.path,
        "method": address.method,
        "call": address.call,
        "checkpoint": address.method,
    }


def _stamp(flow: AnyFlow, run_id: str) -> None:
    state = state_of(flow)
    if isinstance(state, BaseModel):
        setattr(state, _ID, run_id)
    else:
        state[_ID] = run_id


async def _unwind(context: RunContext, others: "set[asyncio.Task[Any]]") -> bool:
    """End all branches; tell whether nothing of the crew runs any more."""
    context.turns.end()
    branches = asyncio.all_tasks() - others
    if branches:
        _, stuck = await asyncio.wait(branches, timeout=PATIENCE)
        if stuck:
            return False
    return context.threads == 0
