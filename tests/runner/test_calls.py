"""What authors may use: the key of a call, and nothing outside a step."""

import pytest

from countersign import NotInAStep, idempotency_key
from countersign.calls import Address, RunningCall, running_call


@pytest.mark.parametrize(
    ("address", "key"),
    [
        (Address("", "order", 1), "run-1:order:1"),
        (Address("plan#1/Research#2", "search", 3), "run-1:plan#1/Research#2/search:3"),
    ],
)
def test_the_key_names_run_step_and_call(address: Address, key: str) -> None:
    """Nested flows have their path in it."""
    token = running_call.set(RunningCall(run="run-1", address=address))

    found = idempotency_key()

    running_call.reset(token)
    assert key == found


def test_outside_a_step_there_is_no_key() -> None:
    """The message says where there is one."""
    with pytest.raises(NotInAStep, match="only inside a step"):
        idempotency_key()
