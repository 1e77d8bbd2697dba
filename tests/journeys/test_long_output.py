"""200 kB are read page by page and kept to the last character; 1 MB is too much."""

import json
import re
from typing import Any

import pytest

from emulator.client import View, Workspace
from tests.journeys.product import Product, code_of
from tests.journeys.stage import file_text, pages, read_aloud, result_file
from tests.journeys.stories import PATIENCE, trail
from tests.journeys.texts import LONG

pytestmark = pytest.mark.asyncio(loop_scope="session")

VIEW_LIMIT = 250_000
"""Bytes of a view (docs.slack.dev/reference/methods/views.open)."""

PARAGRAPH = re.compile(r"Paragraph (\d+)\.")


def paragraphs(*texts: str) -> list[int]:
    """Give the numbers of the paragraphs in texts, in their order."""
    return [int(number) for text in texts for number in PARAGRAPH.findall(text)]


ALL = paragraphs(LONG)


async def views(workspace: Workspace) -> list[dict[str, Any]]:
    """Give every view that was opened or drawn anew."""
    calls = await workspace.calls()
    found = [call for call in calls if call["method"].startswith("views.")]
    assert all(call["response"]["ok"] for call in found)
    return [call["body"]["view"] for call in found]


def size(view: Any) -> int:
    """Give the bytes of a view's JSON, as it was sent."""
    text = view if isinstance(view, str) else json.dumps(view)
    return len(text.encode())


async def test_a_long_text_is_read_whole_before_it_is_decided_on(
    stage: Product,
) -> None:
    """The card has its beginning, the pages all of it; so have result and file."""
    waits = await read_aloud(stage, "long")

    assert f"the whole text has {len(LONG):,} characters" in waits.card.text
    assert paragraphs(waits.card.text)[0] == 1
    assert len(waits.card.text) < 5_000
    turned = await pages(stage, stage.ben, waits.card)
    assert paragraphs(*(page.text for page in turned)) == ALL
    assert places(turned) == [
        f"Page {n + 1} of {len(turned)}" for n in range(len(turned))
    ]
    assert max(map(size, await views(stage.workspace))) < VIEW_LIMIT

    await stage.ben.click("Approve", in_=waits.card)

    result = await stage.ana.sees("Result of Aloud", in_=waits.run, within=PATIENCE)
    assert paragraphs(result.text)[:3] == [1, 2, 3]
    read = await pages(stage, stage.ana, result)
    assert paragraphs(*(page.text for page in read)) == ALL
    assert await file_text(stage, await result_file(stage, waits)) == LONG


async def test_the_decision_is_about_the_whole_of_it(stage: Product) -> None:
    """Its digest is the request's, and the chain is whole."""
    waits = await read_aloud(stage, "long")
    await stage.ben.click("Approve", in_=waits.card)
    await stage.ana.sees("Result of Aloud", in_=waits.run, within=PATIENCE)

    of_kind = {entry.kind: entry.payload for entry in trail(stage, waits.code)}

    opened, decided = of_kind["request:opened"], of_kind["decision:recorded"]
    assert opened["digest"] == decided["digest"]
    status, said = await stage.countersign("audit", "verify")
    assert (status, "whole" in said) == (0, True)


async def test_more_than_a_megabyte_is_a_failure_with_a_name(stage: Product) -> None:
    """Nobody is asked; the run's message says what was too much, and offers Retry."""
    await stage.ana.slash("/crew create aloud what=huge", channel="content-team")
    run = await stage.ana.sees("Aloud: huge", in_="content-team")

    failed = await stage.ana.sees_change(run, "Failed", within=PATIENCE)

    reason = "the result has 1.1 MB; a step may return 1.0 MB"
    assert f"Failed in Read: {reason}" in failed.text
    assert failed.buttons[0] == "Retry"
    assert "May it go out?" not in failed.text
    kinds = [entry.kind for entry in trail(stage, code_of(run))]
    assert kinds == ["run:started", "run:failed"]


def places(turned: list[View]) -> list[str]:
    """Give what each page says of its place among the others."""
    return [re.findall(r"Page \d+ of \d+", page.text)[0] for page in turned]
