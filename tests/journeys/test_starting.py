"""A run is started: by the form or in one line, and everything is checked before."""

from typing import Any

import pytest

from emulator.client import Person, RefusedByWorkspace, View
from tests.journeys.product import Product, code_of
from tests.journeys.stories import (
    PATIENCE,
    draft,
    form_with,
    modal_saying,
    offered,
    trail,
    waiting,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

CHANNEL = "Show the run in"
OPTIONAL = "Also ask people at"


async def form(
    product: Product, person: Person, crew: str, *, channel: str = "content-team"
) -> View:
    """Open the form by a bare `/crew create`, and choose a crew in it."""
    await person.slash("/crew create", channel=channel)
    first = await person.modal("Start a crew")
    value = offered(first, "Crew", crew)
    await person.click("create:crew", in_=first, selected=value)
    return await form_with(product, person, "Priority")


def held(view: View, label: str) -> Any:
    """Give what a field of a form holds, in plain words."""
    for value in [v for k, v in view.values[label].items() if k != "type"]:
        match value:
            case list():
                return [option["text"]["text"] for option in value]
            case {"text": {"text": text}}:
                return text
            case _:
                return value
    raise AssertionError(f"{label} holds nothing")


async def test_the_form_is_drawn_for_the_crew_that_is_chosen(product: Product) -> None:
    """Choosing another crew changes the fields; the channel is where it was typed."""
    dev = product.dev  # he starts no other run of content: nothing is remembered
    await dev.slash("/crew create", channel="approvals")
    first = await dev.modal("Start a crew")
    assert first.labels == ["Crew"]

    await dev.click("create:crew", in_=first, selected="purchase")
    purchase = await form_with(product, dev, "What")
    await dev.click("create:crew", in_=purchase, selected="content")
    content = await form_with(product, dev, "Topic")

    assert "What" not in content.labels
    assert content.labels[-2:] == [CHANNEL, "Priority"]
    assert held(content, CHANNEL) == product.workspace.channel_id("approvals")
    assert held(content, "Audience") == "our customers"
    assert held(content, "Tone") == "friendly"
    assert "What is the text about?" in content.text
    assert "Draft review" in content.text
    await dev.close()


async def test_every_kind_of_input_arrives_as_what_it_is(house: Product) -> None:
    """Numbers as numbers, lists as lists: the crew is started with typed values."""
    await form(house, house.ana, "Everything")

    await house.ana.submit(
        {
            "Name": "Lamp",
            "Story": "It shone.\nFor years.",
            "Price": "12.50",
            "Pieces": "3",
            "Size": "1",
            "It is a gift": ["yes"],
            "Day": "2026-12-24",
            "Colours": ["1", "2"],
            "Places": "Attic\nCellar",
        }
    )

    run = await house.ana.sees("Everything: Lamp", in_="content-team")
    started = trail(house, code_of(run))[0]
    assert started.kind == "run:started"
    assert started.payload["inputs"] == {
        "name": "Lamp",
        "story": "It shone.\nFor years.",
        "price": 12.5,
        "pieces": 3,
        "size": "large",
        "gift": True,
        "day": "2026-12-24",
        "colours": ["green", "blue"],
        "places": ["Attic", "Cellar"],
    }


async def test_what_is_wrong_is_said_beside_its_field(house: Product) -> None:
    """Nothing starts, what was typed stays, and each sentence is at its place."""
    await form(house, house.ana, "Everything")
    runs = len(await house.ana.messages("content-team"))

    await house.ana.submit({"Name": "  ", "Price": "0", "Places": "Attic\nX"})

    complained = await modal_saying(house, house.ana, "Please fill this in.")
    assert complained.errors == {
        "Name": "Please fill this in.",
        "Price": "Please write a number of more than 0.",
        "Places": "“X”: Please write at least 2 characters.",
    }
    assert held(complained, "Places") == "Attic\nX"
    await house.ana.submit({"Name": "Vase", "Price": "2", "Places": "Attic"})
    await house.ana.no_modal()
    await house.ana.sees("Everything: Vase", in_="content-team")
    assert len(await house.ana.messages("content-team")) > runs


async def test_slack_itself_asks_for_what_is_required(product: Product) -> None:
    """A required field is marked as such, an optional one is not."""
    await form(product, product.dev, "Campaign plan", channel="general")

    with pytest.raises(RefusedByWorkspace) as refused:
        await product.dev.submit({"Product": "Tea"})

    assert list(refused.value.errors) == ["input:campaign-plan:audience"]
    await product.dev.close()


async def test_the_form_remembers_what_was_started_last(product: Product) -> None:
    """Chiara finds her own last values; the next person does not."""
    await form(product, product.chiara, "Content")
    await product.chiara.submit(
        {"Topic": "Tides", "Audience": "sailors", "Tone": "1", "Priority": "low"}
    )
    await product.chiara.sees("Content: Tides", in_="content-team")

    again = await form(product, product.chiara, "Content")
    of_ben = await form(product, product.ben, "Content")

    assert (held(again, "Topic"), held(again, "Audience")) == ("Tides", "sailors")
    assert held(again, "Tone") == "formal"
    assert held(of_ben, "Audience") != "sailors"
    await product.chiara.close()
    await product.ben.close()


async def test_a_run_is_shown_where_its_requester_wants_it(product: Product) -> None:
    """Typed in one channel, shown in another, with its priority."""
    await form(product, product.ana, "Content")
    await product.ana.submit(
        {"Topic": "Dunes", CHANNEL: "general", "Priority": "critical"}
    )

    started = await waiting(
        product.ana, "Content: Dunes", "Review the draft: Dunes", channel="general"
    )

    assert "priority *critical*" in started.run.text
    assert trail(product, started.code)[0].payload["priority"] == "critical"


async def test_a_channel_without_the_bot_is_refused_beside_its_field(
    product: Product,
) -> None:
    """It says how to invite the bot; nothing has been started."""
    await form(product, product.ana, "Content")
    calls = await product.model_calls()

    await product.ana.submit({"Topic": "Reefs", CHANNEL: "ext-partners"})

    refused = await modal_saying(product, product.ana, "I am not a member")
    assert "Type `/invite @crew` there" in refused.errors[CHANNEL]
    assert await product.model_calls() == calls
    await product.ana.submit({CHANNEL: "content-team"})
    await product.ana.sees("Content: Reefs", in_="content-team")


async def test_a_channel_shared_with_outsiders_is_refused(house: Product) -> None:
    """Where the app may look, it sees who else would read the run."""
    await house.workspace.invite("crew", "ext-partners")
    await form(house, house.ana, "Everything")

    await house.ana.submit({"Name": "Secret", CHANNEL: "ext-partners"})

    refused = await modal_saying(house, house.ana, "shared with people outside")
    assert CHANNEL in refused.errors
    await house.ana.close()


async def test_an_optional_checkpoint_can_be_left_out_in_the_open(
    product: Product,
) -> None:
    """Who left it out stands on the run's message, the next card and the trail."""
    offered_form = await form(product, product.ana, "Campaign plan")
    assert held(offered_form, OPTIONAL) == ["After planning", "After analysis"]
    assert "Before finalization" in offered_form.text

    await product.ana.submit(
        {
            "Product": "Kettles",
            "Audience": "tea drinkers",
            OPTIONAL: [offered(offered_form, OPTIONAL, "After planning")],
        }
    )

    started = await waiting(
        product.ana,
        "Campaign plan: Kettles",
        "Review the plan: Kettles",
        channel="content-team",
    )
    assert "left out by Ana Ruiz" in started.run.text
    assert "Ana Ruiz left out: *After analysis*" in started.card.text
    left_out = [
        (entry.actor, entry.payload["checkpoint"])
        for entry in trail(product, started.code)
        if entry.kind == "checkpoint:unticked"
    ]
    assert left_out == [(product.ana.id, "after_analysis")]

    await product.chiara.click("Approve", in_=started.card)

    card = await product.ana.sees(
        "Decide on the strategy: Kettles", in_=started.run, within=PATIENCE
    )
    assert "Ana Ruiz left out: *After analysis*" in card.text


async def test_a_checkpoint_that_a_rule_names_is_always_held(house: Product) -> None:
    """The flow calls it optional, but the rules of this house speak of it."""
    shown = await form(house, house.ana, "Campaign plan")

    assert held(shown, OPTIONAL) == ["After analysis"]
    assert "After planning" in shown.text
    await house.ana.close()


async def test_a_purchase_never_goes_without_its_authorisation(
    product: Product,
) -> None:
    """The form says where people decide, and offers no box to leave it out."""
    shown = await form(product, product.ana, "Purchase")

    assert "People decide at\nAuthorise spend" in shown.text
    assert OPTIONAL not in shown.labels
    await product.ana.close()


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ('topic="Straight quotes"', "Straight quotes"),
        ("topic=“Curly quotes”", "Curly quotes"),
        ("topic=„Low quotes“ tone='formal'", "Low quotes"),
        ("TOPIC=Plain", "Plain"),
    ],
)
async def test_one_line_starts_at_once(
    product: Product, typed: str, title: str
) -> None:
    """Phones and desktops change quotes; no form comes when nothing is missing."""
    await product.ana.slash(f"/crew create content {typed}", channel="content-team")

    await product.ana.sees(f"Content: {title}", in_="content-team")
    assert await product.ana.modals() == []


