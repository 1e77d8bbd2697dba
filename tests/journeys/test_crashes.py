"""kill -9 anywhere: started again, a run ends as it would have.

Each journey is one run that is met by several crashes on its way; what is left of it
is compared with what an undisturbed run leaves.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count

import pytest
import pytest_asyncio

from tests.journeys.crash_points import REDONE
from tests.journeys.crash_story import Left, click_through, messages_of, tell
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
    return f"Bees {next(_numbers)}"


def _all(process: str, *points: str) -> list[Crash]:
    return [Crash(process=process, point=point) for point in points]


@pytest.mark.parametrize(
    "crashes",
    [
        pytest.param(
            _all(
                "worker",
                "after the first segment's start",
                "before the first step's commit",
                "after the first step's commit",
                "before the request's commit",
                "after the request's commit",
            ),
            id="worker-before-anybody-is-asked",
        ),
        pytest.param(
            _all(
                "worker",
                "in the replay",
                "in the replay, before a step's commit",
                "in the replay, after a step's commit",
                "before the end's commit",
                "after the end's commit",
            ),
            id="worker-in-the-replay",
        ),
        pytest.param(
            _all(
                "bot",
                "after the run's commit",
                "after the routing's commit",
                "after the form's commit",
                "before the decision's commit",
                "after the decision's commit",
            ),
            id="bot-around-commits",
        ),
    ],
)
async def test_a_killed_process_costs_nothing_but_time(
    product: Product, undisturbed: tuple[Left, int], crashes: list[Crash]
) -> None:
    """No decision, card, result or finished step is lost, or there twice."""
    expected, calls = undisturbed
    before = await product.model_calls()

    left = await _through(product, crashes, both=False)

    assert left == expected
    redone = sum(crash.point in REDONE for crash in crashes)
    assert await product.model_calls() - before == calls + redone
    status, said = await product.countersign("audit", "verify")
    assert status == 0, said


async def test_a_copy_of_a_message_is_gone_when_it_is_clicked(
    product: Product, undisturbed: tuple[Left, int]
) -> None:
    """Slack has the post, we never learnt of it: it is adopted, or there twice."""
    expected, _ = undisturbed
    posted = _all(
        "bot",
        "after the run's message was posted",
        "after the card was posted",
        "after the result was posted",
    )

    left = await _through(product, posted, both=False)
    await click_through(product, left.code)

    async def look() -> bool | None:
        return len(await messages_of(product, left.code)) == 4 or None

    async def there() -> str:
        return str(await messages_of(product, left.code))

    await product.workspace.until(look, wanted="no copies", there=there)
    assert replace(left, messages=expected.messages) == expected


async def _through(product: Product, crashes: list[Crash], *, both: bool) -> Left:
    async with asyncio.TaskGroup() as group:
        story = group.create_task(tell(product, _topic()))
        group.create_task(crash(product, crashes, both=both))
    return story.result()
