"""The story during which processes end, and what is left of it when it is over.

The people in it do what people do: what was not answered, they do again.
"""

import re
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from emulator.client import Message, Person, RefusedByWorkspace
from tests.journeys.crashes import PATIENCE
from tests.journeys.product import Product, code_of

CHANNEL = "content-team"

Act = Callable[[], Awaitable[dict[str, Any]]]

TRAIL = """
    SELECT kind FROM audit_events JOIN runs ON runs.id = run_id
    WHERE code = ? AND kind <> 'decision:refused' ORDER BY seq
"""
STEPS = """
    SELECT method || ' ' || call FROM journal JOIN runs ON runs.id = run_id
    WHERE code = ? ORDER BY seq
"""
DECISIONS = """
    SELECT decisions.verdict FROM decisions
    JOIN requests ON requests.id = request_id JOIN runs ON runs.id = run_id
    WHERE code = ? ORDER BY decisions.at
"""
DUE = "SELECT kind FROM postings WHERE shown < wanted"


@dataclass(frozen=True, kw_only=True)
class Left:
    """What is left of a run; of two that went the same way, it is the same.

    `trail` are the kinds of its audit events, `steps` its finished calls, `decisions`
    the verdicts; `messages` the first lines of what Slack shows, by place. Not among
    them are refusals: who got no answer may have pressed once more.
    """

    topic: str = field(compare=False)
    result: str
    trail: list[str]
    steps: list[str]
    decisions: list[str]
    messages: dict[str, list[str]]


async def tell(product: Product, topic: str) -> Left:
    """Ana starts *content*; Ben sends the draft back once, then approves."""
    line = f'/crew create content topic="{topic}"'
    await product.ana.slash(line, channel=CHANNEL, outcome=None)
    first = await sees(product, f"Review the draft: {topic}")
    await send_back(product, first, f"Say who pays for {topic}.")
    second = await sees(product, f"run `{code_of(first)}` · version 2 of 4")
    await approve(product, second)
    return await ending(product, topic)


async def sees(product: Product, text: str) -> Message:
    """Wait for what both see in the channel, on its newest copy."""
    return await product.ben.sees(text, in_=CHANNEL, within=PATIENCE)


async def send_back(product: Product, card: Message, words: str) -> None:
    """Ben sends a draft back."""
    ben = product.ben
    await insist(product, lambda: ben.click("Revise…", in_=card, outcome=None))
    await ben.modal(within=PATIENCE)
    await insist(product, lambda: ben.submit({"words": words}, outcome=None))
    await ben.sees_change(card, "sent back by Ben", within=PATIENCE)


async def approve(product: Product, card: Message) -> None:
    """Ben approves a draft."""
    ben = product.ben
    await insist(product, lambda: ben.click("Approve", in_=card, outcome=None))
    await ben.sees_change(card, "Approved by Ben", within=PATIENCE)


async def look_closely(product: Product, topic: str) -> None:
    """Ana clicks on the run's message and on its result as soon as they are there."""
    ana = product.ana
    message = await sees(product, f"Content: {topic}")
    await insist(product, lambda: ana.click("Details", in_=message, outcome=None))
    result = await ana.sees("Result of Content", in_=message, within=2 * PATIENCE)
    await insist(product, lambda: ana.click("Open", in_=result, outcome=None))


async def insist(product: Product, act: Act) -> None:
    """Do something until the app has answered it, or there is nothing left to press."""
    for _ in range(5):
        await product.workspace.connected(2, within=PATIENCE)
        try:
            done = await product.workspace.ended(await act())
        except RefusedByWorkspace as refused:
            if refused.code != "no_such_control":
                raise
            return
        if done["status"] == "acked":
            return
    raise AssertionError("the app never answered")


async def ending(product: Product, topic: str) -> Left:
    """Wait until the run is over and shown; give what is left of it."""
    message = await sees(product, f"Content: {topic}")
    await product.ana.sees_change(message, "Finished", within=PATIENCE)
    result = await product.ana.sees("Result of Content", in_=message, within=PATIENCE)
    await all_shown(product)
    code = code_of(message)
    return Left(
        topic=topic,
        result=_without_ping(result.text).replace(code, "CODE").replace(topic, "TOPIC"),
        trail=column(product, TRAIL, code),
        steps=column(product, STEPS, code),
        decisions=column(product, DECISIONS, code),
        messages=await messages_about(product, topic),
    )


def _without_ping(text: str) -> str:
    """Leave out whom a post mentions: an adopted one is drawn anew, without them."""
    return re.sub(r"<@U\w+>\s+here it is\.\n", "", text)


async def all_shown(product: Product) -> None:
    """Wait until Slack shows all that is committed."""

    async def look() -> bool | None:
        return None if column(product, DUE) else True

    async def there() -> str:
        return f"not shown: {column(product, DUE)}"

    await product.workspace.until(
        look, wanted="all is shown", there=there, within=PATIENCE
    )


async def messages_about(product: Product, topic: str) -> dict[str, list[str]]:
    """Give the first lines of all that is shown of a run, copies too, by place."""
    return {
        place: [
            message.text.partition("\n")[0].partition(" · ")[0].replace(topic, "TOPIC")
            for message in await _shown_to(person, place, topic)
        ]
        for place, person in _places(product).items()
    }


async def click_through(product: Product, topic: str) -> None:
    """Everybody clicks once on everything of a run that can be clicked on."""
    for place, person in _places(product).items():
        for message in await _shown_to(person, place, topic):
            if message.buttons:
                click = partial(
                    person.click, message.buttons[-1], in_=message, outcome=None
                )
                await insist(product, click)


async def copies_are_gone(
    product: Product, topic: str, expected: dict[str, list[str]]
) -> None:
    """Wait until just these messages are left of a run."""

    async def look() -> bool | None:
        return await messages_about(product, topic) == expected or None

    async def there() -> str:
        return str(await messages_about(product, topic))

    await product.workspace.until(look, wanted=str(expected), there=there)


def column(product: Product, query: str, *values: str) -> list[str]:
    """Read a column of the database that the product writes to."""
    url = f"file:{product.folder / 'countersign.sqlite3'}?mode=ro"
    with closing(sqlite3.connect(url, uri=True)) as connection:
        return [row[0] for row in connection.execute(query, values)]


def _places(product: Product) -> dict[str, Person]:
    """Name where a run is shown, each place with somebody who sees it."""
    return {
        "channel": product.ana,
        "Ben's messages": product.ben,
        "Chiara's messages": product.chiara,
    }


async def _shown_to(person: Person, place: str, topic: str) -> list[Message]:
    seen = await person.everything() if place == "channel" else await person.dm()
    return [
        message
        for message in seen
        if topic in message.text + message.notification and not message.is_private_note
    ]
