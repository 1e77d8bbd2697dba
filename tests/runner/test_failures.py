"""A step that fails, fails the run: visibly, with its place, and losing nothing done."""

import asyncio
import sys
from concurrent.futures import Executor
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from crewai.flow.flow import Flow, and_, listen, start
from crewai.flow.human_feedback import human_feedback

from countersign.crew import load
from tests.runner.bench import Bench, crew_in, crew_of

RAN: list[str] = []
BROKEN = {"now": True}


@pytest.fixture(autouse=True)
def _broken() -> None:
    RAN.clear()
    BROKEN["now"] = True


class Siblings(Flow):
    """One branch fails while another is at work."""

    @start()
    def brief(self) -> str:
        RAN.append("brief")
        return "brief"

    @listen(brief)
    def fails(self) -> str:
        RAN.append("fails")
        if BROKEN["now"]:
            message = "no such customer"
            raise LookupError(message)
        return "mended"

    @listen(brief)
    async def works(self) -> str:
        RAN.append("works")
        await asyncio.sleep(0.05)
        return "works"

    @listen(works)
    def goes_on(self) -> str:
        RAN.append("goes_on")
        return "went on"

    @listen(and_(fails, goes_on))
    def join(self) -> str:
        RAN.append("join")
        return "joined"


async def test_the_failure_names_step_and_reason(
    bundle: Path, threads: Executor
) -> None:
    """In one line, with the traceback beside it."""
    bench = Bench(crew=crew_of(Siblings, bundle), executor=threads)

    ending = await bench.segment()

    assert ("failed", "step", "", "fails", 1) == tuple(
        ending[key] for key in ("type", "kind", "path", "method", "call")
    )
    assert "LookupError: no such customer" == ending["message"]
    assert "raise LookupError" in ending["traceback"]
    assert ending["retryable"]


async def test_what_runs_beside_it_is_kept_and_nothing_new_begins(
    bundle: Path, threads: Executor
) -> None:
    """The sibling's work has been paid for; its next step waits for the retry."""
    bench = Bench(crew=crew_of(Siblings, bundle), executor=threads)

    await bench.segment()

    assert ["brief#1", "works#1"] == bench.calls()
    assert "goes_on" not in RAN


async def test_a_retry_runs_only_what_is_missing(
    bundle: Path, threads: Executor
) -> None:
    """From the journal: the failed step once more, and what follows."""
    bench = Bench(crew=crew_of(Siblings, bundle), executor=threads)
    await bench.segment()
    BROKEN["now"] = False

    ending = await bench.segment()

    assert "joined" == ending["result"]
    assert sorted(["brief", "fails", "fails", "works", "goes_on", "join"]) == sorted(
        RAN
    )


async def test_a_failing_racer_is_not_passed_over(
    bundle: Path, threads: Executor
) -> None:
    """crewAI would go on with the other one and say nothing."""

    class Race(Flow):
        @start()
        def brief(self) -> str:
            return "brief"

        @listen(brief)
        def fails(self) -> str:
            message = "lost"
            raise ValueError(message)

        @listen(brief)
        async def works(self) -> str:
            await asyncio.sleep(0.05)
            return "works"

        @listen(and_(brief, works))
        def end(self) -> str:
            return "end"

    bench = Bench(crew=crew_of(Race, bundle), executor=threads)

    ending = await bench.segment()

    assert ("failed", "fails") == (ending["type"], ending["method"])


async def test_the_place_is_a_line_of_the_crew_s_own_file(
    bundle: Path, threads: Executor
) -> None:
    """Not one of crewAI's, and relative to the bundle."""
    (bundle / "placing.py").write_text(
        dedent(
            """\
            from crewai.flow.flow import Flow, start
            from helping import divide

            class Placing(Flow):
                @start()
                def begin(self):
                    return divide(1, 0)
            """
        )
    )
    (bundle / "helping.py").write_text("def divide(a, b):\n    return a / b\n")
    bench = Bench(crew=load(bundle, "placing:Placing"), executor=threads)

    ending = await bench.segment()

    assert ("helping.py", 2) == (ending["file"], ending["line"])
    assert "ZeroDivisionError: division by zero" == ending["message"]
    for name in ("placing", "helping"):
        sys.modules.pop(name)


async def test_in_a_declarative_flow_the_place_is_the_method(
    bundle: Path, threads: Executor
) -> None:
    """An expression that cannot be evaluated points at the YAML file."""
    crew = crew_in(
        bundle,
        dedent(
            """\
            schema: crewai.flow/v1
            name: wrong
            methods:
              begin:
                start: true
                do: {call: expression, expr: "state.nothing.there"}
            """
        ),
    )

    ending = await Bench(crew=crew, executor=threads).segment()

    assert ("flow.yaml", 4) == (ending["file"], ending["line"])


class Exits(Flow):
    @start()
    def begin(self) -> str:
        sys.exit(3)


class ExitsAwaited(Flow):
    @start()
    async def begin(self) -> str:
        sys.exit(3)


