"""kill -9 anywhere: started again, a run ends as it would have.

A run is met by several crashes on its way, each at a point of `crash_points`; what is
left of it is compared with what an undisturbed run leaves.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from bot.courier import LEASE
from tests.journeys.crash_points import REDONE
from tests.journeys.crash_story import (
    Left,
    click_through,
    copies_are_gone,
    look_closely,
    tell,
)
from tests.journeys.crashes import Crash, breakable, crash
from tests.journeys.product import Product

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

_numbers = count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="module", name="product")
async def _product(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Product]:
    async with breakable(tmp_path_factory.mktemp("crashes")) as product:
        yield product


@pytest_asyncio.fixture(scope="module", loop_scope="module", name="undisturbed")
async def _undisturbed(product: Product) -> tuple[Left, int]:
    """What the story leaves when nothing happens, and how often the model is asked."""
    calls = await product.model_calls()
    left = await tell(product, _topic())
    return left, await product.model_calls() - calls


def _topic() -> str:
    return f"Honey of {next(_numbers)} bees"


def _of(process: str, *points: str) -> list[Crash]:
    """One segment bears five crashes at most."""
    return [Crash(process=process, point=point) for point in points]


POSTED = _of(
    "bot",
    "after the run's message was posted",
    "after the card was posted",
    "after the result was posted",
)

ALONE = {
    "bot": _of(
        "bot",
        "after the run's commit",
        "after the routing's commit",
        "after the form's commit",
        "before the decision's commit",
        "after the decision's commit",
    ),
    "worker-until-it-asks": _of(
        "worker",
        "after the start",
        "before write_draft's commit",
        "after write_draft's commit",
        "before the request's commit",
        "after the request's commit",
    ),
    "worker-around-steps": _of(
        "worker",
        "before edit_draft's commit",
        "after edit_draft's commit",
        "before draft_review's commit",
        "after draft_review's commit",
        "before final_text's commit",
        "after final_text's commit",
    ),
    "worker-goes-on": _of(
        "worker",
        "in the replay",
        "in the replay, before a step's commit",
        "in the replay, after a step's commit",
        "before the end's commit",
        "after the end's commit",
    ),
}

TOGETHER = [
    *_of("bot", "after the run's commit"),
    *_of("worker", "after write_draft's commit", "after the request's commit"),
    *_of("bot", "after the form's commit"),
    *_of("worker", "in the replay"),
    *_of("bot", "after the decision's commit"),
    *_of("worker", "after the end's commit"),
]


@pytest.mark.parametrize(
    ("crashes", "both"),
    [
        *(pytest.param(list_of, False, id=name) for name, list_of in ALONE.items()),
        pytest.param(TOGETHER, True, id="both"),
    ],
)
async def test_a_kill_costs_nothing_but_time(
    product: Product,
    undisturbed: tuple[Left, int],
    crashes: list[Crash],
    both: bool,
) -> None:
    """No decision, card, result or finished step is lost, or there twice."""
    expected, calls = undisturbed
    before = await product.model_calls()
    topic = _topic()

    left = await _during(
        crash(product, crashes, both=both),
        tell(product, topic),
    )

    await click_through(product, topic)  # a post may have been on its way, each time
    await copies_are_gone(product, topic, expected.messages)
    assert replace(left, messages=expected.messages) == expected
    redone = sum(one.point in REDONE for one in crashes)
    assert await product.model_calls() - before == calls + redone
    status, said = await product.countersign("audit", "verify")
    assert status == 0, said


async def test_a_post_that_is_clicked_first_is_taken_as_ours(
    product: Product, undisturbed: tuple[Left, int]
) -> None:
    """Slack has it, we did not learn its ts: the click tells, and no copy is posted."""
    expected, _ = undisturbed
    topic = _topic()

    left = await _during(
        crash(product, POSTED),
        look_closely(product, topic),
        tell(product, topic),
    )

    assert left.messages["channel"] == expected.messages["channel"]
    assert replace(left, messages=expected.messages) == expected


async def test_a_post_that_is_made_again_leaves_a_copy_until_it_is_clicked(
    product: Product, undisturbed: tuple[Left, int]
) -> None:
    """The copy is deleted then, and whatever was clicked on it has worked."""
    expected, _ = undisturbed
    topic = _topic()
    down_for = LEASE.total_seconds() + 1

    left = await _during(
        crash(product, POSTED, down_for=down_for),
        tell(product, topic),
    )

    assert len(left.messages["channel"]) > len(expected.messages["channel"])
    await click_through(product, topic)
    await copies_are_gone(product, topic, expected.messages)
    assert replace(left, messages=expected.messages) == expected


async def _during(*told: Coroutine[Any, Any, Any]) -> Left:
    """Tell several things at the same time; give what the last leaves."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one) for one in told]
    left: Left = tasks[-1].result()
    return left
