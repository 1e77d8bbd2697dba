"""Each kind of flow ends with checkpoints as it does without pauses, each step run once."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import pytest
from crewai.flow.flow import Flow, and_, listen, or_, router, start
from crewai.flow.human_feedback import human_feedback
from pydantic import BaseModel

from tests.runner.bench import Ask, Bench, crew_of
from tests.runner.straight import answering

RAN: Counter[str] = Counter()
"""How often the body of each step has run."""

LABELS = ["approved", "rejected"]


def ran(name: str) -> None:
    RAN[name] += 1


class Earlier(Flow):
    """Reads an output from before a checkpoint after it."""

    @start()
    def brief(self) -> str:
        ran("brief")
        return "brief"

    @listen(brief)
    @human_feedback(message="?", emit=LABELS)
    def draft(self) -> str:
        ran("draft")
        return "draft"

    @listen("approved")
    def publish(self) -> str:
        ran("publish")
        return " ".join(str(output) for output in self.method_outputs)


class Join(Flow):
    """An `and_` with one side before a checkpoint and one behind it."""

    @start()
    def facts(self) -> str:
        ran("facts")
        return "facts"

    @start()
    @human_feedback(message="?", emit=LABELS)
    def draft(self) -> str:
        ran("draft")
        return "draft"

    @listen("approved")
    def layout(self) -> str:
        ran("layout")
        return "layout"

    @listen(and_(facts, layout))
    def join(self) -> str:
        ran("join")
        return "joined " + " ".join(sorted(str(o) for o in self.method_outputs))


class Either(Flow):
    """An `or_` over two events, one of them behind a checkpoint."""

    @start()
    def brief(self) -> str:
        ran("brief")
        return "brief"

    @listen(brief)
    @human_feedback(message="?", emit=[*LABELS, "revise"])
    def draft(self) -> str:
        ran("draft")
        return "draft"

    @router(or_("approved", "rejected"))
    def route(self) -> str:
        ran("route")
        return "done"

    @listen("done")
    def end(self) -> str:
        ran("end")
        return f"{self.last_human_feedback.outcome} {self.last_human_feedback.output}"


class OneEvent(Flow):
    """Two checkpoints with labels on one event, and a plain listener beside them."""

    @start()
    def brief(self) -> str:
        ran("brief")
        return "brief"

    @listen(brief)
    @human_feedback(
        message="?",
        emit=["legal_yes", "legal_no"],
        metadata={"verdicts": {"approve": "legal_yes", "reject": "legal_no"}},
    )
    def legal(self) -> str:
        ran("legal")
        return "legal"

    @listen(brief)
    @human_feedback(
        message="?",
        emit=["brand_yes", "brand_no"],
        metadata={"verdicts": {"approve": "brand_yes", "reject": "brand_no"}},
    )
    def brand(self) -> str:
        ran("brand")
        return "brand"

    @listen(brief)
    def note(self) -> str:
        ran("note")
        return "note"

    @listen(and_("legal_yes", "brand_yes"))
    def publish(self) -> str:
        ran("publish")
        return f"{len(self.human_feedback_history)} approvals"


class Parallel(Flow):
    """Three branches that each ask, joined by an `and_`."""

    @start()
    def brief(self) -> str:
        ran("brief")
        return "brief"

    @listen(brief)
    @human_feedback(message="?")
    def one(self) -> str:
        ran("one")
        return "1"

    @listen(brief)
    @human_feedback(message="?")
    async def two(self) -> str:
        ran("two")
        return "2"

    @listen(brief)
    @human_feedback(message="?")
    def three(self) -> str:
        ran("three")
        return "3"

    @listen(and_(one, two, three))
    def join(self) -> str:
        ran("join")
        said = sorted(result.feedback for result in self.human_feedback_history)
        return " ".join(said)


class SlowSibling(Flow):
    """A branch that is still at work when the other one begins to wait."""

    asked = threading.Event()

    @start()
    def brief(self) -> str:
        ran("brief")
        return "brief"

    @listen(brief)
    @human_feedback(message="?", emit=LABELS)
    def quick(self) -> str:
        ran("quick")
        return "quick"

    @listen(brief)
    async def slow(self) -> str:
        ran("slow")
        await asyncio.sleep(0.1)
        return "slow"

    @listen(slow)
    def after_slow(self) -> str:
        ran("after_slow")
        return "after slow"

    @listen(and_("approved", after_slow))
    def join(self) -> str:
        ran("join")
        return "joined"


class Inner(Flow):
    """Nested: two steps and a checkpoint between them."""

    @start()
    @human_feedback(message="?", emit=LABELS)
    def find(self) -> str:
        ran("find")
        return "found"

    @listen("approved")
    def polish(self) -> str:
        ran("polish")
        return f"polished {self.last_human_feedback.output}"


class Nested(Flow):
    """Starts another flow inside a step, and asks for itself afterwards."""

    @start()
    def plan(self) -> str:
        ran("plan")
        return "plan"

    @listen(plan)
    def research(self) -> str:
        return str(Inner().kickoff())

    @listen(research)
    @human_feedback(
        message="?",
        emit=["good", "bad"],
        metadata={"verdicts": {"approve": "good", "reject": "bad"}},
    )
    async def check(self, found: str) -> str:
        ran("check")
        return f"checked {found}"

    @listen("good")
    def end(self) -> str:
        ran("end")
        return f"{self.last_human_feedback.output}, done"


class NestedAsync(Nested):
    """The same, awaited in the outer flow's own loop."""

    @start()
    def plan(self) -> str:
        ran("plan")
        return "plan"

    @listen(plan)
    async def research(self) -> str:
        return str(await Inner().kickoff_async())

    @listen(research)
    @human_feedback(
        message="?",
        emit=["good", "bad"],
        metadata={"verdicts": {"approve": "good", "reject": "bad"}},
    )
    async def check(self, found: str) -> str:
        ran("check")
        return f"checked {found}"

    @listen("good")
    def end(self) -> str:
        ran("end")
        return f"{self.last_human_feedback.output}, done"


