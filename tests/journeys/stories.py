"""What many stories begin with, what they wait for, and the trail as an auditor reads it."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from emulator.client import Message, Person, View
from emulator.sights import label_of
from tests.journeys.product import Product, code_of

PATIENCE = 30.0
"""Seconds for what a crew must do first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A run that waits for a decision: its code, its message and its card."""

    code: str
    run: Message
    card: Message


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A line of the audit trail."""

    kind: str
    actor: str
    payload: Mapping[str, Any]


async def draft(
    product: Product, topic: str, *, channel: str = "content-team"
) -> Waiting:
    """Ana starts *content* there; its draft waits for Ben or Chiara."""
    line = f'/crew create content topic="{topic}"'
    await product.ana.slash(line, channel=channel)
    return await waiting(
        product.ana, f"Content: {topic}", f"Review the draft: {topic}", channel=channel
    )


async def purchase(product: Product, what: str, *, budget: int = 4000) -> Waiting:
    """Ana starts *purchase* in #general; the spending waits for Dev or Ben."""
    line = f'/crew create purchase what="{what}" budget={budget}'
    await product.ana.slash(line, channel="general")
    return await waiting(
        product.ana, f"Purchase: {what}", f"Order {what}", channel="general"
    )


async def thing(house: Product, name: str, *, typed: str = "") -> Waiting:
    """Ana starts *everything* in #content-team; it waits for Ana, Ben or Dev."""
    line = f'/crew create everything name="{name}" {typed}'
    await house.ana.slash(line, channel="content-team")
    return await waiting(
        house.ana, f"Everything: {name}", f"Put away {name}", channel="content-team"
    )


async def waiting(person: Person, run: str, card: str, *, channel: str) -> Waiting:
    """Wait for a run's message and its card by their titles."""
    message = await person.sees(run, in_=channel)
    shown = await person.sees(card, in_=message, within=PATIENCE)
    message = await person.sees_change(message, "Waiting for")
    return Waiting(code=code_of(message), run=message, card=shown)


async def copy_for(product: Product, person: Person, title: str) -> Message:
    """Wait for a card's copy in somebody's direct messages with the app."""

    async def look() -> Message | None:
        found = [message for message in await person.dm() if title in message.text]
        return found[-1] if found else None

    async def there() -> str:
        return "\n".join(message.text for message in await person.dm())

    return await product.workspace.until(
        look, wanted=f"a copy of “{title}”", there=there, person=person.id
    )


async def at_rest(product: Product) -> None:
    """Wait until no crew works: what a story left behind disturbs no other."""

    async def working() -> str:
        states = "('queued', 'running')"
        rows = _read(product, f"SELECT code FROM runs WHERE state IN {states}")  # noqa: S608  our own words
        return ", ".join(code for (code,) in rows)

    async def look() -> bool | None:
        return None if await working() else True

    await product.workspace.until(
        look, wanted="no crew at work", there=working, within=PATIENCE
    )


async def form_with(product: Product, person: Person, label: str) -> View:
    """Wait until the modal on top has a field."""

    async def look() -> View | None:
        views = await person.modals()
        return views[-1] if views and label in views[-1].labels else None

    async def there() -> str:
        return "\n".join(view.text for view in await person.modals())

    return await product.workspace.until(
        look, wanted=f"a field “{label}”", there=there, person=person.id
    )


async def modal_saying(product: Product, person: Person, text: str) -> View:
    """Wait until the modal on top says something."""

    async def look() -> View | None:
        views = await person.modals()
        return views[-1] if views and text in views[-1].text else None

    async def there() -> str:
        return "\n".join(view.text for view in await person.modals())

    return await product.workspace.until(
        look, wanted=f"a modal with “{text}”", there=there, person=person.id
    )


def trail(product: Product, code: str) -> list[Entry]:
    """Read what the trail holds of a run, oldest first."""
    rows = _read(
        product,
        "SELECT kind, actor, payload FROM audit_events"
        " JOIN audit_payloads USING (team_id, seq)"
        " JOIN runs ON runs.id = audit_events.run_id"
        " WHERE runs.code = ? ORDER BY seq",
        code,
    )
    return [
        Entry(kind=kind, actor=actor, payload=json.loads(payload))
        for kind, actor, payload in rows
    ]


def _read(product: Product, query: str, *values: str) -> list[tuple[Any, ...]]:
    file = f"file:{product.folder / 'countersign.sqlite3'}?mode=ro"
    with closing(sqlite3.connect(file, uri=True)) as database:
        return database.execute(query, values).fetchall()


def offered(view: View, label: str, text: str) -> str:
    """Give the value of what a field offers under this text."""
    for block in view.blocks:
        if label_of(block) == label:
            for option in block["element"]["options"]:
                if option["text"]["text"] == text:
                    return str(option["value"])
    raise AssertionError(f"{label} offers no “{text}” in:\n{view.text}")
