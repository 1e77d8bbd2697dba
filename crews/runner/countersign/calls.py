"""Which call of which step runs now: the address that everything is filed under."""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import NamedTuple


class Address(NamedTuple):
    """The n-th call of a method in a flow. `path` is empty in the crew's own flow.

    In a nested flow, `path` names the call that started it and the flow:
    `plan#1/Research#1`.
    """

    path: str
    method: str
    call: int

    def __str__(self) -> str:
        """Write it as people read it: `plan#1/Research#1/search#2`."""
        last = f"{self.method}#{self.call}"
        return f"{self.path}/{last}" if self.path else last


@dataclass(frozen=True, kw_only=True, slots=True)
class RunningCall:
    """A method call that is being executed, of a run."""

    run: str
    address: Address


running_call: ContextVar[RunningCall | None] = ContextVar("running_call", default=None)


class NotInAStep(RuntimeError):
    """Raised when something that only a running step has is asked for outside one."""

    def __init__(self) -> None:
        super().__init__(
            "idempotency_key() can be asked for only inside a step of a flow that"
            " Countersign runs, in a thread or task that carries its context"
        )


def idempotency_key() -> str:
    """Give a key for this call of this step: the same at every repetition.

    A finished step is never run again, but one that was interrupted half-way is. Hand
    the key to whatever the step changes outside (a payment, a mail), so that the
    repetition is recognised there. The key is `run:step:n-th call`, for example
    `0199f3a2-…:order:1`.

    Raises:
        NotInAStep: no step runs here.

    """
    running = running_call.get()
    if running is None:
        raise NotInAStep
    address = running.address
    step = f"{address.path}/{address.method}" if address.path else address.method
    return f"{running.run}:{step}:{address.call}"
