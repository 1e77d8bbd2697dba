"""The crews that ship, run as Countersign runs them: by the runner, in segments."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "crews" / "library"
CREWS = ("content", "campaign-plan", "purchase")

Said = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Segment:
    """What one segment did, and how often it asked the model."""

    ended: Said
    steps: list[Said]
    asks: list[Said]
    model_calls: int

    def methods(self) -> list[str]:
        return [step["method"] for step in self.steps]

    def answer(self, verdict: str, words: str = "") -> Said:
        """Decide on the one thing that was asked."""
        (ask,) = self.asks
        return {
            **{key: ask[key] for key in ("path", "method", "call", "digest_output")},
            "request": "0190",
            "verdict": verdict,
            "label": ask["verdicts"][verdict],
            "words": words,
            "by": "Ben",
        }


class Runner:
    """A runner's process and the model that its crews ask."""

    def __init__(self, process: subprocess.Popen[str], calls_url: str) -> None:
        self._process = process
        self._calls_url = calls_url
        assert "ready" == self._read()["type"]

    def describe(self, name: str) -> Said:
        self._write({"type": "describe", **_place(name)})
        return self._read()

    def run(self, name: str, inputs: Said, *, held: tuple[str, ...]) -> "Run":
        return Run(runner=self, name=name, inputs=inputs, held=held, journal=[])

    def segment(self, start: Said) -> Segment:
        before = self._model_calls()
        self._write(start)
        steps: list[Said] = []
        asks: list[Said] = []
        while (said := self._read())["type"] not in {"ended", "failed"}:
            if said["type"] == "step":
                steps.append(said["entry"])
                self._write({"type": "written", "seq": said["seq"]})
            elif said["type"] == "ask":
                asks.append(said["ask"])
        calls = self._model_calls() - before
        return Segment(ended=said, steps=steps, asks=asks, model_calls=calls)

    def _model_calls(self) -> int:
        with urllib.request.urlopen(self._calls_url) as response:  # noqa: S310 (ours)
            return int(json.load(response)["count"])

    def _write(self, said: Said) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(said) + "\n")
        self._process.stdin.flush()

    def _read(self) -> Said:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the runner ended; its last words are in the captured stderr"
        said: Said = json.loads(line)
        return said


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run of one crew, whose journal grows from segment to segment."""

    runner: Runner
    name: str
    inputs: Said
    held: tuple[str, ...]
    journal: list[Said]

    def segment(self, *answers: Said) -> Segment:
        played = self.runner.segment(
            {
                "type": "start",
                "run": {"id": "0190", "code": "K7F2QX", "requester": "Ana"},
                "inputs": self.inputs,
                "held": self.held,
                "journal": self.journal,
                "answers": answers,
                **_place(self.name),
            }
        )
        self.journal.extend(played.steps)
        return played


def _place(name: str) -> Said:
    return {"bundle": str(LIBRARY / name), "entry": f"{name}.yaml"}


@contextmanager
def child(
    *command: str, cwd: Path, env: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(  # noqa: S603 (our own modules)
        [sys.executable, *command],
        cwd=cwd,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    home = tmp_path_factory.mktemp("home")
    bare = {"PATH": os.defpath, "HOME": str(home)}
    script = str(LIBRARY / "script.yaml")
    with child("-m", "emulator.model", "--script", script, cwd=ROOT, env=bare) as model:
        assert model.stdout is not None
        base_url = json.loads(model.stdout.readline())["base_url"]
        env = bare | {
            "MODEL": "openai/scripted",
            "OPENAI_API_KEY": "any",
            "OPENAI_BASE_URL": base_url,
            "PYTHONPATH": str(ROOT / "crews" / "runner"),
        }
        calls_url = base_url.removesuffix("/v1") + "/control/calls"
        with child("-P", "-m", "countersign", cwd=LIBRARY, env=env) as process:
            yield Runner(process, calls_url)


@pytest.mark.parametrize("name", CREWS)
def test_a_crew_that_ships_loads_without_a_complaint(runner: Runner, name: str) -> None:
    """No errors, no warnings, and every checkpoint can be approved and rejected."""
    described = runner.describe(name)

    assert ([], []) == (described["errors"], described["warnings"])
    assert name == described["name"]
    assert described["description"]
    for checkpoint in described["checkpoints"]:
        assert checkpoint["verdicts"]["approve"]
        assert checkpoint["verdicts"]["reject"]
        assert [] == checkpoint["verdicts"]["choices"]


def test_a_revised_draft_is_approved_word_for_word(runner: Runner) -> None:
    """Revise opens the next revision; after Approve no model is asked any more."""
    run = runner.run("content", {"topic": "Tea"}, held=("draft_review",))

    first = run.segment()
    second = run.segment(first.answer("revise", "shorter, please"))
    third = run.segment(second.answer("approve"))

    assert [(1, 1), (1, 2)] == [
        (s.asks[0]["visit"], s.asks[0]["revision"]) for s in (first, second)
    ]
    assert "Review the draft: Tea" == first.asks[0]["title"]
    shown = second.asks[0]["output_text"]
    assert shown.endswith("Changed in version 2: shorter, please")
    assert ["write_draft", "edit_draft", "draft_review"] == second.methods()
    assert ["final_text"] == third.methods()
    assert 0 == third.model_calls
    assert shown == third.ended["result_text"]


def test_the_plan_carries_its_code_across_three_checkpoints(runner: Runner) -> None:
    """What was made in the first segment stands in the last one's result."""
    checkpoints = ("after_planning", "after_analysis", "before_finalization")
    inputs = {"product": "Tea", "audience": "friends", "launch": "2027-03-01"}
    run = runner.run("campaign-plan", inputs, held=checkpoints)

    planning = run.segment()
    analysis = run.segment(planning.answer("approve", "mind the budget"))
    strategy = run.segment(analysis.answer("approve"))
    plan = run.segment(strategy.answer("approve", "go"))

    code = planning.asks[0]["output_text"].partition("\n")[0]
    assert code.startswith("Plan code ")
    assert plan.ended["result_text"].startswith(code)
    assert "Taken into account: mind the budget" in plan.ended["result_text"]
    assert "2027-03-01" in plan.ended["result_text"]
    assert [1, 1, 1, 1] == [s.model_calls for s in (planning, analysis, strategy, plan)]


