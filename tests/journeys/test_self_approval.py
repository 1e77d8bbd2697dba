"""A policy may let requesters approve their own runs, in so many words and in the open."""

import pytest

from tests.journeys.product import Product
from tests.journeys.stories import thing, trail

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_who_approves_their_own_run_is_shown_to_all(house: Product) -> None:
    """It stands on the card before and after the decision, and on the trail."""
    waits = await thing(house, "Cup")
    assert "lets requesters approve their own runs" in waits.card.text

    await house.ana.click("Approve", in_=waits.card)

    settled = await house.ben.sees_change(waits.card, "Approved by Ana Ruiz")
    assert "their own run, as the policy “own” allows" in settled.text
    entries = trail(house, waits.code)
    routed = next(entry for entry in entries if entry.kind == "request:routed")
    assert routed.payload["self_approval"] is True
    decided = next(entry for entry in entries if entry.kind == "decision:recorded")
    assert decided.actor == entries[0].actor == house.ana.id


async def test_others_may_decide_it_as_well(house: Product) -> None:
    """Nothing is said of an own run when it was somebody else's decision."""
    waits = await thing(house, "Saucer")

    await house.ben.click("Approve", in_=waits.card)

    settled = await house.ana.sees_change(waits.card, "Approved by Ben Okafor")
    assert "their own run" not in settled.text
