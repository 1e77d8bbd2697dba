"""Takes the worker's orders: describe a crew, run a segment, end."""

import asyncio
import os
import platform
import queue
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import crewai
from pydantic import ValidationError

from countersign.crew import Crew, CrewBroken, load
from countersign.describe import describe
from countersign.failures import Failure, FailureKind, Place, failure_of
from countersign.fitness import Unfit, check_fitness
from countersign.messages import (
    ORDERS,
    PROTOCOL,
    Cancel,
    Describe,
    Start,
    Written,
)
from countersign.nested import watch_for_nested_flows
from countersign.prints import Lines
from countersign.progress import Progress
from countersign.quietness import turn_off
from countersign.retries import Retries, install
from countersign.segment import Segment
from countersign.surroundings import Surroundings
from countersign.wire import Wire, leave

THREADS: Final = 64
"""Methods that may run side by side; plain functions each take a thread."""

_FIRST_WAIT = "COUNTERSIGN_RETRY_SECONDS"


def serve(wire: Wire, surroundings: Surroundings, prints: Sequence[Lines]) -> int:
    """Serve the worker; give the process's exit code."""
    try:
        check_fitness()
    except Unfit as unfit:
        wire.send({"type": "unfit", "code": "crewai", "message": str(unfit)})
        return 1
    turn_off()
    watch_for_nested_flows()
    first_wait = float(os.environ.get(_FIRST_WAIT, "1.0"))
    install(Retries(report=wire.send, first_wait=first_wait))
    Runner(wire, surroundings, prints).run()
    return 0


class Runner:
    """Serves one crew version, any number of orders one after the other."""

    def __init__(
        self, wire: Wire, surroundings: Surroundings, prints: Sequence[Lines]
    ) -> None:
        self._wire = wire
        self._prints = prints
        self._surroundings = surroundings
        self._orders: queue.SimpleQueue[Describe | Start] = queue.SimpleQueue()
        self._executor = ThreadPoolExecutor(THREADS, thread_name_prefix="crew")
        self._progress = Progress(wire.send)
        self._segment: Segment | None = None
        self._crews: dict[tuple[str, str], Crew] = {}
        self._model = os.environ.get("MODEL")

    def run(self) -> None:
        """Say that it is ready, and serve until the process ends."""
        self._progress.listen()
        self._wire.send(
            {
                "type": "ready",
                "protocol": PROTOCOL,
                "crewai": crewai.__version__,
                "python": platform.python_version(),
                "pid": os.getpid(),
            }
        )
        self._wire.listen(heard=self._hear, ended=self._end)
        with asyncio.Runner() as loop:
            loop.get_loop().set_default_executor(self._executor)
            while True:
                self._serve(self._orders.get(), loop)

    def _serve(self, order: Describe | Start, loop: asyncio.Runner) -> None:
        match order:
            case Describe():
                told = describe(Path(order.bundle).resolve(), order.entry)
                self._flush()
                self._wire.send(told)
            case Start():
                failure = self._run(order, loop)
                if failure is not None:
                    self._report({**failure.as_message(), "reusable": False})

    def _run(self, order: Start, loop: asyncio.Runner) -> Failure | None:
        """Run a segment, which reports its own end; give what kept it from that."""
        self._choose_model(order.model)
        bundle = Path(order.bundle).resolve()
        try:
            crew = self._crew(bundle, order.entry)
            self._segment = Segment(
                order, crew, report=self._report, executor=self._executor
            )
            loop.run(self._segment.run())
        except CrewBroken as broken:
            problem = broken.problems[0]
            place = Place(file=problem.file, line=problem.line or 1)
            return Failure(kind=FailureKind.FLOW, message=problem.message, place=place)
        except Exception as error:  # noqa: BLE001 - the worker must hear of it
            return failure_of(error, None, bundle, kind=FailureKind.FLOW)
        finally:
            self._segment = None
        return None

    def _report(self, message: Mapping[str, Any]) -> None:
        if message["type"] in {"ended", "failed"}:
            self._flush()
        self._wire.send(message)

    def _flush(self) -> None:
        self._progress.flush()
        for lines in self._prints:
            lines.end_segment()

    def _crew(self, bundle: Path, entry: str) -> Crew:
        key = (str(bundle), entry)
        if key not in self._crews:
            self._crews[key] = load(bundle, entry)
        return self._crews[key]

    def _choose_model(self, model: str | None) -> None:
        chosen = model or self._model
        if chosen is None:
            os.environ.pop("MODEL", None)
        else:
            os.environ["MODEL"] = chosen

    def _hear(self, line: bytes) -> None:
        try:
            order = ORDERS.validate_json(line)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            message = f"the worker's message is not understood: {first}"
            self._wire.send({"type": "unfit", "code": "protocol", "message": message})
            self._end()
            return
        match order:
            case Written():
                if self._segment is not None:
                    self._segment.written(order.seq)
            case Cancel():
                self._end()
            case Describe() | Start():
                self._orders.put(order)

    def _end(self) -> None:
        self._surroundings.remove()
        leave(0)
