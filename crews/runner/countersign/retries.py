"""The one layer that asks a model again. All others are turned off.

crewAI passes every model call through two functions of `crewai.llms.base_llm`; they are
replaced here. The provider's own client and the agent, which would each multiply the
tries, are told not to try again.
"""

import asyncio
import random
import threading
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeVar

from countersign.calls import running_call
from countersign.failures import ModelFailed
from countersign.inside import (
    let_agents_pass,
    replace_retries,
    without_client_retries,
)
from countersign.model_errors import ModelError, model_error_of
from countersign.wire import Report

TRIES: Final = 3
LONGEST_WAIT: Final = 60.0
"""Seconds; a server that asks for more has, for this run, not answered."""

_T = TypeVar("_T")
_trying: ContextVar[bool] = ContextVar("trying", default=False)


def _wait(seconds: float) -> None:
    threading.Event().wait(seconds)


@dataclass(frozen=True, kw_only=True)
class Retries:
    """Asks a model up to three times.

    The waits grow from `first_wait` seconds, doubled each time, with a fifth of jitter
    to either side, unless the server says how long. `wait` and `await_` do the
    waiting.
    """

    report: Report
    first_wait: float = 1.0
    wait: Callable[[float], None] = _wait
    await_: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[], float] = random.random

    def call(self, operation: Callable[[], _T], **_: Any) -> _T:
        """Make a model call.

        Raises:
            ModelFailed: the model did not answer, or will not.

        """
        if _trying.get():  # a client that calls another one of crewAI's
            return operation()
        token = _trying.set(True)
        try:
            for attempt in range(1, TRIES + 1):
                try:
                    return operation()
                except Exception as error:  # noqa: BLE001 - sorted in `_next_wait`
                    seconds = self._next_wait(error, attempt)
                self.wait(seconds)
        finally:
            _trying.reset(token)
        raise AssertionError(TRIES)

    async def acall(self, operation: Callable[[], Awaitable[_T]], **_: Any) -> _T:
        """Make a model call that is awaited.

        Raises:
            ModelFailed: the model did not answer, or will not.

        """
        if _trying.get():
            return await operation()
        token = _trying.set(True)
        try:
            for attempt in range(1, TRIES + 1):
                try:
                    return await operation()
                except Exception as error:  # noqa: BLE001 - sorted in `_next_wait`
                    seconds = self._next_wait(error, attempt)
                await self.await_(seconds)
        finally:
            _trying.reset(token)
        raise AssertionError(TRIES)

    def _next_wait(self, error: Exception, attempt: int) -> float:
        """Give the seconds until the next try, or raise."""
        if isinstance(error, ModelFailed):
            raise error
        found = model_error_of(error)
        if found is None:
            raise error
        if not found.worth_retrying or attempt == TRIES:
            _give_up(found, error, attempt)
        seconds = self._seconds(found, attempt)
        if seconds > LONGEST_WAIT:
            _give_up(found, error, attempt)
        self._tell(found.reason, attempt, seconds)
        return seconds

    def _seconds(self, found: ModelError, attempt: int) -> float:
        if found.wait is not None:
            return found.wait
        spread = 0.8 + 0.4 * self.jitter()
        return float(self.first_wait * 2 ** (attempt - 1) * spread)

    def _tell(self, reason: str, attempt: int, seconds: float) -> None:
        running = running_call.get()
        address = running.address if running else None
        self.report(
            {
                "type": "retry",
                "path": address.path if address else None,
                "method": address.method if address else None,
                "call": address.call if address else None,
                "attempt": attempt,
                "of": TRIES,
                "reason": reason,
                "wait": round(seconds, 3),
            }
        )


def _give_up(found: ModelError, error: Exception, attempt: int) -> NoReturn:
    raise ModelFailed(found.reason, attempt, found.cause) from error


def install(retries: Retries) -> None:
    """Make this the only layer of retries in the process."""
    replace_retries(retries.call, retries.acall)
    let_agents_pass(ModelFailed)
    without_client_retries()
