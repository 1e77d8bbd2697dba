"""What the flow objects of one segment share: the turns, the journal, the way out."""

import asyncio
import contextvars
import functools
import inspect
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from countersign.branches import Branch
from countersign.calls import Address
from countersign.checkpoints import Checkpoint
from countersign.codec import Encoded
from countersign.crew import Crew
from countersign.digest import canonical_json
from countersign.endings import Decision
from countersign.failures import Failure, FailureKind, Place, failure_of
from countersign.graph import title_of
from countersign.journal import Journal
from countersign.messages import Answer, Start
from countersign.turns import Turns
from countersign.wire import Report


@dataclass(frozen=True, kw_only=True, slots=True)
class EndOfRun:
    """The run ends here: a refusal for which the flow has no label."""

    answer: Answer


class RunContext:
    """One segment's things, handed to each flow object of the run."""

    def __init__(
        self,
        order: Start,
        crew: Crew,
        *,
        report: Report,
        executor: Executor,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.run_id = order.run.id
        self.inputs: Mapping[str, Any] = order.inputs
        self.journal = Journal(order.journal, order.answers, report=report)
        self.turns = Turns(loop, asked=self._asked, overtaken=self._overtaken)
        self.failure: Failure | None = None
        self.ended: EndOfRun | None = None
        self.decisions: list[Decision] = []
        self._order = order
        self._crew = crew
        self._report = report
        self._executor = executor
        self._lock = threading.Lock()
        self._threads = 0
        self._size = sum(
            len(canonical_json([entry.result, entry.state])) for entry in order.journal
        )

    @property
    def threads(self) -> int:
        """Count the threads in which methods of the crew still run."""
        return self._threads

    def holds(self, path: str, checkpoint: str) -> bool:
        """Tell whether a checkpoint is held; those of nested flows always are."""
        return bool(path) or checkpoint in self._order.held

    async def execute(
        self, method: Callable[..., Any], args: Any, kwargs: Mapping[str, Any]
    ) -> Any:
        """Run a method's body as crewAI would: plain functions in a thread."""
        try:
            if inspect.iscoroutinefunction(method):
                return await method(*args, **kwargs)
            return await self._in_thread(functools.partial(method, *args, **kwargs))
        except SystemExit as error:
            message = f"the step asked the whole process to end ({error})"
            raise RuntimeError(message) from error

    async def _in_thread(self, method: Callable[[], Any]) -> Any:
        context = contextvars.copy_context()

        def body() -> Any:
            with self._lock:
                self._threads += 1
            try:
                return context.run(method)
            finally:
                with self._lock:
                    self._threads -= 1

        loop = asyncio.get_running_loop()
        value = await loop.run_in_executor(self._executor, body)
        return await value if inspect.iscoroutine(value) else value

    def too_large(self, result: Encoded, state: Encoded) -> str | None:
        """Say what is larger than the limits allow, and count what is kept."""
        limits = self._order.limits
        size = len(canonical_json(result))
        if limits.output_bytes is not None and size > limits.output_bytes:
            return (
                f"the result has {_size(size)}; a step may return"
                f" {_size(limits.output_bytes)}"
            )
        with self._lock:
            self._size += size + len(canonical_json(state))
            total = self._size
        if limits.journal_bytes is not None and total > limits.journal_bytes:
            return (
                f"the run's results and states have {_size(total)}; a run may keep"
                f" {_size(limits.journal_bytes)}"
            )
        return None

    def step_started(self, address: Address) -> None:
        """Tell that a method's body begins."""
        self._report(
            {
                "type": "step_started",
                "path": address.path,
                "method": address.method,
                "call": address.call,
                "title": title_of(address.method),
            }
        )

    def decided(
        self, checkpoint: Checkpoint, answer: Answer, label: str | None, *, new: bool
    ) -> None:
        """Note a decision in the order in which the flow gets it; tell a new one."""
        self.decisions.append(Decision(checkpoint=checkpoint, answer=answer))
        if not new:
            return
        self.journal.apply(answer)
        self._report(
            {
                "type": "applied",
                "path": answer.path,
                "method": answer.method,
                "call": answer.call,
                "request": answer.request,
                "label": label,
                "unticked": answer.unticked,
            }
        )

    def end_run(self, answer: Answer) -> None:
        """End the run after a refusal: what runs may finish, nothing new begins."""
        self.ended = self.ended or EndOfRun(answer=answer)
        self.turns.stop()

    def fail(
        self,
        kind: FailureKind,
        address: Address | None,
        message: str | None,
        error: BaseException | None,
    ) -> None:
        """Fail the segment; the first failure counts."""
        with self._lock:
            if self.failure is None:
                self.failure = self._failure(kind, address, message, error)
        self.turns.stop()

    async def fail_in(
        self,
        branch: Branch,
        kind: FailureKind,
        error: BaseException | None,
        message: str | None = None,
    ) -> NoReturn:
        """Fail the segment in a branch, which then stands aside for good."""
        self.fail(kind, branch.address, message, error)
        await self.turns.aside(branch)
        raise AssertionError(branch.name)  # a branch aside never goes on

    def _failure(
        self,
        kind: FailureKind,
        address: Address | None,
        message: str | None,
        error: BaseException | None,
    ) -> Failure:
        place = self._place(address)
        if error is None:
            return Failure(
                kind=kind, message=message or "", address=address, place=place
            )
        failure = failure_of(error, address, self._crew.bundle, kind=kind)
        return replace(
            failure,
            message=message or failure.message,
            place=failure.place or place,
        )

    def _place(self, address: Address | None) -> Place | None:
        if address is None or address.path:
            return None
        file, line = self._crew.place_of(("methods", address.method))
        return None if line is None else Place(file=file, line=line)

    def _asked(self, asks: Sequence[dict[str, Any]]) -> None:
        for ask in asks:
            self._report({"type": "ask", "ask": ask})

    def _overtaken(self, address: Address) -> None:
        self._report(
            {
                "type": "overtaken",
                "path": address.path,
                "method": address.method,
                "call": address.call,
                "checkpoint": address.method,
            }
        )


def _size(octets: int) -> str:
    for unit, octets_in_it in (("MB", 1_000_000), ("kB", 1_000)):
        if octets >= octets_in_it:
            return f"{octets / octets_in_it:,.1f} {unit}"
    return f"{octets} bytes"
