"""A campaign plan: three checkpoints, and later steps that read what came before."""

import re

import pytest

from tests.journeys.product import Product
from tests.journeys.stories import PATIENCE, trail, waiting

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_plans_code_goes_through_three_checkpoints(product: Product) -> None:
    """It is made at random in the first step, and stands in the last one's result."""
    typed = '/crew create campaign-plan product="Winter tea" audience="walkers"'
    await product.ana.slash(typed, channel="approvals")
    waits = await waiting(
        product.ana,
        "Campaign plan: Winter tea",
        "Review the plan: Winter tea",
        channel="approvals",
    )
    made = re.search(r"Plan code ([0-9A-Z]{6})", waits.card.text)
    assert made, waits.card.text

    await product.chiara.click("Approve", in_=waits.card)
    analysis = await product.ana.sees(
        "Review the analysis: Winter tea", in_=waits.run, within=PATIENCE
    )
    assert f"Analysis of plan {made[1]}" in analysis.text
    await product.dev.click("Approve", in_=analysis)
    strategy = await product.ana.sees(
        "Decide on the strategy: Winter tea", in_=waits.run, within=PATIENCE
    )
    assert f"Strategy for plan {made[1]}" in strategy.text
    await product.chiara.click("Approve", in_=strategy)

    result = await product.ana.sees(
        "Result of Campaign plan", in_=waits.run, within=PATIENCE
    )
    assert f"Plan code {made[1]}" in result.text
    assert "What could go wrong" in result.text
    people = [
        entry.actor
        for entry in trail(product, waits.code)
        if entry.kind == "decision:recorded"
    ]
    assert people == [product.chiara.id, product.dev.id, product.chiara.id]


async def test_a_step_in_the_middle_is_sent_back_alone(product: Product) -> None:
    """Only the analysis is made again; plan and code stay as they were approved."""
    typed = '/crew create campaign-plan product="Summer tea" audience="swimmers"'
    await product.ana.slash(typed, channel="approvals")
    waits = await waiting(
        product.ana,
        "Campaign plan: Summer tea",
        "Review the plan: Summer tea",
        channel="approvals",
    )
    await product.chiara.click("Approve", in_=waits.card)
    analysis = await product.ana.sees(
        "Review the analysis: Summer tea", in_=waits.run, within=PATIENCE
    )
    before = await product.model_calls()

    await product.dev.click("Revise…", in_=analysis)
    await product.dev.submit({"What should change?": "Think of the rain."})

    again = await product.ana.sees("version 2 of 4", in_=waits.run, within=PATIENCE)
    assert "Looked at again, as you asked: Think of the rain." in again.text
    asked = (await product.model_asked())[before:]
    assert asked == ["campaign-plan.analysis"]
