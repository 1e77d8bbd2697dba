"""A model that fails is asked again, then the run says so and goes on when told to."""

from typing import Any

import pytest

from emulator.client import Message
from tests.journeys.product import Product, code_of
from tests.journeys.stage import without_model, write_essay
from tests.journeys.stories import PATIENCE, trail

pytestmark = pytest.mark.asyncio(loop_scope="session")

TRIES = 3
"""How often a model is asked (DESIGN.md 6: one retry layer, 3 tries)."""

WRITER = "You are Content Writer"
EDITOR = "You are Editor"


async def failed(stage: Product, run: Message, *said: str) -> Message:
    """Wait until a run has failed, and hold its message to what it must say."""
    message = await stage.ana.sees_change(run, "Failed in", within=PATIENCE)
    for text in said:
        assert text in message.text
    assert message.buttons[0] == "Retry"
    return message


async def goes_on(stage: Product, message: Message, topic: str) -> None:
    """Press *Retry*, and wait for the card that the crew was on its way to."""
    await stage.model_recovers()
    await stage.ana.click("Retry", in_=message)
    await ends(stage, message, topic)


async def ends(stage: Product, run: Message, topic: str) -> None:
    """Approve the draft, and see the run to its end."""
    title = f"Review the draft: {topic}"
    card = await stage.ben.sees(title, in_=run, within=PATIENCE)
    await stage.ben.click("Approve", in_=card)
    await stage.ana.sees_change(run, "Finished", within=PATIENCE)


async def test_a_rate_limit_that_passes_is_waited_for(stage: Product) -> None:
    """The server says when; nobody notices anything."""
    await stage.model_fault(status=429, retry_after=0, times=2, match=WRITER)
    before = await stage.model_calls()

    run = await write_essay(stage, "Mild weather")
    await ends(stage, run, "Mild weather")

    asked = (await stage.model_asked())[before:]
    assert asked == ["fault: 429", "fault: 429", "content.write", "content.edit"]
    kinds = [entry.kind for entry in trail(stage, code_of(run))]
    assert "run:failed" not in kinds


async def test_a_rate_limit_that_stays_is_a_failure_with_a_reason(
    stage: Product,
) -> None:
    """After three tries; Retry asks the editor alone, whose call had failed."""
    await stage.model_fault(status=429, retry_after=0, times=None, match=EDITOR)
    run = await write_essay(stage, "Heavy weather")

    message = await failed(
        stage,
        run,
        "Failed in Edit draft: rate limit, 3 tries",
        "takes no more calls: rate limit or no credit.",
        "Wait or raise the limit, then press *Retry*: finished steps are kept.",
    )
    before = await stage.model_calls()
    await goes_on(stage, message, "Heavy weather")

    assert (await stage.model_asked())[before:] == ["content.edit"]


@pytest.mark.parametrize(
    ("fault", "tries", "reason", "remedy"),
    [
        (
            {"status": 500, "retry_after": 0},
            TRIES,
            "the model's endpoint failed (500), 3 tries",
            "The model's server does not answer.",
        ),
        (
            {"status": 401},
            1,
            "the model's endpoint refused the key (401), 1 try",
            "The model's server does not accept the key.",
        ),
        (
            {"status": 402},
            1,
            "the model's account has no credit left (402), 1 try",
            "takes no more calls: rate limit or no credit.",
        ),
        (
            {"status": 429, "retry_after": 3600},
            1,
            "rate limit, 1 try",
            "takes no more calls: rate limit or no credit.",
        ),
    ],
    ids=["broken", "key refused", "no credit", "an hour's wait"],
)
async def test_each_failure_says_why_and_what_to_do(
    stage: Product, fault: dict[str, Any], tries: int, reason: str, remedy: str
) -> None:
    """What may pass is asked three times; what will not, once."""
    await stage.model_fault(times=None, **fault)
    before = await stage.model_calls()
    topic = f"Weather {fault['status']} {tries}"

    run = await write_essay(stage, topic)

    message = await failed(stage, run, f"Failed in Write draft: {reason}", remedy)
    assert (await stage.model_calls()) - before == tries
    await goes_on(stage, message, topic)


async def test_a_model_that_is_away_is_told_and_waited_for(stage: Product) -> None:
    """Its process is stopped; *Retry* works as soon as there is one again."""
    async with without_model(stage):
        run = await write_essay(stage, "No weather at all")
        message = await failed(
            stage,
            run,
            "Failed in Write draft: the model's endpoint could not be reached, 3 tries",
            "for a local model, that it runs",
        )

    await goes_on(stage, message, "No weather at all")
