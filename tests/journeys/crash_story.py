"""The story during which processes end, and what is left of it when it is over.

The people in it do what people do: what was not answered, they do again.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from emulator.client import Message, RefusedByWorkspace
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
    the verdicts, `messages` the first lines in Slack; all in their order. Not among
    them are refusals: who got no answer may have pressed once more.
    """

    code: str = field(compare=False)
    result: str
    trail: list[str]
    steps: list[str]
    decisions: list[str]
    messages: list[str]


async def tell(product: Product, topic: str) -> Left:
    """Ana starts *content*; Ben sends the draft back once, then approves."""
    line = f'/crew create content topic="{topic}"'
    await product.ana.slash(line, channel=CHANNEL, outcome=None)
    first = await sees(product, f"Review the draft: {topic}")
    await send_back(product, first)
    second = await sees(product, f"run `{code_of(first)}` · version 2 of 4")
    await approve(product, second)
    return await ending(product, topic)


async def sees(product: Product, text: str) -> Message:
    """Wait for what both see in the channel, on its newest copy."""
    return await product.ben.sees(text, in_=CHANNEL, within=PATIENCE)


async def send_back(product: Product, card: Message) -> None:
    """Ben sends a draft back."""
    ben = product.ben
    await insist(product, lambda: ben.click("Revise…", in_=card, outcome=None))
    await ben.modal(within=PATIENCE)
    words = {"words": "Say who pays."}
    await insist(product, lambda: ben.submit(words, outcome=None))
    await ben.sees_change(card, "sent back by Ben", within=PATIENCE)


async def approve(product: Product, card: Message) -> None:
    """Ben approves a draft."""
    ben = product.ben
    await insist(product, lambda: ben.click("Approve", in_=card, outcome=None))
    await ben.sees_change(card, "Approved by Ben", within=PATIENCE)


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
    code = code_of(message)
    result = await product.ana.sees("Result of Content", in_=message, within=PATIENCE)
    await all_shown(product)
    return Left(
        code=code,
        result=result.text.replace(code, "CODE").replace(topic, "TOPIC"),
        trail=column(product, TRAIL, code),
        steps=column(product, STEPS, code),
        decisions=column(product, DECISIONS, code),
        messages=[
            one.text.partition("\n")[0].partition(" · ")[0].replace(topic, "TOPIC")
            for one in await messages_of(product, code)
        ],
    )


async def click_through(product: Product, code: str) -> None:
    """Ana clicks once on everything of a run that can be clicked on."""
    for message in await messages_of(product, code):
        if message.buttons:
            await product.ana.click(message.buttons[-1], in_=message)


async def messages_of(product: Product, code: str) -> list[Message]:
    """List what a run has in its channel, copies too: its message and the thread."""
    found = []
    for message in await product.ana.messages(CHANNEL):
        if f"Run `{code}`" in message.text and not message.is_private_note:
            found += await product.ana.messages(CHANNEL, thread_ts=message.ts)
    return found


async def all_shown(product: Product) -> None:
    """Wait until Slack shows all that is committed."""

    async def look() -> bool | None:
        return None if column(product, DUE) else True

    async def there() -> str:
        return f"not shown: {column(product, DUE)}"

    await product.workspace.until(
        look, wanted="all is shown", there=there, within=PATIENCE
    )


def column(product: Product, query: str, *values: str) -> list[str]:
    """Read a column of the database that the product writes to."""
    url = f"file:{product.folder / 'countersign.sqlite3'}?mode=ro"
    with closing(sqlite3.connect(url, uri=True)) as connection:
        return [row[0] for row in connection.execute(query, values)]


async def look_closely(product: Product, topic: str) -> None:
    """Ana clicks on the run's message and on its result as soon as they are there."""
    ana = product.ana
    message = await sees(product, f"Content: {topic}")
    await insist(product, lambda: ana.click("Details", in_=message, outcome=None))
    result = await ana.sees("Result of Content", in_=message, within=2 * PATIENCE)
    await insist(product, lambda: ana.click("Open", in_=result, outcome=None))


async def copies_are_gone(product: Product, code: str, count: int) -> None:
    """Wait until so many messages are left of a run."""

    async def look() -> bool | None:
        return len(await messages_of(product, code)) == count or None

    async def there() -> str:
        return "\n\n".join(one.text for one in await messages_of(product, code))

    await product.workspace.until(look, wanted=f"{count} messages", there=there)
