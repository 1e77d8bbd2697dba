"""`/crew try`: one person alone sees it work, in their own direct messages."""

import pytest

from tests.journeys.product import Product, code_of
from tests.journeys.stories import PATIENCE, trail

pytestmark = pytest.mark.asyncio(loop_scope="session")

MARK = "*Practice run*: a scripted model wrote this, nothing real follows."


async def test_a_practice_run_is_its_requesters_to_decide(product: Product) -> None:
    """A scripted model writes, the card is marked, and Dev approves it himself."""
    calls = await product.model_calls()

    await product.dev.slash("/crew try", channel="general")

    note = await product.dev.sees("A practice run of *Content* begins", in_="general")
    assert note.is_private_note
    card = await product.dev.sees(MARK, within=PATIENCE)
    assert card.notification.startswith("Practice: Approve? Review the draft")
    await product.dev.click("Approve", in_=card)
    result = await product.dev.sees("Result of Content", in_=card, within=PATIENCE)
    assert "Practice run" in result.text
    assert await product.model_calls() == calls
    entries = trail(product, code_of(result))
    assert entries[0].payload["practice"] is True
    routed = next(entry for entry in entries if entry.kind == "request:routed")
    assert routed.payload["policy"] == "practice"
    assert routed.payload["approvers"] == [product.dev.id]


async def test_a_practice_run_is_nobody_elses_business(product: Product) -> None:
    """It is shown to the one who started it, and to nobody else."""
    await product.chiara.slash("/crew try", channel="general")
    card = await product.chiara.sees(MARK, within=PATIENCE)
    code = code_of(card)

    seen = [message.text for message in await product.ben.everything()]

    assert not any(code in text for text in seen)
    await product.chiara.slash(f"/crew cancel {code}", channel="general")
    await product.chiara.sees_change(card, "Cancelled by Chiara Rossi")


async def test_a_practice_runs_inputs_are_not_remembered(product: Product) -> None:
    """Nobody chose them: the form of a real run begins with the crew's own defaults."""
    await product.ben.slash("/crew try", channel="general")
    await product.ben.sees(MARK, within=PATIENCE)

    await product.ben.slash('/crew create content tone="?"', channel="general")

    shown = await product.ben.modal("Start a crew")
    assert shown.values["Topic"]["value"] is None
    await product.ben.close()
