"""Presses that do not count: each gets a private sentence that says why."""

import re
from typing import Any

import aiohttp
import pytest

from emulator.client import Message, Person
from tests.journeys.product import Product
from tests.journeys.stories import PATIENCE, draft, modal_saying, trail

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def told(person: Person, message: Message, text: str) -> None:
    """Wait for a private sentence beside a card."""
    note = await person.sees(text, in_=message.channel)
    assert note.is_private_note


async def cards_stay(product: Product) -> None:
    """Let no card change until the story's end: what somebody sees who is quick."""
    await product.workspace.fault("chat.update", "http_500", times=None)


async def test_who_is_no_approver_is_told_who_is(product: Product) -> None:
    """Also Dev, who only looks at the channel. The press is on the trail."""
    waits = await draft(product, "Maples")

    await product.dev.click("Approve", in_=waits.card)

    said = "This one is not yours to decide. It waits for Ben Okafor or Chiara Rossi."
    await told(product.dev, waits.card, said)
    refused = trail(product, waits.code)[-1]
    assert (refused.kind, refused.actor) == ("decision:refused", product.dev.id)
    assert refused.payload["why"] == "NotAnApprover"


@pytest.mark.parametrize("button", ["Approve", "Reject…", "Revise…"])
async def test_the_requester_decides_nothing(product: Product, button: str) -> None:
    """No form opens either: it could only be refused."""
    waits = await draft(product, f"Birches {len(button)}")

    await product.ana.click(button, in_=waits.card)

    said = "You started this run, so you may not decide it. It waits for Ben Okafor"
    await told(product.ana, waits.card, said)
    assert await product.ana.modals() == []


@pytest.mark.parametrize("name", ["grace", "eve"])
async def test_guests_and_people_from_outside_decide_nothing(
    product: Product, name: str
) -> None:
    """Whatever a rules file says of them: Grace is a guest, Eve of another company."""
    await product.workspace.invite(name, "approvals")
    outsider = product.workspace.as_user(name)
    waits = await draft(product, f"Willows for {name}", channel="approvals")

    await outsider.click("Approve", in_=waits.card)

    said = "Only full members of this workspace can do that."
    await told(outsider, waits.card, said)
    assert trail(product, waits.code)[-1].payload["why"] == "NeverDecides"


async def test_a_guest_starts_nothing(product: Product) -> None:
    """The command answers, and says why not."""
    await product.workspace.invite("grace", "approvals")
    grace = product.workspace.as_user("grace")

    await grace.slash('/crew create content topic="Ferns"', channel="approvals")

    said = "Only full members of this workspace can do that."
    assert (await grace.sees(said, in_="approvals")).is_private_note


async def test_who_comes_second_is_told_who_was_first_and_when(
    product: Product,
) -> None:
    """By the second one's own clock; the decision stays what it was."""
    waits = await draft(product, "Poplars")
    await cards_stay(product)
    await product.ben.click("Approve", in_=waits.card)

    await product.chiara.click("Approve", in_=waits.card)
    await product.chiara.click("Revise…", in_=waits.card)

    note = await product.chiara.sees("Already approved by", in_=waits.card)
    pattern = r"Already approved by Ben Okafor on \d+ \w{3} at \d\d:\d\d\. Nothing was"
    assert re.search(pattern, note.text)
    assert await product.chiara.modals() == []
    kinds = [entry.kind for entry in trail(product, waits.code)]
    assert kinds.count("decision:recorded") == 1


async def test_an_older_version_leads_to_the_newest(product: Product) -> None:
    """What Chiara approved was sent back a moment ago; nothing is counted."""
    waits = await draft(product, "Cedars")
    await cards_stay(product)
    await product.ben.click("Revise…", in_=waits.card)
    await product.ben.submit({"What should change?": "Less wood."})

    await product.chiara.click("Approve", in_=waits.card)

    said = "This card shows an older version: Ben Okafor sent it back on"
    await told(product.chiara, waits.card, said)
    await product.workspace.clear_faults()
    newest = await product.chiara.sees("version 2 of 4", in_=waits.run, within=PATIENCE)
    assert "Approve" in newest.buttons


