"""A third product: a crew that says whatever a test wants, one that fails, one broken."""

import itertools
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from emulator.client import Message, Person, View
from tests.journeys.product import ROOT, Product, code_of, timed
from tests.journeys.stories import PATIENCE, Waiting
from tests.journeys.texts import TEXTS

ALOUD = Path(__file__).parent / "crews" / "aloud"
CONTENT = ROOT / "crews" / "library" / "content"

RULES = """\
version: 1
admins: [dev]
people: {ana: U0ANARUIZ0, ben: U0BENOKAF0, dev: U0DEVPATL0}
policies:
  words: {approvers: [ben, dev]}
rules:
  - use: words
"""

BROKEN = """\
schema: crewai.flow/v1
name: broken
methods:
  begin:
    start: true
    do:
      call: nothing-there-is
"""
"""A flow that cannot be used; the mistake is in line 7."""


ADDRESS: Final = """\
schema: crewai.flow/v1
name: address
state:
  type: json_schema
  json_schema:
    type: object
    required: [whom]
    properties:
      whom: {type: string, title: Whom}
methods:
  address:
    start: true
    do: {call: expression, expr: "'Dear ' + state.whom"}
"""
"""The first crew by its name; its input has neither a default nor an example."""


_READINGS: Final = itertools.count(1)
"""So that each reading has a title of its own."""


@asynccontextmanager
async def staged(folder: Path, *, manifest: Path) -> AsyncIterator[Product]:
    """Run the product with *aloud*, with *essay*, which asks a model, and *broken*."""
    crews = folder / "crews"
    shutil.copytree(ALOUD, crews / "aloud")
    (crews / "aloud" / "texts.json").write_text(json.dumps(TEXTS))
    shutil.copytree(CONTENT, crews / "essay")
    (crews / "address.yaml").write_text(ADDRESS)
    (crews / "broken.yaml").write_text(BROKEN)
    rules_of(folder).write_text(RULES)
    async with timed(
        folder,
        manifest=manifest,
        APPROVALS_FILE=str(rules_of(folder)),
        COUNTERSIGN_CREWS=str(crews),
        RUNNERS="2",
    ) as product:
        yield product


def rules_of(folder: Path) -> Path:
    """Give the file with the rules of a stage."""
    return folder / "approvals.yaml"


async def read_aloud(stage: Product, what: str, *, spelt_out: bool = False) -> Waiting:
    """Ana has a text read aloud, for the n-th time; it waits for Ben or Dev."""
    name = f"{what} {next(_READINGS)}"
    line = f'/crew create aloud what="{name}" spelt_out={"yes" if spelt_out else "no"}'
    await stage.ana.slash(line, channel="content-team")
    run = await stage.ana.sees(f"Aloud: {name}", in_="content-team", within=PATIENCE)
    card = await stage.ana.sees("May it go out?", in_=run, within=PATIENCE)
    run = await stage.ana.sees_change(run, "Waiting for", within=PATIENCE)
    return Waiting(code=code_of(run), run=run, card=card)


async def write_essay(stage: Product, topic: str) -> Message:
    """Ana starts *essay*, which asks the model twice; give the run's message."""
    line = f'/crew create essay topic="{topic}"'
    await stage.ana.slash(line, channel="content-team")
    return await stage.ana.sees(topic, in_="content-team", within=PATIENCE)


@asynccontextmanager
async def without_model(stage: Product) -> AsyncIterator[None]:
    """Have no model's server at its address; there is one again after the block."""
    await stage.model.kill()
    try:
        yield
    finally:
        port = str(urlsplit(stage.model_url).port)
        stage.model.command = (*stage.model.command[:-1], port)
        await stage.model.start()


async def pages(stage: Product, person: Person, card: Message) -> list[View]:
    """Open the whole text on a card and turn all its pages."""
    await person.click("Open", in_=card)
    seen = [await person.modal("The whole text")]
    while "Next" in seen[-1].buttons:
        await person.click("Next", in_=seen[-1])
        seen.append(await _turned(stage, person, seen[-1]))
    await person.close(everything=True)
    return seen


async def result_file(stage: Product, waits: Waiting) -> Message:
    """Wait for the file with a run's result."""
    title = f"Result of Aloud, run {waits.code}"
    return await stage.ana.sees(title, in_=waits.run, within=PATIENCE)


async def file_text(stage: Product, message: Message) -> str:
    """Download the one file of a message."""
    (file,) = message.body["files"]
    token = stage.environment["SLACK_BOT_TOKEN"]
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(trust_env=False) as session,
        session.get(file["url_private"], headers=headers) as response,
    ):
        response.raise_for_status()
        return (await response.read()).decode()


async def _turned(stage: Product, person: Person, before: View) -> View:
    async def look() -> View | None:
        top = (await person.modals())[-1]
        return top if top.text != before.text else None

    async def there() -> str:
        return (await person.modals())[-1].text[:200]

    return await stage.workspace.until(
        look, wanted="the next page", there=there, person=person.id
    )
