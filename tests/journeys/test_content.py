"""The main job: a crew starts, people decide, the crew goes on with just that."""

import pytest

from tests.journeys.product import Product, code_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

ONE_LINE = '/crew create content topic="{topic}"'


async def start(product: Product, topic: str) -> str:
    """Ana starts *content* in #content-team; gives the run's code."""
    await product.ana.slash(ONE_LINE.format(topic=topic), channel="content-team")
    message = await product.ana.sees(f"Content: {topic}", in_="content-team")
    return code_of(message)


async def test_an_approved_draft_is_the_result(product: Product) -> None:
    """What Ben approves is what the run ends with; nobody waits for a model."""
    await start(product, "Bees on the roof")
    card = await product.ben.sees(
        "Review the draft: Bees on the roof", in_="content-team"
    )
    calls = await product.model_calls()

    await product.ben.click("Approve", in_=card)

    await product.ana.sees_change(card, "Approved by Ben")
    result = await product.ana.sees("Result of Content", in_=card)
    assert "Bees on the roof" in result.text
    assert await product.model_calls() == calls


async def test_a_rejected_draft_ends_the_run(product: Product) -> None:
    """The reason is on the card, and no later step runs."""
    await start(product, "Wasps in the cellar")
    card = await product.chiara.sees("Review the draft: Wasps", in_="content-team")

    await product.chiara.click("Reject…", in_=card)
    await product.chiara.submit({"words": "We do not sell wasps."})

    rejected = await product.ana.sees_change(card, "Rejected by Chiara")
    assert "We do not sell wasps." in rejected.text
    await product.ana.sees("Finished after a rejection", in_="content-team")


async def test_feedback_brings_the_next_version(product: Product) -> None:
    """Revise reruns the writer with the feedback; the next card shows what came of it."""
    await start(product, "Moths and lamps")
    first = await product.ben.sees("Review the draft: Moths", in_="content-team")

    await product.ben.click("Revise…", in_=first)
    await product.ben.submit({"words": "Say that lamps can be switched off."})

    await product.ben.sees_change(first, "sent back by Ben")
    second = await product.ben.sees("version 2 of 4", in_=first)
    assert "lamps can be switched off" in second.text
    await product.ben.click("Approve", in_=second)
    await product.ana.sees("Result of Content", in_=first)
