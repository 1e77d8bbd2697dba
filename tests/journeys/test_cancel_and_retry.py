"""Runs that are ended at once, and runs that go on after a failure."""

import pytest

from tests.journeys.processes import runners_of
from tests.journeys.product import Product, code_of
from tests.journeys.stories import PATIENCE, draft, modal_saying, trail

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_cancel_ends_a_working_crew_at_once(product: Product) -> None:
    """The model never answers; the crew's process is gone, and nothing comes after."""
    await product.model_fault(hang=True, match="Fog over the pier")
    await product.ana.slash(
        '/crew create content topic="Fog over the pier"', channel="content-team"
    )
    run = await product.ana.sees("Content: Fog over the pier", in_="content-team")
    run = await product.ana.sees_change(run, "Content Writer", within=PATIENCE)
    working = set(runners_of(product))

    await product.ana.click("Cancel", in_=run)

    cancelled = await product.ana.sees_change(run, "Cancelled by Ana Ruiz")
    assert "Cancel" not in cancelled.buttons

    async def one_is_gone() -> bool | None:
        return bool(working - set(runners_of(product))) or None

    async def there() -> str:
        return f"{working} were there, {runners_of(product)} are"

    await product.workspace.until(
        one_is_gone, wanted="the crew's process to be gone", there=there
    )
    kinds = [entry.kind for entry in trail(product, code_of(run))]
    assert kinds == ["run:started", "run:cancelled"]


async def test_retry_goes_on_from_the_journal(product: Product) -> None:
    """The editor met a rate limit three times; the writer is not asked again."""
    await product.model_fault(status=429, times=3, match="You are Editor")
    await product.ana.slash(
        '/crew create content topic="Rain on Monday"', channel="content-team"
    )
    run = await product.ana.sees("Content: Rain on Monday", in_="content-team")

    failed = await product.ana.sees_change(
        run, "Failed in Edit draft: rate limit, 3 tries", within=PATIENCE
    )

    assert failed.buttons[0] == "Retry"
    before = await product.model_calls()
    await product.ben.click("Retry", in_=failed)
    note = await product.ben.sees("Only Ana Ruiz or an admin can do that.")
    assert note.thread_ts is None  # where he clicked, not in a thread he may not see
    await product.ana.click("Retry", in_=failed)
    card = await product.ana.sees(
        "Review the draft: Rain on Monday", in_=run, within=PATIENCE
    )
    assert (await product.model_asked())[before:] == ["content.edit"]
    await product.ben.click("Approve", in_=card)
    await product.ana.sees("Result of Content", in_=run, within=PATIENCE)
    kinds = [entry.kind for entry in trail(product, code_of(run))]
    assert kinds.count("run:failed") == kinds.count("run:retried") == 1


async def test_cancel_is_also_in_more(product: Product) -> None:
    """For the one whose run it is; the modal says that it is done."""
    waits = await draft(product, "Snow in the streets")

    await product.ana.click("More…", in_=waits.card)
    await product.ana.click("Cancel", in_=await product.ana.modal("More"))

    said = f"Run {waits.code} is cancelled."
    await modal_saying(product, product.ana, said)
    await product.ana.sees_change(waits.run, "Cancelled by Ana Ruiz")
    await product.ana.close()


async def test_what_waits_is_withdrawn_when_its_run_is_cancelled(
    product: Product,
) -> None:
    """Nobody is asked any more: no list names it, and no card has buttons."""
    waits = await draft(product, "Ice on the lake")

    await product.ana.click("Cancel", in_=waits.run)

    settled = await product.ben.sees_change(waits.card, "Cancelled by Ana Ruiz")
    assert settled.buttons == []
    await product.ben.slash("/crew pending", channel="general")
    newest = (await product.ben.messages("general"))[-1]
    assert "Ice on the lake" not in newest.text
