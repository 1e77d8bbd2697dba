"""What Slack says twice happens once; what it loses, drops or refuses comes right."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.courier import LEASE
from emulator.client import Message, Person
from tests.journeys.product import Product, code_of
from tests.journeys.stories import PATIENCE, Waiting, draft, trail, waiting

pytestmark = pytest.mark.asyncio(loop_scope="session")

CHANNEL = "content-team"

ASKED = ["run:started", "request:opened", "request:routed"]
DECIDED = ["decision:recorded", "decision:applied"]


async def everything_comes_twice(product: Product) -> None:
    """Each envelope arrives on both connections."""
    await product.workspace.fault("socket", "duplicate", times=None)


def kinds(product: Product, run: Waiting) -> list[str]:
    return [entry.kind for entry in trail(product, run.code)]


async def cards(person: Person, run: Waiting) -> list[Message]:
    """List the run's cards in its thread, whatever they say by now."""
    thread = await person.messages(CHANNEL, thread_ts=run.run.ts)
    return [one for one in thread if "Review the draft" in one.text]


async def notes(*people: Person) -> list[str]:
    """List what these people have been told privately."""
    return [
        message.text
        for person in people
        for message in await person.everything()
        if message.is_private_note
    ]


async def test_a_form_that_comes_twice_starts_one_run(product: Product) -> None:
    """So does the command that opened it; its one greeting is all that is said."""
    ana = product.ana
    before = await notes(ana)
    await everything_comes_twice(product)

    await ana.slash("/crew create content", channel=CHANNEL)
    topic = "An only child"
    await ana.submit({"Topic": topic})
    run = await waiting(
        ana, f"Content: {topic}", f"Review the draft: {topic}", channel=CHANNEL
    )

    shown = [m for m in await ana.messages(CHANNEL) if topic in m.text]
    assert len(shown) == 1
    assert kinds(product, run) == ASKED
    assert len(await notes(ana)) == len(before) + 1


async def test_an_approval_that_comes_twice_counts_once(product: Product) -> None:
    """Nobody is told that it came too late."""
    run = await draft(product, "Twins of two")
    before = await notes(product.ben)
    await everything_comes_twice(product)

    await product.ben.click("Approve", in_=run.card)

    await product.ana.sees("Result of Content", in_=run.run)
    assert kinds(product, run) == [*ASKED, *DECIDED, "run:ended"]
    assert await notes(product.ben) == before


async def test_a_rejection_that_comes_twice_counts_once(product: Product) -> None:
    """One form opens, and it closes for good."""
    run = await draft(product, "Twins of three")
    before = await notes(product.ben)
    await everything_comes_twice(product)

    await product.ben.click("Reject…", in_=run.card)
    assert len(await product.ben.modals()) == 1
    await product.ben.submit({"words": "We write of one at a time."})

    await product.ben.no_modal()
    await product.ana.sees_change(run.run, "Finished after a rejection")
    assert kinds(product, run) == [*ASKED, *DECIDED, "run:ended"]
    assert await notes(product.ben) == before


async def test_feedback_that_comes_twice_brings_one_version(product: Product) -> None:
    """The writer is asked once, and there is one next card."""
    run = await draft(product, "Twins of four")
    before = await notes(product.ben)
    calls = await product.model_calls()
    await everything_comes_twice(product)

    await product.ben.click("Revise…", in_=run.card)
    await product.ben.submit({"words": "Name them."})

    await product.ben.sees("version 2 of 4", in_=run.run, within=PATIENCE)
    await product.ana.sees_change(run.run, "Waiting for")
    assert kinds(product, run) == [*ASKED, *DECIDED, *ASKED[1:]]
    assert await product.model_calls() == calls + 2
    assert len(await cards(product.ana, run)) == 1
    assert await notes(product.ben) == before


async def test_a_cancel_that_comes_twice_cancels_once(product: Product) -> None:
    """Nobody is told that the run is over already."""
    run = await draft(product, "Twins of five")
    before = await notes(product.ana)
    await everything_comes_twice(product)

    await product.ana.click("Cancel", in_=run.run)

    await product.ana.sees_change(run.run, "Cancelled by Ana")
    await product.ben.sees_change(run.card, "Cancelled")
    assert kinds(product, run) == [*ASKED, "request:cancelled", "run:cancelled"]
    assert await notes(product.ana) == before


