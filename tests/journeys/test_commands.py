"""What people type after `/crew`, and the private answers."""

import pytest

from emulator.client import Message, Person
from tests.journeys.product import Product
from tests.journeys.stories import draft, purchase

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def answer(person: Person, typed: str) -> Message:
    """Type a command in #general; give the private answer."""
    before = {note.ts for note in await person.messages("general")}
    await person.slash(f"/crew {typed}", channel="general")
    new = [note for note in await person.messages("general") if note.ts not in before]
    assert new, f"/crew {typed} was not answered"
    assert new[-1].is_private_note
    return new[-1]


async def test_crew_alone_says_what_you_can_do_now(product: Product) -> None:
    """Ben sees what waits for him, Ana her runs; both can start a crew from there."""
    started = await purchase(product, "Owls for the night")

    for_ben = await answer(product.ben, "")
    for_ana = await answer(product.ana, "")

    assert "Order Owls for the night" in for_ben.text
    assert "Waiting for you" in for_ben.text
    assert started.code in for_ana.text
    assert "Your runs under way" in for_ana.text
    assert "Waiting for you" not in for_ana.text
    await product.ana.click("Start…", in_=for_ana)
    assert (await product.ana.modal()).title == "Start a crew"
    await product.ana.close()


async def test_crews_are_listed_with_what_they_need(product: Product) -> None:
    """Each crew that ships is there, with what it does and what it must be told."""
    said = (await answer(product.ana, "crews")).text

    assert "Writes a text about a topic" in said
    assert "needs topic" in said
    assert "`campaign-plan` · needs product, audience" in said
    assert "`purchase` · needs what, budget" in said


async def test_runs_are_listed_by_whose_and_whether_they_are_over(
    product: Product,
) -> None:
    """Mine, open and all differ; `runs` alone means open."""
    over = await draft(product, "Herons in the pond")
    under_way = await draft(product, "Herons on the roof")
    await product.ana.click("Cancel", in_=over.run)
    await product.ana.sees_change(over.run, "Cancelled by Ana Ruiz")

    mine = (await answer(product.ana, "runs mine")).text
    of_ben = (await answer(product.ben, "runs mine")).text
    open_ = (await answer(product.ben, "runs")).text
    all_ = (await answer(product.ben, "runs all")).text

    assert over.code in mine
    assert under_way.code in mine
    assert over.code not in of_ben
    assert under_way.code in open_
    assert over.code not in open_
    assert over.code in all_
    assert "Waiting for Ben Okafor or Chiara Rossi" in all_


async def test_pending_lists_what_waits_for_the_one_who_asks(product: Product) -> None:
    """Who may not decide it does not find it there; its text can be read from there."""
    await purchase(product, "Swifts for the eaves")

    for_dev = await answer(product.dev, "pending")
    for_chiara = await answer(product.chiara, "pending")

    assert "Order Swifts for the eaves" in for_dev.text
    assert "Ana Ruiz asks" in for_dev.text
    assert "Swifts" not in for_chiara.text
    await product.dev.click("Open", in_=for_dev)
    assert (await product.dev.modal()).title == "The whole text"
    await product.dev.close()


async def test_show_tells_where_a_run_stands(product: Product) -> None:
    """Step by step, for anybody, by the code as people write it."""
    started = await draft(product, "Storks on the mast")

    said = (await answer(product.dev, f"show {started.code.lower()}")).text

    assert "Content: Storks on the mast" in said
    assert "Waiting for Ben Okafor or Chiara Rossi" in said


async def test_a_run_is_cancelled_by_its_requester(product: Product) -> None:
    """Others are told whose it is; an unknown code gets a hint."""
    started = await draft(product, "Crows in the yard")

    refused = await answer(product.ben, f"cancel {started.code}")
    done = await answer(product.ana, f"cancel {started.code}")
    again = await answer(product.ana, f"cancel {started.code}")

    assert refused.text == "Only Ana Ruiz or an admin can do that."
    assert done.text == f"Run `{started.code}` is cancelled."
    assert "is over: cancelled by Ana Ruiz" in again.text
    await product.ben.sees_change(started.card, "Cancelled by Ana Ruiz")


async def test_an_admin_may_cancel_anybodys_run(product: Product) -> None:
    """Dev is an admin in the rules file."""
    started = await draft(product, "Jays in the oak")

    await answer(product.dev, f"cancel {started.code}")

    await product.ana.sees_change(started.run, "Cancelled by Dev Patel")


async def test_help_lists_every_command(product: Product) -> None:
    """What can be typed, a line each."""
    said = (await answer(product.ana, "help")).text

    for word in ("create", "crews", "runs", "pending", "show", "cancel", "try"):
        assert f"`/crew {word}" in said


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pendign", "Did you mean `/crew pending`?"),
        ("approve", "Did you mean `/crew pending`?"),
        ("list", "Did you mean `/crew runs`?"),
        ("xyzzy", "`/crew help` lists them."),
        ("create contnt", "Did you mean `/crew create content`?"),
        ('create content tpic="Bees"', "Did you mean “topic”?"),
        ("runs opne", "Did you mean `runs open`?"),
        ("show ABC", "“ABC” is no run code."),
        ("show", "Please write `show` and the run's code"),
        ("create content bees", 'Please write inputs as name="value"'),
    ],
)
async def test_a_near_miss_is_understood_and_not_done(
    product: Product, typed: str, meant: str
) -> None:
    """What was meant is suggested, in a sentence that only the typist sees."""
    said = await answer(product.ana, typed)

    assert meant in said.text


async def test_an_unknown_code_suggests_the_one_that_is_close(product: Product) -> None:
    """A mistyped character is not the end of it."""
    started = await draft(product, "Kites over the hill")
    last = "7" if started.code[-1] != "7" else "8"

    said = await answer(product.ana, f"show {started.code[:-1]}{last}")

    assert f"Did you mean `{started.code}`?" in said.text