class Count(BaseModel):
    """A state with something to lose."""

    drafts: list[str] = []
    total: int = 0


class Loop(Flow[Count]):
    """Goes round as long as people send it back."""

    @start("revise")
    def draft(self) -> str:
        ran("draft")
        self.state.total += 1
        told = self.last_human_feedback.feedback if self.last_human_feedback else ""
        self.state.drafts.append(f"v{self.state.total}{told}")
        return self.state.drafts[-1]

    @listen(draft)
    @human_feedback(message="?", emit=["approved", "revise", "rejected"])
    def review(self, text: str) -> str:
        ran("review")
        return text

    @listen("approved")
    def end(self) -> str:
        ran("end")
        return f"{self.state.drafts} {self.state.total}"


class Shared(Flow[dict[str, Any]]):
    """Steps that run side by side and change one state."""

    @start()
    def brief(self) -> str:
        ran("brief")
        self.state["marks"] = ["brief"]
        return "brief"

    @listen(brief)
    async def quick(self) -> str:
        ran("quick")
        self.state["quick"] = 1
        self.state["marks"].append("quick")
        return "quick"

    @listen(brief)
    async def slow(self) -> str:
        ran("slow")
        self.state["slow"] = 1
        await asyncio.sleep(0.05)
        self.state["marks"].append("slow")
        return "slow"

    @listen(and_(quick, slow))
    @human_feedback(message="?", emit=LABELS)
    def check(self) -> str:
        ran("check")
        self.state["marks"].append("check")
        return "check"

    @listen("approved")
    def end(self) -> dict[str, Any]:
        ran("end")
        return {k: v for k, v in self.state.items() if k != "id"}


CASES: dict[str, tuple[type[Flow[Any]], dict[str, list[str]]]] = {
    "an output from before the checkpoint": (Earlier, {"draft": ["approved"]}),
    "an and_ across a checkpoint": (Join, {"draft": ["approved"]}),
    "an or_ behind a checkpoint": (Either, {"draft": ["rejected"]}),
    "two checkpoints on one event": (
        OneEvent,
        {"legal": ["legal_yes"], "brand": ["brand_yes"]},
    ),
    "parallel checkpoints": (Parallel, {"one": ["a"], "two": ["b"], "three": ["c"]}),
    "a slow sibling": (SlowSibling, {"quick": ["approved"]}),
    "a nested flow in a thread": (Nested, {"find": ["approved"], "check": ["good"]}),
    "a nested flow that is awaited": (
        NestedAsync,
        {"find": ["approved"], "check": ["good"]},
    ),
    "a loop": (Loop, {"review": ["revise", "revise", "approved"]}),
    "a shared state": (Shared, {"check": ["approved"]}),
}

VERDICT_OF = {
    "approved": "approve",
    "rejected": "reject",
    "revise": "revise",
    "legal_yes": "approve",
    "brand_yes": "approve",
    "good": "approve",
}

case = pytest.mark.parametrize(("flow_class", "said"), CASES.values(), ids=CASES.keys())


def people(said: dict[str, list[str]]) -> Callable[[Ask], dict[str, Any]]:
    """Answer as the provider of the straight run does."""

    def decide(ask: Ask) -> dict[str, Any]:
        words = said[ask["method"]][ask["call"] - 1]
        if not ask["emit"]:
            return {"verdict": "approve", "words": words}
        # In the straight run the label is all the words there are.
        return {"verdict": VERDICT_OF[words], "label": words, "words": words}

    return decide


def straight(
    flow_class: type[Flow[Any]], said: dict[str, list[str]]
) -> tuple[Any, Counter[str]]:
    """Run it under plain crewAI; give its result and how often each step ran."""
    RAN.clear()
    with answering(said):
        result = flow_class().kickoff()
    return getattr(result, "output", result), Counter(RAN)


@case
@pytest.mark.parametrize("one_by_one", [False, True], ids=["together", "one by one"])
async def test_it_ends_as_without_pauses(
    flow_class: type[Flow[Any]],
    said: dict[str, list[str]],
    one_by_one: bool,
    bundle: Path,
    threads: Executor,
) -> None:
    """The result is the one of plain crewAI, and every step ran as often as there."""
    expected, ran_there = await asyncio.to_thread(straight, flow_class, said)
    bench = Bench(crew=crew_of(flow_class, bundle), executor=threads)
    RAN.clear()

    ending = await bench.drive(people(said), one_by_one=one_by_one)

    assert (expected, ran_there) == (ending.get("result"), RAN)
    assert bench.segments > 1


@case
async def test_a_crash_after_any_step_changes_nothing(
    flow_class: type[Flow[Any]],
    said: dict[str, list[str]],
    bundle: Path,
    threads: Executor,
) -> None:
    """Started again from any beginning of its journal, the run ends the same."""
    whole = Bench(crew=crew_of(flow_class, bundle), executor=threads)
    expected = await whole.drive(people(said))

    for kept in range(len(whole.journal)):
        again = whole.cut(kept)

        ending = await again.drive(people(said))

        assert expected["result"] == ending["result"], f"after {kept} steps"
        assert sorted(whole.calls()) == sorted(again.calls())
