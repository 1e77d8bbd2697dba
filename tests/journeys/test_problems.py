"""Each problem of the table is provoked, read by who meets it, and found by doctor."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from bot.problem_table import TABLE
from bot.problems import ProblemCode
from tests.journeys.problems_at_exit import AT_EXIT, Story
from tests.journeys.problems_in_slack import IN_SLACK
from tests.journeys.product import Product

pytestmark = pytest.mark.asyncio(loop_scope="session")

STORIES: Final[Mapping[ProblemCode, Story]] = {**AT_EXIT, **IN_SLACK}


async def test_every_problem_has_a_story() -> None:
    """A new code comes with a way to meet it."""
    assert set(STORIES) == set(TABLE) == set(ProblemCode)


@pytest.mark.parametrize("code", ProblemCode)
async def test_a_problem_is_told_in_the_words_of_the_table(
    stage: Product, tmp_path: Path, code: ProblemCode
) -> None:
    """The sentence and what to do, both; doctor finds it wherever it could."""
    entry = TABLE[code]

    met = await STORIES[code](stage, tmp_path)

    assert met.says(entry.sentence), met.text
    assert met.says(entry.remedy), met.text
    assert (met.doctor is None) == (entry.check is None)
    if entry.check is not None:
        assert code in met.codes(entry.check), met.doctor