@pytest.mark.parametrize("flow_class", [Exits, ExitsAwaited])
async def test_a_step_cannot_end_the_process(
    flow_class: type[Flow[Any]], bundle: Path, threads: Executor
) -> None:
    """`sys.exit` in a step is a failed step."""
    ending = await Bench(crew=crew_of(flow_class, bundle), executor=threads).segment()

    assert ("failed", "step", "begin") == tuple(
        ending[key] for key in ("type", "kind", "method")
    )


async def test_a_question_on_a_console_is_no_silent_none(
    bundle: Path, threads: Executor
) -> None:
    """crewAI's `Flow.ask` would give None, and the flow would go on."""

    class Asks(Flow):
        @start()
        def begin(self) -> str:
            return "yes" if self.ask("Go on?") is None else "no"

    ending = await Bench(crew=crew_of(Asks, bundle), executor=threads).segment()

    assert ("failed", "step") == (ending["type"], ending["kind"])
    assert "the step asks 'Go on?', but there is no console" in ending["message"]


async def test_a_step_may_catch_what_its_nested_flow_raises(
    bundle: Path, threads: Executor
) -> None:
    """A nested failure is the business of the step around it."""

    class Fragile(Flow):
        @start()
        def begin(self) -> str:
            message = "inside"
            raise ValueError(message)

    class Careful(Flow):
        @start()
        def begin(self) -> str:
            try:
                return str(Fragile().kickoff())
            except ValueError as error:
                return f"caught: {error}"

    ending = await Bench(crew=crew_of(Careful, bundle), executor=threads).segment()

    assert "caught: inside" == ending["result"]


async def test_what_would_not_come_back_is_refused_when_it_is_made(
    bundle: Path, threads: Executor
) -> None:
    """The failure names the step, the type and where it sits."""

    class Open(Flow):
        @start()
        def begin(self) -> Any:
            return {"files": [object()]}

    ending = await Bench(crew=crew_of(Open, bundle), executor=threads).segment()

    assert ("codec", "begin") == (ending["kind"], ending["method"])
    assert "the result.files[0] is a object" in ending["message"]
    assert not ending["retryable"]


async def test_a_state_that_would_not_come_back_is_refused(
    bundle: Path, threads: Executor
) -> None:
    """It names the key."""

    class Holds(Flow):
        @start()
        def begin(self) -> str:
            self.state["lock"] = asyncio.Lock()
            return "held"

    ending = await Bench(crew=crew_of(Holds, bundle), executor=threads).segment()

    assert "codec" == ending["kind"]
    assert "the state.lock is a asyncio.locks.Lock" in ending["message"]


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"output_bytes": 1000}, "the result has 5.0 kB; a step may return 1.0 kB"),
        ({"journal_bytes": 2000}, "a run may keep 2.0 kB"),
    ],
)
async def test_what_is_too_large_is_refused(
    limits: dict[str, int], words: str, bundle: Path, threads: Executor
) -> None:
    """The failure says how large it is and how large it may be."""

    class Large(Flow):
        @start()
        def begin(self) -> str:
            return "x" * 5000

    bench = Bench(crew=crew_of(Large, bundle), executor=threads, limits=limits)

    ending = await bench.segment()

    assert ("limit", "begin") == (ending["kind"], ending["method"])
    assert words in ending["message"]
    assert [] == bench.journal


async def test_a_flow_that_runs_in_circles_is_stopped(
    bundle: Path, threads: Executor
) -> None:
    """crewAI's own limit on calls is a failure of the flow."""

    class Circles(Flow):
        max_method_calls: int = 5

        @start("again")
        def begin(self) -> str:
            return "begin"

        @listen(begin)
        @human_feedback(
            message="?",
            emit=["approved", "again"],
            metadata={"verdicts": {"approve": "again"}, "optional": True},
        )
        def once_more(self) -> str:
            return "more"

    bench = Bench(crew=crew_of(Circles, bundle), executor=threads, held=[])

    ending = await bench.segment()

    assert ("failed", "flow") == (ending["type"], ending["kind"])
    assert "infinite loop" in ending["message"]


async def test_a_checkpoint_waits_open_while_another_branch_fails(
    bundle: Path, threads: Executor
) -> None:
    """The ask is repeated after the retry, as the same call."""

    class Mixed(Flow):
        @start()
        @human_feedback(message="?", emit=["approved"])
        def draft(self) -> str:
            RAN.append("draft")
            return "draft"

        @start()
        def other(self) -> str:
            if BROKEN["now"]:
                message = "down"
                raise OSError(message)
            return "up"

    bench = Bench(crew=crew_of(Mixed, bundle), executor=threads)
    assert "failed" == (await bench.segment())["type"]
    BROKEN["now"] = False

    ending = await bench.segment()

    assert [("draft", 1)] == [(key["method"], key["call"]) for key in ending["asks"]]
    assert ["draft"] == RAN
