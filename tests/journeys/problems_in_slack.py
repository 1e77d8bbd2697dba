"""How problems are met that somebody reads in Slack."""

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from bot.problems import Check, ProblemCode
from emulator.client import Message
from tests.journeys.met import Met, elsewhere, examined, told_by_doctor
from tests.journeys.problems_at_exit import Story, other_slack
from tests.journeys.product import Process, Product
from tests.journeys.stage import (
    read_aloud,
    rules_of,
    without_model,
    write_essay,
)
from tests.journeys.stories import PATIENCE

SHORT: Final = "/crew create aloud what=short"


async def answered(
    stage: Product, line: str, said: str, *, channel: str = "content-team"
) -> str:
    """Type a line as Ana; give the private note that answers it."""
    await stage.ana.slash(line, channel=channel)
    note = await stage.ana.sees(said, in_=channel)
    assert note.is_private_note
    return note.text


async def both(stage: Product, text: str) -> Met:
    """Ask doctor of what somebody has just read."""
    return Met(text=text, doctor=await examined(stage))


# --- channels


@asynccontextmanager
async def without_the_bot(stage: Product, channel: str) -> AsyncIterator[None]:
    await stage.workspace.kick("crew", channel)
    yield
    await stage.workspace.invite("crew", channel)


async def bot_not_in_channel(stage: Product, _: Path) -> Met:
    async with without_the_bot(stage, "approvals"):
        text = await answered(stage, SHORT, "not a member", channel="approvals")
    return Met(text=text)


async def channel_private(stage: Product, _: Path) -> Met:
    async with without_the_bot(stage, "finance"):
        return Met(text=await answered(stage, SHORT, "private", channel="finance"))


async def channel_shared(stage: Product, _: Path) -> Met:
    return Met(text=await answered(stage, SHORT, "shared", channel="ext-partners"))


async def slack_undelivered(stage: Product, _: Path) -> Met:
    await stage.workspace.fault(
        "chat.postMessage", "error", error="is_archived", times=None
    )
    await stage.ana.slash(SHORT, channel="content-team")

    async def found() -> Met | None:
        met = await told_by_doctor(stage)
        return met if met.codes(Check.DELIVERY) else None

    async def there() -> str:
        return "nothing that was given up"

    return await stage.workspace.until(
        found, wanted="what Slack would not take", there=there, within=PATIENCE
    )


# --- rules


@asynccontextmanager
async def rules(stage: Product, text: str | None) -> AsyncIterator[None]:
    """Put other rules in force; a bot that never saw better ones is started with None."""
    file = rules_of(stage.folder)
    good = file.read_text()
    if text is None:
        file.unlink()
    else:
        file.write_text(text)
    yield
    file.write_text(good)


@asynccontextmanager
async def new_bot(stage: Product) -> AsyncIterator[None]:
    """Start the bot anew: it knows no last good rules."""
    await stage.bot.stop()
    await stage.bot.start()
    await stage.workspace.connected(2)
    yield


async def rules_missing(stage: Product, _: Path) -> Met:
    async with rules(stage, None), new_bot(stage):
        return await both(stage, await answered(stage, SHORT, "There is no rules file"))


async def rules_broken(stage: Product, _: Path) -> Met:
    async with rules(stage, "version: 1\nadmins: [nobody]\n"), new_bot(stage):
        return await both(stage, await answered(stage, SHORT, "approvals.yaml:"))


async def nobody_to_decide(stage: Product, _: Path) -> Met:
    alone = rules_of(stage.folder).read_text().replace("[ben, dev]", "[ana]")
    async with rules(stage, alone):
        return await both(stage, await answered(stage, SHORT, "Nobody can decide"))


# --- crews and their inputs


async def unknown_crew(stage: Product, _: Path) -> Met:
    return Met(text=await answered(stage, "/crew create alout", "There is no crew"))


