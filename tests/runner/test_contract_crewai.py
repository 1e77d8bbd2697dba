"""What crewAI itself does, and why the runner does not leave it to it.

When one of these fails, crewAI has changed: look at the file that is named, and at the
README beside the runner.
"""

import asyncio
from typing import Any

from crewai.flow.flow import Flow, listen, or_, start
from crewai.flow.human_feedback import human_feedback

from tests.runner.straight import answering


class Silent(Flow):
    @start()
    @human_feedback(message="${state.id}", emit=["approved", "rejected"])
    def draft(self) -> str:
        return "draft"

    @listen("approved")
    def publish(self) -> str:
        return "published"


async def test_silence_is_the_first_label() -> None:
    """`review.py`: an empty answer would approve."""
    with answering({"draft": [" "]}):
        result = await asyncio.to_thread(Silent().kickoff)

    assert "published" == result


class Race(Flow):
    @start()
    def begin(self) -> str:
        return "begin"

    @listen(begin)
    async def quick(self) -> str:
        return "quick"

    @listen(begin)
    async def slow(self) -> str:
        await asyncio.sleep(0.02)
        return "slow"

    @listen(or_(quick, slow))
    async def follow(self, first: str) -> str:
        await asyncio.sleep(0.1)
        return f"after {first}"


async def test_a_racer_that_ends_later_cuts_the_winner_s_chain() -> None:
    """`turns.py`: `follow` would be cancelled, and the run end with `slow`."""
    with answering({}):
        result = await Race().kickoff_async()

    assert "slow" == result


class Asks(Flow):
    @start()
    def begin(self) -> str:
        return f"answered {self.ask('Go on?')}"


class Raises:
    """An input provider that has nobody to ask."""

    def request_input(self, message: str, flow: Any, metadata: Any = None) -> str:
        raise ConnectionError(message, flow, metadata)


async def test_a_question_that_nobody_hears_is_answered_with_none() -> None:
    """`consoles.py`: an `Exception` would be swallowed."""
    flow = Asks()
    flow.input_provider = Raises()
    with answering({}):
        result = await flow.kickoff_async()

    assert "answered None" == result
