"""Flows within steps: each nested step has its own address, and none runs twice."""

import asyncio
import contextvars
import threading
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import pytest
from crewai.flow.flow import Flow, listen, start
from crewai.flow.human_feedback import human_feedback

from tests.runner.bench import Bench, crew_of

RAN: Counter[str] = Counter()


@pytest.fixture(autouse=True)
def _nothing_ran() -> None:
    RAN.clear()


def approve(ask: Mapping[str, Any]) -> dict[str, Any]:
    return {"verdict": "approve", "words": f"ok {ask['path']}"}


class Leaf(Flow[dict[str, Any]]):
    """The innermost one: a state of its own, and a checkpoint."""

    @start()
    def begin(self) -> str:
        RAN[f"begin {self.state['of']}"] += 1
        self.state["marks"] = ["begin"]
        return f"leaf of {self.state['of']}"

    @listen(begin)
    @human_feedback(message="?", emit=["approved", "rejected"])
    def check(self, text: str) -> str:
        return text

    @listen("approved")
    def end(self) -> str:
        RAN[f"end {self.state['of']}"] += 1
        self.state["marks"].append("end")
        return f"{self.last_human_feedback.output}: {self.state['marks']}"


class Middle(Flow):
    """Starts a leaf."""

    @start()
    async def pass_on(self) -> str:
        return str(await Leaf().kickoff_async(inputs={"of": "middle"}))


class Deep(Flow):
    """Starts a flow that starts a flow."""

    @start()
    def dig(self) -> str:
        return str(Middle().kickoff())


async def test_a_flow_within_a_flow_within_a_flow(
    bundle: Path, threads: Executor
) -> None:
    """Its path names all the calls around it."""
    bench = Bench(crew=crew_of(Deep, bundle), executor=threads)
    ending = await bench.segment()
    ask = bench.open_asks(ending)[0]
    bench.answer(ask, **approve(ask))

    ending = await bench.segment()

    assert "dig#1/Middle#1/pass_on#1/Leaf#1" == ask["path"]
    assert "leaf of middle: ['begin', 'end']" == ending["result"]
    assert {"begin middle": 1, "end middle": 1} == RAN


class Many(Flow):
    """Starts several at once, in its own loop."""

    @start()
    async def spread(self) -> list[Any]:
        names = ["a", "b", "c"]
        flows = [Leaf().kickoff_async(inputs={"of": name}) for name in names]
        return list(await asyncio.gather(*flows))


@pytest.mark.parametrize("one_by_one", [False, True])
async def test_nested_flows_side_by_side_all_ask(
    one_by_one: bool, bundle: Path, threads: Executor
) -> None:
    """Each is told from the others, whatever the order of the answers."""
    bench = Bench(crew=crew_of(Many, bundle), executor=threads)

    ending = await bench.drive(approve, one_by_one=one_by_one)

    assert [f"leaf of {name}: ['begin', 'end']" for name in ("a", "b", "c")] == ending[
        "result"
    ]
    assert {1} == set(RAN.values())
    assert 6 == len(RAN)


class Again(Flow):
    """Starts the same flow object twice."""

    @start()
    def twice(self) -> list[str]:
        leaf = Leaf()
        return [str(leaf.kickoff(inputs={"of": name})) for name in ("x", "y")]


async def test_one_flow_object_can_be_started_twice(
    bundle: Path, threads: Executor
) -> None:
    """The second time has an address of its own."""
    bench = Bench(crew=crew_of(Again, bundle), executor=threads)

    ending = await bench.drive(approve)

    assert ["leaf of x: ['begin', 'end']", "leaf of y: ['begin', 'end']"] == ending[
        "result"
    ]
    assert {"begin x": 1, "end x": 1, "begin y": 1, "end y": 1} == RAN


class Lost(Flow):
    """Starts a flow in a bare thread."""

    carries = False

    @start()
    def in_a_thread(self) -> str:
        context = contextvars.copy_context()
        found: list[Any] = []

        def body() -> None:
            try:
                found.append(Leaf().kickoff(inputs={"of": "thread"}))
            except BaseException as error:  # noqa: BLE001 - raised below
                found.append(error)

        target = (lambda: context.run(body)) if self.carries else body
        thread = threading.Thread(target=target)
        thread.start()
        thread.join()
        if isinstance(found[0], BaseException):
            raise found[0]
        return str(found[0])


class Carried(Lost):
    """The same with the step's context."""

    carries = True

    @start()
    def in_a_thread(self) -> str:
        return Lost.in_a_thread.unwrap()(self)


async def test_a_flow_in_a_bare_thread_is_refused_in_words(
    bundle: Path, threads: Executor
) -> None:
    """Its checkpoint could not be told from any other."""
    bench = Bench(crew=crew_of(Lost, bundle), executor=threads)

    ending = await bench.segment()

    assert "failed" == ending["type"]
    assert "contextvars.copy_context().run(…)" in ending["message"]


async def test_a_flow_in_a_thread_that_carries_the_context_runs(
    bundle: Path, threads: Executor
) -> None:
    """As the message says."""
    bench = Bench(crew=crew_of(Carried, bundle), executor=threads)

    ending = await bench.drive(approve)

    assert "leaf of thread: ['begin', 'end']" == ending["result"]


class Refused(Flow):
    """A nested flow whose checkpoint has no label for a rejection."""

    @start()
    def outer(self) -> str:
        class Only(Flow):
            @start()
            @human_feedback(message="?", emit=["approved"])
            def ask(self) -> str:
                return "asked"

        return f"got {Only().kickoff()}"

    @listen(outer)
    def after(self) -> str:
        RAN["after"] += 1
        return "after"


async def test_a_rejection_inside_ends_the_whole_run(
    bundle: Path, threads: Executor
) -> None:
    """No later step runs, not even of the flow around it."""
    bench = Bench(crew=crew_of(Refused, bundle), executor=threads)

    ending = await bench.drive(lambda _: {"verdict": "reject"})

    assert ("finished", "reject", "ask") == (
        ending["outcome"],
        ending["ended_by"],
        ending["ended_at"]["checkpoint"],
    )
    assert not RAN


async def test_a_nested_checkpoint_is_held_whatever_was_unticked(
    bundle: Path, threads: Executor
) -> None:
    """Nobody could list it when the run was started."""
    bench = Bench(crew=crew_of(Deep, bundle), executor=threads, held=[])

    ending = await bench.segment()

    assert ["check"] == [key["checkpoint"] for key in ending["asks"]]


STARTED_WITH: list[str] = []


class Fickle(Flow):
    """Starts its nested flow with something else each time."""

    @start()
    def pick(self) -> str:
        STARTED_WITH.append("again")
        return str(Leaf().kickoff(inputs={"of": f"try {len(STARTED_WITH)}"}))


async def test_a_nested_flow_that_begins_otherwise_is_refused(
    bundle: Path, threads: Executor
) -> None:
    """What was decided about the first one is not handed to another."""
    bench = Bench(crew=crew_of(Fickle, bundle), executor=threads)
    ending = await bench.segment()
    ask = bench.open_asks(ending)[0]
    bench.answer(ask, **approve(ask))

    ending = await bench.segment()

    assert ("failed", "mismatch") == (ending["type"], ending["kind"])
    assert "with other inputs than before" in ending["message"]