async def test_a_cancelled_run_takes_no_decision(product: Product) -> None:
    """The late approver is told who cancelled it."""
    waits = await draft(product, "Alders")
    await cards_stay(product)
    await product.ana.slash(f"/crew cancel {waits.code}", channel="content-team")

    await product.ben.click("Approve", in_=waits.card)

    said = f"Run {waits.code} is over: cancelled by Ana Ruiz. Nothing was changed."
    await told(product.ben, waits.card, said)


@pytest.mark.parametrize(
    ("action", "value"), [("card:approve", "nonsense"), ("old:button", "1")]
)
async def test_a_control_that_is_not_active_any_more_says_so(
    product: Product, action: str, value: str
) -> None:
    """A button of another version of the app does no harm, and is answered."""
    message = await posted_with(product, action, value)

    await product.ben.click("Old button", in_=message)

    await told(product.ben, message, "This control is not active any more.")


async def posted_with(product: Product, action: str, value: str) -> Message:
    """Let the app post a message whose button nobody knows any more."""
    button = {
        "type": "button",
        "action_id": action,
        "value": value,
        "text": {"type": "plain_text", "text": "Old button"},
    }
    body: dict[str, Any] = {
        "channel": product.workspace.channel_id("content-team"),
        "text": f"Old message, {action}",
        "blocks": [{"type": "actions", "elements": [button]}],
    }
    url = product.environment["SLACK_API_URL"] + "chat.postMessage"
    token = product.environment["SLACK_BOT_TOKEN"]
    async with (
        aiohttp.ClientSession(trust_env=False) as session,
        session.post(
            url, json=body, headers={"Authorization": f"Bearer {token}"}
        ) as answer,
    ):
        posted = await answer.json()
    assert posted["ok"], posted
    messages = await product.ben.messages("content-team")
    return next(message for message in messages if message.ts == posted["ts"])


async def test_a_form_that_was_overtaken_keeps_what_was_typed(
    product: Product,
) -> None:
    """Chiara wrote while Ben decided: she is told, and can copy her words."""
    waits = await draft(product, "Spruces")
    await product.chiara.click("Revise…", in_=waits.card)
    await product.ben.click("Approve", in_=waits.card)
    await product.ana.sees_change(waits.card, "Approved by Ben Okafor")

    await product.chiara.submit({"What should change?": "More needles, and a cone."})

    notice = await modal_saying(product, product.chiara, "Already approved by Ben")
    assert "Your text, to copy:\nMore needles, and a cone." in notice.text
    assert "words" not in [block["block_id"] for block in notice.blocks]
    await product.chiara.close()


async def test_a_rejection_without_words_is_asked_for_them(product: Product) -> None:
    """Beside the field, and nothing is decided before."""
    waits = await draft(product, "Yews")
    await product.ben.click("Reject…", in_=waits.card)

    await product.ben.submit({"Why?": "   "})

    shown = await modal_saying(product, product.ben, "Please write a few words")
    assert list(shown.errors) == ["Why?"]
    await product.ben.submit({"Why?": "Too old."})
    await product.ana.sees_change(waits.card, "Rejected by Ben Okafor")


async def test_a_press_that_is_delivered_twice_counts_once(product: Product) -> None:
    """One decision, one result, and no complaint to the one who pressed."""
    waits = await draft(product, "Larches")
    await product.workspace.fault("socket", "duplicate", type="interactive")

    await product.ben.click("Approve", in_=waits.card)

    await product.ana.sees("Result of Content", in_=waits.run, within=PATIENCE)
    thread = await product.ben.messages(waits.run.channel, thread_ts=waits.run.ts)
    assert [message for message in thread if message.is_private_note] == []
    kinds = [entry.kind for entry in trail(product, waits.code)]
    assert kinds.count("decision:recorded") == 1
    assert "decision:refused" not in kinds
