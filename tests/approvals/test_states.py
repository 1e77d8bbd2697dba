"""The two transition tables are the only places where states change."""

from datetime import UTC, datetime

import pytest

from approvals.errors import NotFromHere
from approvals.requests import (
    FINAL_REQUEST_STATES,
    MOVE_OF,
    REQUEST_TRANSITIONS,
    RequestMove,
    RequestState,
)
from approvals.runs import (
    FINAL_RUN_STATES,
    RUN_TRANSITIONS,
    RunMove,
    RunState,
)
from approvals.verdicts import Verdict
from tests.builders import a_request, a_run

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def test_every_state_has_its_row() -> None:
    """No state is forgotten in either table."""
    assert set(RUN_TRANSITIONS) == set(RunState)
    assert set(REQUEST_TRANSITIONS) == set(RequestState)


def test_the_final_states_are_those_that_people_are_told_of() -> None:
    """A final state is an empty row, and only these are final."""
    assert {
        RunState.SUCCEEDED,
        RunState.REJECTED,
        RunState.EXPIRED,
        RunState.STOPPED,
        RunState.CANCELLED,
    } == FINAL_RUN_STATES
    assert FINAL_REQUEST_STATES == set(RequestState) - {
        RequestState.PENDING,
        RequestState.HELD,
    }


def test_every_move_is_possible_from_somewhere() -> None:
    """A move that no row allows would be dead."""
    run_moves = {move for row in RUN_TRANSITIONS.values() for move in row}
    request_moves = {move for row in REQUEST_TRANSITIONS.values() for move in row}

    assert set(RunMove) == run_moves
    assert set(RequestMove) == request_moves


def test_every_run_can_be_cancelled_until_it_is_final() -> None:
    """Nobody is ever stuck with a run."""
    for state, moves in RUN_TRANSITIONS.items():
        assert (RunMove.CANCEL in moves) == (state not in FINAL_RUN_STATES)


@pytest.mark.parametrize("state", RunState)
@pytest.mark.parametrize("move", RunMove)
def test_a_run_moves_as_the_table_says_or_not_at_all(
    state: RunState, move: RunMove
) -> None:
    """What is not in the table is refused, and the run stays as it was."""
    run = a_run(state=state)
    target = RUN_TRANSITIONS[state].get(move)

    if target is None:
        with pytest.raises(NotFromHere):
            run.moved(move, NOW)
        assert run.state is state
    else:
        assert run.moved(move, NOW).state is target


@pytest.mark.parametrize("state", RequestState)
@pytest.mark.parametrize("move", RequestMove)
def test_a_request_moves_as_the_table_says_or_not_at_all(
    state: RequestState, move: RequestMove
) -> None:
    """What is not in the table is refused; a final request has no deadline."""
    request = a_request(state=state, next_due_at=NOW)
    target = REQUEST_TRANSITIONS[state].get(move)

    if target is None:
        with pytest.raises(NotFromHere):
            request.moved(move)
    else:
        moved = request.moved(move)
        assert moved.state is target
        assert (moved.next_due_at is None) == (target in FINAL_REQUEST_STATES)


def test_every_verdict_closes_a_pending_request() -> None:
    """No verdict is without its move."""
    for verdict in Verdict:
        target = REQUEST_TRANSITIONS[RequestState.PENDING][MOVE_OF[verdict]]

        assert target in FINAL_REQUEST_STATES
