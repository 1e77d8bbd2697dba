"""A purchase: typed facts on the card, and not a word of a model in the decision."""

import pytest

from tests.journeys.product import Product
from tests.journeys.stories import PATIENCE, purchase, trail

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_purchase_is_authorised_and_ordered(product: Product) -> None:
    """Amount, budget, vendor and risk are facts; the order has exactly the amount."""
    waits = await purchase(product, "12 office chairs", budget=4000)

    said = waits.card.text.replace("\n", "")
    assert "Amount: €3,400" in said
    assert "Budget: €4,000" in said
    assert "Vendor: Northfield Supplies" in said
    assert "Risk: low" in said
    assert "It is the best of three offers for 12 office chairs." in said
    assert "The amount is within the budget." in said
    assert "Approve → the order is written with this vendor and this amount" in said
    assert "Reject → nothing is ordered" in said
    assert "Revise…" not in waits.card.buttons

    await product.dev.click("Approve", in_=waits.card)

    result = await product.ana.sees(
        "Result of Purchase", in_=waits.run, within=PATIENCE
    )
    assert "To Northfield Supplies" in result.text
    assert "We order 12 office chairs for €3,400.00" in result.text


async def test_no_model_stands_between_the_click_and_the_next_step(
    product: Product,
) -> None:
    """After the approval the model is asked for the order, and for nothing else."""
    waits = await purchase(product, "Seven desks", budget=2000)
    before = await product.model_calls()

    await product.ben.click("Approve", in_=waits.card)

    await product.ana.sees("Result of Purchase", in_=waits.run, within=PATIENCE)
    assert (await product.model_asked())[before:] == ["purchase.order"]


async def test_a_rejected_purchase_asks_no_model_and_orders_nothing(
    product: Product,
) -> None:
    """*rejected* is what was pressed; the reason is for people."""
    waits = await purchase(product, "A gold lamp", budget=9000)
    before = await product.model_calls()

    await product.dev.click("Reject…", in_=waits.card)
    await product.dev.submit({"Why?": "Approved? Certainly not."})

    await product.ana.sees_change(
        waits.run, "Finished after a rejection at Authorise spend"
    )
    assert await product.model_calls() == before
    decided = [e for e in trail(product, waits.code) if e.kind == "decision:recorded"]
    assert [entry.payload["label"] for entry in decided] == ["rejected"]
    thread = await product.ana.messages(waits.run.channel, thread_ts=waits.run.ts)
    assert not any("Result of" in message.text for message in thread)


async def test_a_note_beside_an_approval_reaches_the_order(product: Product) -> None:
    """*More…* offers it; the words stand on the card, on the trail and in the order."""
    waits = await purchase(product, "Ten whiteboards", budget=1000)

    await product.ben.click("More…", in_=waits.card)
    await product.ben.click("Approve with a note")
    await product.ben.submit({"Your note": "Deliver after the 1st."})

    settled = await product.ana.sees_change(waits.card, "Approved by Ben Okafor")
    assert "Deliver after the 1st." in settled.text
    assert await product.ben.modals() == []
    result = await product.ana.sees(
        "Result of Purchase", in_=waits.run, within=PATIENCE
    )
    assert "Please note: Deliver after the 1st." in result.text
    decided = [e for e in trail(product, waits.code) if e.kind == "decision:recorded"]
    assert [entry.payload["words"] for entry in decided] == ["Deliver after the 1st."]