async def test_an_envelope_that_reaches_two_bots_counts_once(
    product: Product,
) -> None:
    """Their connections take turns: one of two pairs of deliveries meets both."""
    ben, slack = product.ben, product.workspace
    async with another_bot(product):
        for topic in ("Twins of six", "Twins of seven"):
            run = await draft(product, topic)
            await slack.fault("socket", "duplicate", type="interactive")

            await ben.click("Approve", in_=run.card)

            await product.ana.sees("Result of Content", in_=run.run, within=PATIENCE)
            assert kinds(product, run) == [*ASKED, *DECIDED, "run:ended"]
            assert len(await cards(product.ana, run)) == 1


@asynccontextmanager
async def another_bot(product: Product) -> AsyncIterator[None]:
    """Run a second bot beside the first."""
    second = replace(product.bot, child=None)
    await second.start()
    try:
        await product.workspace.connected(4)
        yield
    finally:
        await second.stop()
        await product.workspace.connected(2)


async def test_a_form_whose_answer_was_lost_is_sent_again(product: Product) -> None:
    """Slack shows its own trouble; the second try closes the form, and counts nothing."""
    run = await draft(product, "Lost and found")
    ben = product.ben
    await ben.click("Reject…", in_=run.card)
    await product.workspace.fault("socket", "lose_ack", type="interactive")
    words = {"words": "Nobody lost anything."}

    await ben.submit(words, outcome="timed_out")
    await ben.submit(words)

    await ben.no_modal()
    assert kinds(product, run)[:5] == [*ASKED, *DECIDED]
    assert kinds(product, run).count("decision:recorded") == 1


async def test_a_click_whose_answer_was_lost_has_worked(product: Product) -> None:
    """Who presses again before the card changes is told so, and nothing else."""
    run = await draft(product, "Lost for words")
    ben = product.ben
    await product.workspace.fault("chat.update", "latency", ms=4000, times=None)
    await product.workspace.fault("socket", "lose_ack", type="interactive")

    await ben.click("Approve", in_=run.card, outcome="timed_out")
    await ben.click("Approve", in_=run.card)

    note = await ben.sees("Already approved by Ben Okafor", in_=run.card)
    assert note.is_private_note
    await product.workspace.clear_faults()
    await ben.sees_change(run.card, "Approved by Ben")
    assert kinds(product, run).count("decision:recorded") == 1


async def test_a_story_goes_on_over_connections_that_break(product: Product) -> None:
    """One breaks while the form is open, the other with the answer on its way."""
    run = await draft(product, "Broken lines")
    ben, slack = product.ben, product.workspace

    await ben.click("Revise…", in_=run.card)
    await slack.socket("drop")
    await slack.connected(2, within=PATIENCE)
    await ben.submit({"words": "Mend them."})
    second = await ben.sees("version 2 of 4", in_=run.run, within=PATIENCE)
    await slack.fault("socket", "drop_socket", type="interactive")
    await ben.click("Approve", in_=second, outcome=None)

    await ben.sees_change(second, "Approved by Ben")
    await product.ana.sees("Result of Content", in_=run.run)
    await slack.connected(2, within=PATIENCE)
    assert kinds(product, run).count("decision:recorded") == 2


async def test_a_copy_of_a_card_is_as_good_and_goes_when_clicked(
    product: Product,
) -> None:
    """The post was made, its answer was not heard: it is made again."""
    topic = "Copies of copies"
    await product.model_fault(delay_ms=1500, times=1)
    line = f'/crew create content topic="{topic}"'
    await product.ana.slash(line, channel=CHANNEL)
    await product.ana.sees(f"Content: {topic}", in_=CHANNEL)
    await product.workspace.fault("chat.postMessage", "did_it_then_dropped", times=3)

    run = await waiting(
        product.ana, f"Content: {topic}", f"Review the draft: {topic}", channel=CHANNEL
    )
    first, second = await several(product, run, 2)
    await product.ben.click("Approve", in_=first)

    await product.ben.sees_change(second, "Approved by Ben")
    assert [one.ts for one in await several(product, run, 1)] == [second.ts]
    assert kinds(product, run).count("decision:recorded") == 1


async def several(product: Product, run: Waiting, count: int) -> list[Message]:
    """Wait until there are so many copies of the run's card in its thread."""

    async def look() -> list[Message] | None:
        found = await cards(product.ana, run)
        return found if len(found) == count else None

    async def there() -> str:
        return str(len(await cards(product.ana, run)))

    return await product.workspace.until(
        look, wanted=f"{count} copies", there=there, within=PATIENCE
    )