async def test_what_is_missing_in_the_line_is_asked_in_the_form(
    product: Product,
) -> None:
    """What was typed is there already, and one sentence says what is not."""
    typed = '/crew create purchase what="Two lamps" currency=gbp'
    await product.ana.slash(typed, channel="general")

    shown = await product.ana.modal("Start a crew")
    assert "Budget: Please fill this in." in shown.text
    assert held(shown, "What") == "Two lamps"
    assert held(shown, "Currency") == "GBP"
    assert held(shown, CHANNEL) == product.workspace.channel_id("general")
    await product.ana.submit({"Budget": "90"})
    await product.ana.sees("Purchase: Two lamps", in_="general")


async def test_a_wrong_value_in_the_line_is_asked_again_in_the_form(
    product: Product,
) -> None:
    """The form says what the field takes; the rest of the line is kept."""
    typed = '/crew create content topic="Rivers" tone="loud"'
    await product.ana.slash(typed, channel="content-team")

    shown = await product.ana.modal("Start a crew")
    assert "Tone: Please choose one of: friendly, formal" in shown.text
    assert held(shown, "Topic") == "Rivers"
    await product.ana.close()


async def test_nobody_to_ask_is_said_before_any_model_is_paid(house: Product) -> None:
    """Ana is the only approver: the form stays, with what she typed and the reason."""
    await form(house, house.ana, "Purchase")
    calls = await house.model_calls()

    await house.ana.submit({"What": "A crane", "Budget": "70000"})

    shown = await modal_saying(house, house.ana, "Nobody can decide")
    assert "you are the only approver of “solo”" in shown.text
    assert held(shown, "What") == "A crane"
    await house.ana.close()
    await house.ana.slash(
        '/crew create purchase what="A crane" budget=70000', channel="content-team"
    )
    note = await house.ana.sees("Nobody can decide", in_="content-team")
    assert note.is_private_note
    assert await house.model_calls() == calls
    everywhere = [message.text for message in await house.ana.everything()]
    assert not any("Purchase: A crane" in text for text in everywhere)


async def test_a_duplicate_of_the_command_starts_nothing_twice(
    product: Product,
) -> None:
    """Slack may deliver twice; there is one run."""
    await product.workspace.fault("socket", "duplicate", type="slash_commands")

    started = await draft(product, "Once only")

    shown = [
        message.ts
        for message in await product.ana.messages("content-team")
        if "Content: Once only" in message.text
    ]
    assert shown == [started.run.ts]