def test_optional_checkpoints_can_be_left_out(runner: Runner) -> None:
    """Unticked, the first two pass; the last one still asks."""
    inputs = {"product": "Tea", "audience": "friends"}
    run = runner.run("campaign-plan", inputs, held=("before_finalization",))

    played = run.segment()

    assert ["before_finalization"] == [ask["checkpoint"] for ask in played.asks]


def test_the_card_gets_typed_facts_about_the_money(runner: Runner) -> None:
    """Amount, vendor and risk are read out of the recommendation."""
    inputs = {"what": "12 chairs", "budget": 4000}
    run = runner.run("purchase", inputs, held=("authorise_spend",))

    asked = run.segment()
    ended = run.segment(asked.answer("approve", "before noon"))

    (ask,) = asked.asks
    facts = {f["name"]: (f["type"], f["value"], f["currency"]) for f in ask["facts"]}
    assert "Order 12 chairs" == ask["title"]
    assert ("money", "3400", "EUR") == facts["amount"]
    assert ("text", "Northfield Supplies", None) == facts["vendor"]
    assert ("choice", "low", None) == facts["risk_level"]
    assert [] == [fact["name"] for fact in ask["facts"] if fact["unknown"]]
    assert "12 chairs for €3,400.00" in ended.ended["result_text"]
    assert "before noon" in ended.ended["result_text"]


def test_a_refused_purchase_ends_the_run(runner: Runner) -> None:
    """No order is written, and the end says that it was a rejection."""
    inputs = {"what": "12 chairs", "budget": 4000}
    run = runner.run("purchase", inputs, held=("authorise_spend",))

    asked = run.segment()
    ended = run.segment(asked.answer("reject"))

    assert ([], 0) == (ended.methods(), ended.model_calls)
    assert ("finished", "reject") == (
        ended.ended["outcome"],
        ended.ended["ended_by"],
    )
