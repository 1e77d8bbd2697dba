"""The worker's parts with the real runner: crewAI runs, people decide, it goes on."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from approvals.errors import StaleAttempt
from approvals.segments import Failed, Finished, Waiting
from approvals.verdicts import Verdict
from crews.environment import Lane
from crews.errors import SegmentLost
from crews.pool import RunnerPool
from crews.runner_process import RunnerProcess
from crews.settings import RunnerSettings
from crews.worker import starter
from tests.crews.real import LIBRARY, PracticeRun, scripted_model, unpacked
from tests.crews.waiting import until

PYTHON_FLOW: Final = '''
"""A crew in Python, with a module of its own beside it."""
from crewai.flow.flow import Flow, listen, start
from crews.words import greeting


class Greeting(Flow):
    @start()
    def greet(self):
        print("not the protocol")
        return greeting(self.state["topic"])

    @listen(greet)
    def shout(self, text):
        return text.upper()
'''

pytestmark = pytest.mark.timeout(180)  # crewAI takes seconds to load


@pytest.fixture(scope="module")
def pool() -> Iterator[RunnerPool]:
    with scripted_model() as base_url:
        settings = RunnerSettings(environment={}, scripted_base_url=lambda: base_url)
        pool = RunnerPool(starter(settings), size=2, warm={Lane.PRACTICE: 1})
        pool.warm_up()
        yield pool
        pool.close()


def test_a_text_is_revised_and_then_approved(pool: RunnerPool, tmp_path: Path) -> None:
    """Three segments; every step is done once, and what was approved comes out."""
    run = PracticeRun(pool, unpacked(LIBRARY / "content", tmp_path), topic="tea")

    first = run.segment()
    assert isinstance(first, Waiting)
    (draft,) = first.asks
    run.decide(draft, Verdict.REVISE, "shorter, please")
    second = run.segment()
    assert isinstance(second, Waiting)
    (revised,) = second.asks
    run.decide(revised, Verdict.APPROVE)
    third = run.segment()

    assert (draft.visit, draft.revision) == (1, 1)
    assert (revised.visit, revised.revision) == (1, 2)
    assert "shorter, please" in revised.subject.body
    assert third == Finished(result=revised.subject.body)
    assert run.steps() == [
        *("write_draft", "edit_draft", "draft_review"),
        *("write_draft", "edit_draft", "draft_review"),
        "final_text",
    ]


def test_a_rejection_ends_the_run(pool: RunnerPool, tmp_path: Path) -> None:
    """No later step runs, and the ending says where it was rejected."""
    run = PracticeRun(pool, unpacked(LIBRARY / "content", tmp_path), topic="tea")
    waiting = run.segment()
    assert isinstance(waiting, Waiting)
    run.decide(waiting.asks[0], Verdict.REJECT, "not now")

    ending = run.segment()

    assert isinstance(ending, Finished)
    assert ending.ended_by is Verdict.REJECT
    assert ending.at_checkpoint == "draft_review"
    assert "final_text" not in run.steps()


def test_a_decision_on_something_else_fails(pool: RunnerPool, tmp_path: Path) -> None:
    """What would go on must be what was decided on, byte for byte."""
    run = PracticeRun(pool, unpacked(LIBRARY / "content", tmp_path), topic="tea")
    waiting = run.segment()
    assert isinstance(waiting, Waiting)
    (ask,) = waiting.asks
    run.decide(
        replace(ask, subject=replace(ask.subject, output='"another"')), Verdict.APPROVE
    )

    ending = run.segment()

    assert isinstance(ending, Failed)
    assert ending.step == "draft_review"
    assert "final_text" not in run.steps()


def test_a_python_flow_runs_with_its_own_modules(
    pool: RunnerPool, tmp_path: Path
) -> None:
    """Even where they are named like ours; and its prints reach no protocol."""
    folder = tmp_path / "greeting"
    (folder / "crews").mkdir(parents=True)
    (folder / "main.py").write_text(PYTHON_FLOW)
    (folder / "crews" / "words.py").write_text(
        "def greeting(of):\n    return f'good {of}'\n"
    )

    run = PracticeRun(pool, unpacked(folder, tmp_path / "cache"), topic="tea")

    assert run.segment() == Finished(result="GOOD TEA")
    assert [entry.title for entry in run.desk.journal] == ["Greet", "Shout"]


def test_a_cancelled_run_loses_its_runner(pool: RunnerPool, tmp_path: Path) -> None:
    """crewAI knows no cancelling; its process does."""
    run = PracticeRun(pool, unpacked(LIBRARY / "content", tmp_path), topic="tea")
    run.desk.after_step = run.desk.cancel

    with pytest.raises((SegmentLost, StaleAttempt)):  # a look or a write, as it comes
        run.segment()

    assert run.steps() == ["write_draft"]


def test_a_crew_that_cannot_be_loaded_says_where(
    pool: RunnerPool, tmp_path: Path
) -> None:
    """The first thing that is wrong, with its line."""
    file = tmp_path / "bad.yaml"
    file.write_text("schema: crewai.flow/v1\nname: bad\nmethods:\n  a: {do: [1}\n")

    ending = PracticeRun(
        pool, unpacked(file, tmp_path / "cache"), topic="tea"
    ).segment()

    assert isinstance(ending, Failed)
    assert ending.reason.startswith("the crew cannot be loaded: bad.yaml:4: not valid")


def test_a_runner_ends_with_its_worker() -> None:
    """When the worker is killed, its end of the pipe closes."""
    runner: RunnerProcess = starter(RunnerSettings(environment={}))(Lane.LIVE)
    runner.await_ready()

    runner._stdin.close()

    until(lambda: not runner.is_alive)
    runner.kill()
