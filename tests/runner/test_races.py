"""An `or_` that several branches could fire: the first one does, the others give way."""

import asyncio
from concurrent.futures import Executor
from pathlib import Path

from crewai.flow.flow import Flow, listen, or_, start
from crewai.flow.human_feedback import human_feedback

from tests.runner.bench import Bench, crew_of

RAN: list[str] = []


class TwoAsk(Flow):
    """Either of two people may let it go on."""

    @start()
    def brief(self) -> str:
        return "brief"

    @listen(brief)
    @human_feedback(message="?")
    def ana(self) -> str:
        RAN.append("ana")
        return "ana"

    @listen(brief)
    @human_feedback(message="?")
    def ben(self) -> str:
        RAN.append("ben")
        return "ben"

    @listen(or_(ana, ben))
    def go_on(self) -> str:
        return f"after {self.last_human_feedback.output}"

    @listen(go_on)
    @human_feedback(
        message="?",
        emit=["sent", "kept"],
        metadata={"verdicts": {"approve": "sent", "reject": "kept"}},
    )
    def check(self, text: str) -> str:
        return f"checked {text}"

    @listen("sent")
    def end(self) -> str:
        return "sent"


async def test_the_loser_is_told_and_asked_no_more(
    bundle: Path, threads: Executor
) -> None:
    """Ben's approval goes on; Ana's ask is overtaken, in this segment and the next."""
    RAN.clear()
    bench = Bench(crew=crew_of(TwoAsk, bundle), executor=threads)
    ending = await bench.segment()
    asks = {ask["method"]: ask for ask in bench.open_asks(ending)}
    bench.answer(asks["ben"], verdict="approve")

    ending = await bench.segment()

    assert ["ana"] == [said["checkpoint"] for said in bench.said("overtaken")]
    assert ["check"] == [ask["method"] for ask in bench.asks()]
    assert ["check"] == [key["checkpoint"] for key in ending["asks"]]

    bench.answer(bench.open_asks(ending)[0], verdict="approve")
    ending = await bench.segment()

    assert "sent" == ending["result"]
    assert ["ana", "ben"] == sorted(RAN)


async def test_of_two_decisions_the_first_counts(
    bundle: Path, threads: Executor
) -> None:
    """When both were decided before the run went on, the earlier one wins."""
    bench = Bench(crew=crew_of(TwoAsk, bundle), executor=threads)
    ending = await bench.segment()
    asks = {ask["method"]: ask for ask in bench.open_asks(ending)}
    bench.answer(asks["ben"], verdict="approve", at="2026-11-21T10:00:00+00:00")
    bench.answer(asks["ana"], verdict="approve", at="2026-11-21T09:00:00+00:00")

    await bench.segment()

    assert ["checked after ana"] == [ask["output"] for ask in bench.asks()]
    assert ["ben"] == [said["checkpoint"] for said in bench.said("overtaken")]


class SlowRacer(Flow):
    """A plain race: one is quick, and what follows takes longer than the other."""

    @start()
    def brief(self) -> str:
        return "brief"

    @listen(brief)
    async def quick(self) -> str:
        return "quick"

    @listen(brief)
    async def slow(self) -> str:
        RAN.append("slow")
        await asyncio.sleep(0.02)
        return "slow"

    @listen(or_(quick, slow))
    async def follow(self, first: str) -> str:
        RAN.append("follow")
        await asyncio.sleep(0.1)
        return f"after {first}"

    @listen(follow)
    @human_feedback(message="?")
    def check(self, text: str) -> str:
        return text


async def test_the_winner_s_own_chain_is_not_cut_short(
    bundle: Path, threads: Executor
) -> None:
    """crewAI 1.15.30 cancels `follow` when `slow` ends during it; here it goes on."""
    RAN.clear()
    bench = Bench(crew=crew_of(SlowRacer, bundle), executor=threads)

    ending = await bench.drive(lambda _: {"verdict": "approve"})

    assert "after quick" == ending["result"]
    assert ["follow", "slow"] == sorted(RAN)


class InThreads(Flow):
    """A race between plain functions: the loser's thread cannot be stopped."""

    @start()
    def brief(self) -> str:
        return "brief"

    @listen(brief)
    def quick(self) -> str:
        RAN.append("quick")
        return "quick"

    @listen(brief)
    async def slow(self) -> str:
        RAN.append("slow")
        await asyncio.sleep(60)
        return "slow"

    @listen(or_(quick, slow))
    def follow(self, first: str) -> str:
        return f"after {first}"


async def test_a_loser_does_not_hold_the_end_up(
    bundle: Path, threads: Executor
) -> None:
    """When the winner's chain is through, what the others do is of no interest."""
    RAN.clear()
    bench = Bench(crew=crew_of(InThreads, bundle), executor=threads)

    ending = await bench.segment()

    assert "after quick" == ending["result"]
    assert ["quick", "slow"] == sorted(RAN)
