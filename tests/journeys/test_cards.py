"""The card: all that an approver needs, at every place where it is, on every path."""

import pytest

from emulator.client import Message, Person
from tests.journeys.product import Product
from tests.journeys.stories import (
    PATIENCE,
    copy_for,
    draft,
    modal_saying,
    purchase,
    thing,
    trail,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")


def in_one_line(message: Message) -> str:
    return " ".join(message.text.split())


async def test_a_card_says_all_that_a_decision_needs(product: Product) -> None:
    """Who asks, until when, who may decide, facts, criteria, text, consequences."""
    waits = await draft(product, "Lanterns")

    said = in_one_line(waits.card)
    assert "Review the draft: Lanterns" in said
    assert f"*Ana Ruiz* asks · Content, run `{waits.code}`" in said
    assert "until *<!date^" in said
    assert "*Ben Okafor or Chiara Rossi* may decide" in said
    assert "Audience: our customers" in said
    assert "Please check Every fact in it is right." in said
    assert "Good news for our customers: Lanterns." in said
    assert "Approve → the text is final, exactly as it stands here" in said
    assert "Revise → the writer starts the next version with your words" in said
    assert "Reject → the run ends without a text" in said
    buttons = ["Approve", "Reject…", "Revise…", "Open", "More…"]
    assert waits.card.buttons == buttons


async def test_a_notification_stands_on_its_own(product: Product) -> None:
    """On a locked phone: what, how much, who asks, until when by the reader's clock."""
    await purchase(product, "12 chairs", budget=4000)

    for_ben = await copy_for(product, product.ben, "Order 12 chairs")
    for_dev = await copy_for(product, product.dev, "Order 12 chairs")

    before, until = for_ben.notification.split("until ")
    assert before == "Approve? Order 12 chairs, €3,400. Ana Ruiz asks; "
    assert until != for_dev.notification.split("until ")[1]  # London and Kolkata


async def test_one_ping_a_person_without_scopes_to_look(product: Product) -> None:
    """Each approver gets one direct message; the thread mentions nobody."""
    waits = await draft(product, "Drums")

    for person in (product.ben, product.chiara):
        await copy_for(product, person, "Review the draft: Drums")
        assert len(await copies(person, "Review the draft: Drums")) == 1
    assert "<@" not in waits.card.text
    assert await copies(product.dev, "Review the draft: Drums") == []
    assert await copies(product.ana, "Review the draft: Drums") == []


async def test_one_ping_a_person_where_the_app_may_look(house: Product) -> None:
    """Members of the channel are mentioned there; only the others get a message."""
    waits = await thing(house, "Teapot")

    assert f"<@{house.ana.id}>" in waits.card.text
    assert f"<@{house.ben.id}>" in waits.card.text
    assert f"<@{house.dev.id}>" not in waits.card.text
    await copy_for(house, house.dev, "Put away Teapot")
    assert await copies(house.ben, "Put away Teapot") == []

    await house.ben.click("Approve", in_=waits.card)

    settled = await house.ana.sees_change(waits.card, "Approved by Ben Okafor")
    assert "<@" not in settled.text  # a change calls nobody
    result = await house.ana.sees("Result of Everything", in_=waits.run)
    assert f"<@{house.ana.id}>" in result.text  # who asked for it is told


async def copies(person: Person, title: str) -> list[Message]:
    return [message for message in await person.dm() if title in message.text]


async def test_a_decision_settles_every_copy(product: Product) -> None:
    """Decided in a direct message: the thread and the other's message follow."""
    waits = await draft(product, "Flutes")
    of_ben = await copy_for(product, product.ben, "Review the draft: Flutes")
    of_chiara = await copy_for(product, product.chiara, "Review the draft: Flutes")

    await product.chiara.click("Approve", in_=of_chiara)

    for person, message in (
        (product.ana, waits.card),
        (product.ben, of_ben),
        (product.chiara, of_chiara),
    ):
        settled = await person.sees_change(message, "Approved by Chiara Rossi")
        assert settled.buttons == []
        assert "Next: the text is final" in in_one_line(settled)


async def test_a_revision_shrinks_every_copy(product: Product) -> None:
    """The old version is one line everywhere; the new one is a card of its own."""
    waits = await draft(product, "Violins")
    of_chiara = await copy_for(product, product.chiara, "Review the draft: Violins")

    await product.ben.click("Revise…", in_=waits.card)
    await product.ben.submit({"What should change?": "Shorter, please."})

    shrunk = await product.chiara.sees_change(of_chiara, "sent back by Ben Okafor")
    assert "“Shorter, please.”" in shrunk.text
    assert shrunk.buttons == []
    newest = f"run `{waits.code}` · version 2 of 4"
    newer = await copy_for(product, product.chiara, newest)
    assert "Ben Okafor sent the last version back:" in newer.text
    assert newer.notification.startswith("Approve version 2?")


async def test_a_cancelled_run_settles_every_copy(product: Product) -> None:
    """Nobody is left with buttons that do nothing."""
    waits = await draft(product, "Harps")
    of_ben = await copy_for(product, product.ben, "Review the draft: Harps")

    await product.ana.click("Cancel", in_=waits.run)

    for message in (waits.card, of_ben):
        settled = await product.ben.sees_change(message, "Cancelled by Ana Ruiz")
        assert settled.buttons == []


async def test_the_fourth_version_is_the_last(product: Product) -> None:
    """Three times it can be sent back; then the card offers to approve or reject."""
    waits = await draft(product, "Bells")
    card = waits.card
    for version in (2, 3, 4):
        await product.time_passes(20)
        await product.ben.click("Revise…", in_=card)
        if version == 4:
            asked = await product.ben.modal("Revise")
            assert "This is the last time it can be sent back" in asked.text
        await product.ben.submit({"What should change?": f"Wish {version}."})
        card = await product.ben.sees(
            f"version {version} of 4", in_=waits.run, within=PATIENCE
        )
        assert f"Changed in version {version}: Wish {version}." in card.text

    assert "Wish 2." in card.text  # earlier wishes are still fulfilled
    assert "version 4 of 4, the last" in card.text
    assert "Revise…" not in card.buttons
    assert "Revise →" not in in_one_line(card)
    await product.chiara.click("Approve", in_=card)
    await product.ana.sees("Result of Content", in_=waits.run, within=PATIENCE)


async def test_more_offers_only_what_this_person_may_do(product: Product) -> None:
    """Ben may approve with a note, Ana may cancel; everybody may look."""
    waits = await draft(product, "Pipes")

    offers = {}
    for person in (product.ana, product.ben, product.dev):
        await person.click("More…", in_=waits.card)
        offers[person.handle] = (await person.modal("More")).buttons
        await person.close()

    assert offers["ana"] == ["Cancel", "Details"]
    assert offers["ben"] == ["Approve with a note", "Details"]
    assert offers["dev"] == ["Cancel", "Details"]  # an admin


async def test_a_further_label_of_the_flow_is_chosen_in_more(house: Product) -> None:
    """The flow goes on with just that label, and the card names it."""
    waits = await thing(house, "Jug")

    await house.ben.click("More…", in_=waits.card)
    await house.ben.click("upper_shelf")

    await house.ana.sees_change(waits.card, "“upper_shelf” chosen by Ben Okafor")
    result = await house.ana.sees("Result of Everything", in_=waits.run)
    assert "upper_shelf" in result.text
    told = await modal_saying(house, house.ben, "Done. The run goes on with that.")
    assert told.title == "Please note"
    await house.ben.close(everything=True)


async def test_a_long_text_is_read_page_by_page(house: Product) -> None:
    """The card shows its beginning; *Open* has all of it, with pages to turn."""
    lines = " ".join(f"Sentence {number} of the story." for number in range(1, 90))
    waits = await thing(house, "Book", typed=f'story="{lines}"')
    assert "This is the beginning; the whole text has" in waits.card.text

    await house.dev.click("Open", in_=await copy_for(house, house.dev, "Book"))

    first = await house.dev.modal("The whole text")
    assert "Page 1 of 2" in first.text
    assert first.buttons == ["Next"]
    await house.dev.click("Next")
    second = await modal_saying(house, house.dev, "Page 2 of 2")
    assert "Sentence 89 of the story." in second.text
    await house.dev.click("Previous")
    await modal_saying(house, house.dev, "Page 1 of 2")
    await house.dev.close()


async def test_details_tell_how_a_run_got_where_it_is(product: Product) -> None:
    """Inputs, steps, and every request with what became of it, for everybody."""
    waits = await draft(product, "Cymbals")
    await product.ben.click("Revise…", in_=waits.card)
    await product.ben.submit({"What should change?": "Name a price."})
    await product.ben.sees("version 2 of 4", in_=waits.run, within=PATIENCE)
    run = await product.dev.sees_change(waits.run, "Waiting for")

    await product.dev.click("Details", in_=run)

    said = " ".join((await product.dev.modal(f"Run {waits.code}")).text.split())
    assert "Topic: Cymbals" in said
    assert "Sent back by Ben Okafor" in said
    assert "Name a price." in said
    assert "Waits for Ben Okafor or Chiara Rossi" in said
    await product.dev.close()
    decided = [e.actor for e in trail(product, waits.code) if "decision" in e.kind]
    assert product.ben.id in decided
