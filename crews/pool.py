"""Runners that wait with crewAI loaded, because loading it takes seconds.

A runner serves one *binding* after its first use: a crew version with Python code, or
all that have none (see `UnpackedBundle.binding`). The pool keeps used runners for their
binding, gives up the one longest unused when another is needed, and keeps a few that no
crew has used yet.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from crews.environment import Lane
from crews.errors import RunnerProblem, WorkerStopping
from crews.runner_process import RunnerProcess

logger = logging.getLogger(__name__)

MAX_USES: Final = 200
"""After so many segments a runner makes room for a new one: crews' code leaks."""

StartRunner = Callable[[Lane], RunnerProcess]


@dataclass(eq=False, kw_only=True, slots=True)
class Loan:
    """A lent runner. `reusable` is set by whoever leaves it as it was lent."""

    runner: RunnerProcess
    lane: Lane
    reusable: bool = False


class RunnerPool:
    """At most `size` runners; may be used by many threads."""

    def __init__(
        self, start: StartRunner, *, size: int, warm: dict[Lane, int] | None = None
    ) -> None:
        self._start = start
        self._size = size
        self._warm = dict(warm or {})
        self._changed = threading.Condition()
        self._idle: list[Loan] = []  # the longest unused first
        self._lent: set[Loan] = set()
        self._starting = 0
        self._closed = False

    @property
    def is_closed(self) -> bool:
        """Tell whether all runners were killed."""
        with self._changed:
            return self._closed

    def warm_up(self) -> None:
        """Start the runners that wait for a first crew."""
        for lane, wanted in self._warm.items():
            for _ in range(wanted):
                self._keep_warm(lane)

    @contextmanager
    def lend(self, binding: str, lane: Lane) -> Iterator[Loan]:
        """Lend a runner of this binding, or an unused one; wait for it if needed.

        The runner is killed on the way back unless its loan says `reusable`.

        Raises:
            WorkerStopping: the worker stops.
            RunnerProblem: a runner cannot be started.

        """
        loan = self._take(binding, lane)
        try:
            yield loan
        finally:
            self._give_back(loan)

    def close(self) -> None:
        """Kill all runners, lent ones too, and lend no more."""
        with self._changed:
            self._closed = True
            ending = [*self._idle, *self._lent]
            self._idle.clear()
            self._changed.notify_all()
        for loan in ending:
            loan.runner.kill()

    def _take(self, binding: str, lane: Lane) -> Loan:
        while True:
            loan, given_up = self._choose(binding, lane)
            if given_up is not None:
                given_up.runner.kill()
            if loan is None:
                return self._started(lane)
            if loan.runner.drain():
                self._keep_warm(lane)
                return loan
            self._give_back(loan)

    def _choose(self, binding: str, lane: Lane) -> tuple[Loan | None, Loan | None]:
        """Choose an idle runner, or make room: None to start one, one to be killed."""
        with self._changed:
            while not self._closed:
                for bound_to in (binding, None):
                    loan = self._find_idle(bound_to, lane)
                    if loan is not None:
                        self._idle.remove(loan)
                        self._lent.add(loan)
                        return loan, None
                if self._count() < self._size:
                    self._starting += 1
                    return None, None
                if self._idle:
                    self._starting += 1
                    return None, self._idle.pop(0)
                self._changed.wait()
            raise WorkerStopping

    def _find_idle(self, bound_to: str | None, lane: Lane) -> Loan | None:
        fits = (
            loan
            for loan in self._idle
            if loan.lane is lane and loan.runner.bound_to == bound_to
        )
        return next(fits, None)

    def _count(self) -> int:
        return len(self._idle) + len(self._lent) + self._starting

    def _started(self, lane: Lane) -> Loan:
        """Start a runner for which there is room already."""
        try:
            loan = Loan(runner=self._start(lane), lane=lane)
        finally:
            with self._changed:
                self._starting -= 1
                self._changed.notify()
        with self._changed:
            self._lent.add(loan)
            closed = self._closed
        if closed:
            self._give_back(loan)
            raise WorkerStopping
        return loan

    def _keep_warm(self, lane: Lane) -> None:
        """Start one that waits for a first crew, if one is wanted and there is room."""
        with self._changed:
            waiting = sum(
                loan.lane is lane and loan.runner.bound_to is None
                for loan in self._idle
            )
            wanted = self._warm.get(lane, 0)
            if self._closed or waiting >= wanted or self._count() >= self._size:
                return
            self._starting += 1
        try:
            loan = self._started(lane)
        except WorkerStopping:
            return
        except RunnerProblem as problem:
            logger.warning("no %s runner waits: %s", lane, problem)
            return
        loan.reusable = True
        self._give_back(loan)

    def _give_back(self, loan: Loan) -> None:
        runner = loan.runner
        keep = loan.reusable and runner.is_alive and runner.uses < MAX_USES
        loan.reusable = False
        if not keep:
            runner.kill()
        with self._changed:
            self._lent.discard(loan)
            keep = keep and not self._closed
            if keep:
                self._idle.append(loan)
            self._changed.notify()
        if not keep:
            runner.kill()
