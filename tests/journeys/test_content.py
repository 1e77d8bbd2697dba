"""The main job: a crew starts, people decide, the crew goes on with just that."""

import pytest

from tests.journeys.product import Product
from tests.journeys.stories import PATIENCE, draft

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_approved_draft_is_the_result(product: Product) -> None:
    """What Ben approves is what the run ends with; nobody waits for a model."""
    waits = await draft(product, "Bees on the roof")
    calls = await product.model_calls()

    await product.ben.click("Approve", in_=waits.card)

    await product.ana.sees_change(waits.card, "Approved by Ben")
    result = await product.ana.sees("Result of Content", in_=waits.run, within=PATIENCE)
    assert "Bees on the roof" in result.text
    assert await product.model_calls() == calls


async def test_a_rejected_draft_ends_the_run(product: Product) -> None:
    """The reason is on the card, and no later step runs."""
    waits = await draft(product, "Wasps in the cellar")

    await product.chiara.click("Reject…", in_=waits.card)
    await product.chiara.submit({"Why?": "We do not sell wasps."})

    rejected = await product.ana.sees_change(waits.card, "Rejected by Chiara")
    assert "We do not sell wasps." in rejected.text
    await product.ana.sees_change(waits.run, "Finished after a rejection")


async def test_feedback_brings_the_next_version(product: Product) -> None:
    """Revise reruns the writer with the feedback; the next card shows what came of it."""
    waits = await draft(product, "Moths and lamps")

    await product.ben.click("Revise…", in_=waits.card)
    wish = "Say that lamps can be switched off."
    await product.ben.submit({"What should change?": wish})

    await product.ben.sees_change(waits.card, "sent back by Ben")
    second = await product.ben.sees("version 2 of 4", in_=waits.run, within=PATIENCE)
    assert "lamps can be switched off" in second.text
    await product.ben.click("Approve", in_=second)
    await product.ana.sees("Result of Content", in_=waits.run, within=PATIENCE)
