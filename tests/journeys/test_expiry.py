"""Time runs out: never an approval, and never lost."""

import pytest

from tests.journeys.product import Product
from tests.journeys.stories import PATIENCE, copy_for, thing, trail

pytestmark = pytest.mark.asyncio(loop_scope="session")

A_DAY_AND_AN_HOUR = 25 * 3600.0


async def test_what_fell_due_while_the_bot_was_down_expires_when_it_is_back(
    house: Product,
) -> None:
    """Every copy says so, the flow takes its reject path, the clock is the actor."""
    waits = await thing(house, "Forgotten vase")
    of_dev = await copy_for(house, house.dev, "Put away Forgotten vase")
    await house.bot.stop()
    await house.time_passes(A_DAY_AND_AN_HOUR)

    await house.bot.start()

    for person, message in ((house.ana, waits.card), (house.dev, of_dev)):
        settled = await person.sees_change(
            message, "Expired: nobody decided in time", within=PATIENCE
        )
        assert settled.buttons == []
        assert "That is not an approval." in settled.text
    await house.ana.sees_change(
        waits.run, "Finished because nobody decided in time at Shelf", within=PATIENCE
    )
    expired = [e for e in trail(house, waits.code) if e.kind == "request:expired"]
    assert [entry.actor for entry in expired] == ["clock"]
    thread = await house.ana.messages(waits.run.channel, thread_ts=waits.run.ts)
    assert not any("Result of" in message.text for message in thread)
