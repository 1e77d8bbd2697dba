"""Whatever the flow looks like, it ends with pauses as it does without."""

import asyncio
from collections import Counter
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crewai.flow.flow import Flow
from crewai.flow.flow_definition import FlowDefinition
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countersign.crew import Crew
from tests.runner.bench import Ask, Bench, Decide
from tests.runner.straight import answering

MAX_ROUNDS = 2
"""How often a checkpoint may be sent back."""


@dataclass(frozen=True)
class Case:
    """A flow, and what each checkpoint's person says at each arrival."""

    definition: dict[str, Any]
    labels: dict[str, list[str]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a flow whose methods listen to what comes before them."""
    methods: dict[str, dict[str, Any]] = {}
    labels: dict[str, list[str]] = {}
    events: list[str] = []
    for number in range(draw(st.integers(2, 7))):
        name = f"m{number}"
        method: dict[str, Any] = {"do": {"call": "expression", "expr": f"'{name}'"}}
        if not events or (number < 3 and draw(st.booleans())):
            method["start"] = True
        else:
            method["listen"] = draw(_conditions(events))
        if draw(st.booleans()):
            labels[name] = draw(_make_checkpoint(method, name))
            events += [f"{name}_yes", f"{name}_no"]
        else:
            events.append(name)
        methods[name] = method
    definition = {"schema": "crewai.flow/v1", "name": "drawn", "methods": methods}
    return Case(definition=definition, labels=labels)


@st.composite
def _conditions(draw: st.DrawFn, events: list[str]) -> Any:
    # Not or_ over methods: there, crewAI's own result depends on who is faster.
    pair = draw(st.lists(st.sampled_from(events), min_size=1, max_size=2, unique=True))
    if len(pair) == 1:
        return pair[0]
    checkpoints = {event.partition("_")[0] for event in pair if "_" in event}
    if len(checkpoints) == 1 and all("_" in event for event in pair):
        return {"or": pair}
    return {"and": pair}


@st.composite
def _make_checkpoint(draw: st.DrawFn, method: dict[str, Any], name: str) -> list[str]:
    emit = [f"{name}_yes", f"{name}_no"]
    verdicts = {"approve": emit[0], "reject": emit[1]}
    says = [draw(st.sampled_from(emit))]
    if method.get("start") and draw(st.booleans()):
        # A start method that listens to its own sending back: a loop.
        emit.append(f"{name}_again")
        verdicts["revise"] = emit[-1]
        method["listen"] = emit[-1]
        rounds = draw(st.integers(0, MAX_ROUNDS))
        says = [emit[-1]] * rounds + says
    method["human_feedback"] = {
        "message": "?",
        "emit": emit,
        "metadata": {"verdicts": verdicts},
    }
    return says


def _straight(case: Case) -> Counter[str]:
    flow = Flow.from_declaration(contents=case.definition)
    with answering(case.labels):
        flow.kickoff()
    return Counter(entry["method"] for entry in flow._method_outputs)


def _people(case: Case) -> Decide:
    def decide(ask: Ask) -> dict[str, Any]:
        label = case.labels[ask["method"]][ask["call"] - 1]
        verdict = next(name for name, it in ask["verdicts"].items() if it == label)
        return {"verdict": verdict, "label": label, "words": label}

    return decide


@given(case=cases(), one_by_one=st.booleans(), crash=st.floats(0, 1))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_flow_ends_as_without_pauses(
    case: Case,
    one_by_one: bool,
    crash: float,
    bundle: Path,
    threads: Executor,
) -> None:
    """Every step runs as often as under plain crewAI, also after a crash anywhere."""
    expected = _straight(case)
    crew = Crew(
        bundle=bundle,
        entry="drawn.yaml",
        definition=FlowDefinition.from_declaration(contents=case.definition),
    )
    bench = Bench(crew=crew, executor=threads)

    ending = asyncio.run(bench.drive(_people(case), one_by_one=one_by_one))

    assert "finished" == ending["outcome"]
    assert expected == Counter(entry["method"] for entry in bench.journal)

    again = bench.cut(int(crash * len(bench.journal)))
    ending = asyncio.run(again.drive(_people(case), one_by_one=one_by_one))

    assert "finished" == ending["outcome"]
    assert sorted(bench.calls()) == sorted(again.calls())