async def test_what_slack_has_no_room_for_is_shown_later(product: Product) -> None:
    """“Too many requests” costs the time that it names, and nothing else."""
    run = await draft(product, "Rush hour")
    await product.workspace.fault("chat.update", "rate_limit", retry_after=2, times=2)

    await product.ben.click("Approve", in_=run.card)

    await product.ben.sees_change(run.card, "Approved by Ben", within=PATIENCE)
    await product.ana.sees_change(run.run, "Finished", within=PATIENCE)
    await product.ana.sees("Result of Content", in_=run.run, within=PATIENCE)


async def test_a_slack_that_is_down_is_waited_for(product: Product) -> None:
    """The crew goes on working, and its card is there when Slack is."""
    topic = "Silence"
    await product.model_fault(delay_ms=1500, times=1)
    await product.ana.slash(f'/crew create content topic="{topic}"', channel=CHANNEL)
    message = await product.ana.sees(f"Content: {topic}", in_=CHANNEL)
    await product.workspace.fault("*", "http_500", times=None)
    await tried(product, "chat.postMessage")

    await product.workspace.clear_faults()
    await product.time_passes(10)

    card = await product.ben.sees(
        f"Review the draft: {topic}", in_=message, within=PATIENCE
    )
    await product.ben.click("Approve", in_=card)
    await product.ben.sees_change(card, "Approved by Ben", within=PATIENCE)


async def tried(product: Product, method: str) -> None:
    """Wait until the bot has tried to do something."""
    so_far = len(await product.workspace.calls(method))

    async def look() -> bool | None:
        return len(await product.workspace.calls(method)) > so_far or None

    async def there() -> str:
        return str((await product.workspace.calls())[-5:])

    await product.workspace.until(
        look, wanted=f"a call of {method}", there=there, within=PATIENCE
    )


@asynccontextmanager
async def without_bot(product: Product) -> AsyncIterator[None]:
    """End the bot as a power cut does; start it again when its leases are over."""
    await product.bot.kill()
    try:
        yield
        await product.time_passes(LEASE.total_seconds())
    finally:
        await product.bot.start()


async def test_what_ends_without_a_bot_is_shown_by_the_next(product: Product) -> None:
    """A worker needs the database only: the card and the result wait for a bot."""
    topic = "Alone at work"
    await product.model_fault(delay_ms=1000, times=1)
    line = f'/crew create content topic="{topic}"'
    await product.ana.slash(line, channel=CHANNEL)
    message = await product.ana.sees(f"Content: {topic}", in_=CHANNEL)

    async with without_bot(product):
        await recorded(product, code_of(message), "request:opened")
    card = await product.ben.sees(
        f"Review the draft: {topic}", in_=CHANNEL, within=PATIENCE
    )
    await product.ben.click("Approve", in_=card)
    async with without_bot(product):
        await recorded(product, code_of(message), "run:ended")

    await product.ben.sees_change(card, "Approved by Ben", within=PATIENCE)
    await product.ana.sees("Result of Content", in_=card, within=PATIENCE)


async def recorded(product: Product, code: str, kind: str) -> None:
    """Wait until something is on a run's trail."""

    async def look() -> bool | None:
        return kind in [entry.kind for entry in trail(product, code)] or None

    async def there() -> str:
        return str([entry.kind for entry in trail(product, code)])

    await product.workspace.until(look, wanted=kind, there=there, within=PATIENCE)


async def test_of_two_who_press_at_once_one_decides(product: Product) -> None:
    """The other is told privately who was first."""
    run = await draft(product, "Photo finish")
    ben, chiara = product.ben, product.chiara

    await asyncio.gather(
        ben.click("Approve", in_=run.card), chiara.click("Approve", in_=run.card)
    )

    await product.ana.sees("Result of Content", in_=run.run)
    decided = [one for one in trail(product, run.code) if one.kind == DECIDED[0]]
    assert len(decided) == 1
    first = {ben.id: ben, chiara.id: chiara}[decided[0].actor]
    other = chiara if first is ben else ben
    name = {ben.id: "Ben Okafor", chiara.id: "Chiara Rossi"}[first.id]
    note = await other.sees(f"Already approved by {name}", in_=run.card)
    assert note.is_private_note
    assert kinds(product, run).count("decision:refused") == 1