async def crew_broken(stage: Product, _: Path) -> Met:
    text = await answered(stage, "/crew crews", "cannot be started")
    assert "broken.yaml:7: methods.begin.do.call: 'nothing-there-is'" in text
    assert "Aloud" in text
    return await both(stage, text)


async def inputs_missing(stage: Product, _: Path) -> Met:
    return Met(text=await answered(stage, "/crew try", "cannot start without"))


async def input_wrong(stage: Product, _: Path) -> Met:
    line = "/crew create aloud what=short spelt_out=perhaps"
    await stage.ana.slash(line, channel="content-team")
    form = await stage.ana.modal("Start a crew")
    await stage.ana.close()
    return Met(text=form.text)


async def no_crews(stage: Product, folder: Path) -> Met:
    async with other_slack(stage) as (product, workspace):
        database = folder / "countersign.sqlite3"
        empty = elsewhere(product, DATABASE_URL=f"sqlite:///{database}")
        bot = Process(
            name="bot",
            command=(sys.executable, "-m", "bot", "bot", "--supervised"),
            environment=empty.environment,
            log=folder / "bot.log",
        )
        try:
            await bot.start()
            ana = workspace.as_user("ana")
            await ana.slash("/crew crews", channel="general")
            note = await ana.sees("No crew is loaded", in_="general")
            return Met(text=note.text, doctor=await examined(empty))
        finally:
            await bot.kill()


async def no_worker(stage: Product, _: Path) -> Met:
    await stage.worker.stop()
    try:
        text = await answered(stage, SHORT, "No worker is running")
        return await both(stage, text)
    finally:
        await stage.worker.start()


# --- models


async def failed(stage: Product, topic: str) -> Message:
    run = await write_essay(stage, topic)
    return await stage.ana.sees_change(run, "Failed in", within=PATIENCE)


async def model_unreachable(stage: Product, _: Path) -> Met:
    async with without_model(stage):
        return await both(stage, (await failed(stage, "Nobody there")).text)


async def model_key_refused(stage: Product, _: Path) -> Met:
    await stage.model_fault(status=401, times=None)
    return await both(stage, (await failed(stage, "A wrong key")).text)


async def model_rate_limited(stage: Product, _: Path) -> Met:
    await stage.model_fault(status=429, retry_after=0, times=None)
    return await both(stage, (await failed(stage, "Too many calls")).text)


# --- what crews write


async def output_long(stage: Product, _: Path) -> Met:
    return Met(text=(await read_aloud(stage, "long")).card.text)


async def output_neutralised(stage: Product, _: Path) -> Met:
    return Met(text=(await read_aloud(stage, "mentions")).card.text)


IN_SLACK: Final[Mapping[ProblemCode, Story]] = {
    ProblemCode.BOT_NOT_IN_CHANNEL: bot_not_in_channel,
    ProblemCode.CHANNEL_PRIVATE: channel_private,
    ProblemCode.CHANNEL_SHARED: channel_shared,
    ProblemCode.SLACK_UNDELIVERED: slack_undelivered,
    ProblemCode.RULES_MISSING: rules_missing,
    ProblemCode.RULES_BROKEN: rules_broken,
    ProblemCode.NOBODY_TO_DECIDE: nobody_to_decide,
    ProblemCode.UNKNOWN_CREW: unknown_crew,
    ProblemCode.CREW_BROKEN: crew_broken,
    ProblemCode.INPUTS_MISSING: inputs_missing,
    ProblemCode.INPUT_WRONG: input_wrong,
    ProblemCode.NO_CREWS: no_crews,
    ProblemCode.NO_WORKER: no_worker,
    ProblemCode.MODEL_UNREACHABLE: model_unreachable,
    ProblemCode.MODEL_KEY_REFUSED: model_key_refused,
    ProblemCode.MODEL_RATE_LIMITED: model_rate_limited,
    ProblemCode.OUTPUT_LONG: output_long,
    ProblemCode.OUTPUT_NEUTRALISED: output_neutralised,
}
