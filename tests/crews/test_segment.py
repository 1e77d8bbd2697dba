"""A segment is driven through a runner; whatever it does, the ending says why."""

import json
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from approvals.digest import sha256
from approvals.errors import StaleAttempt
from approvals.ids import RequestId
from approvals.requests import CallAddress, FactType
from approvals.segments import (
    Answer,
    Ending,
    Failed,
    Finished,
    SegmentState,
    Waiting,
)
from approvals.verdicts import Verdict
from crews.environment import Lane
from crews.errors import SegmentLost, WorkerStopping
from crews.runner_process import RunnerProcess
from crews.segment import SegmentRun
from crews.settings import Limits
from crews.worker import starter
from tests.crews.desks import NOW, MemoryDesk, StoppedClock
from tests.crews.plays import (
    Act,
    ask,
    failed,
    finished,
    play_in,
    pretending,
    progress,
    started,
    step,
    waiting,
)

LIMITS = Limits(ready=30, describe=30)


@pytest.fixture
def runner() -> Iterator[RunnerProcess]:
    runner = starter(pretending())(Lane.LIVE)
    yield runner
    runner.kill()


def segment_run(
    runner: RunnerProcess,
    folder: Path,
    desk: MemoryDesk,
    *acts: Act,
    limits: Limits = LIMITS,
    **described: Any,
) -> SegmentRun:
    return SegmentRun(
        work=desk.begin(),
        runner=runner,
        bundle=play_in(folder / "play", list(acts), **described),
        desk=desk,
        clock=StoppedClock(),
        limits=limits,
        model=None,
        stopping=lambda: None,
    )


def run(
    runner: RunnerProcess, folder: Path, *acts: Act, limits: Limits = LIMITS
) -> Ending:
    return segment_run(runner, folder, MemoryDesk(), *acts, limits=limits).run()


def test_steps_are_journalled_and_the_result_is_kept(
    runner: RunnerProcess, tmp_path: Path
) -> None:
    """Each finished call is written, with its title, before its branch goes on."""
    desk = MemoryDesk()
    acts = [
        started("write_draft", title="Write the draft"),
        step("write_draft", "tea"),
        step("edit", "TEA", seq=2),
        finished("TEA!"),
    ]

    ending = segment_run(runner, tmp_path, desk, *acts).run()

    assert ending == Finished(result="TEA!")
    assert [(entry.title, entry.at) for entry in desk.journal] == [
        ("Write the draft", NOW),
        ("Edit", NOW),
    ]
    assert json.loads(desk.journal[1].entry) == acts[2]["say"]["entry"]


def test_the_runner_is_given_the_whole_run(
    runner: RunnerProcess, tmp_path: Path
) -> None:
    """Journal, answers, inputs and limits; a decision goes by label and digest."""
    told = tmp_path / "start.json"
    address = CallAddress(path="", method="review", call=1)
    answer = Answer(
        address=address,
        request=RequestId("q1"),
        verdict=Verdict.REVISE,
        label="again",
        words="shorter",
        by="Ben",
        output_digest=sha256('"tea"'),
    )
    desk = MemoryDesk(answers=(answer,))
    segment_run(runner, tmp_path, desk, step("a", 1), finished()).run()
    desk.segment = replace(desk.segment, state=SegmentState.QUEUED)

    acts = [{"echo_start": str(told)}, finished()]
    again = starter(pretending())(Lane.LIVE)
    segment_run(again, tmp_path, desk, *acts).run()

    again.kill()
    start = json.loads(told.read_text())
    assert start["attempt"] == 2
    assert start["inputs"] == {"topic": "tea"}
    assert start["held"] == ["review", "draft_review"]
    assert [entry["method"] for entry in start["journal"]] == ["a"]
    assert start["answers"] == [
        {
            "path": "",
            "method": "review",
            "call": 1,
            "request": "q1",
            "verdict": "revise",
            "label": "again",
            "words": "shorter",
            "by": "Ben",
            "digest_output": sha256('"tea"'),
        }
    ]


def test_an_ask_becomes_what_people_decide_on(
    runner: RunnerProcess, tmp_path: Path
) -> None:
    """Output in canonical JSON, facts, labels, and what each verdict leads to."""
    verdicts = {"approve": "ok", "revise": "again"}
    fact = {"name": "amount", "label": "Amount", "type": "money", "value": "9.50"}
    review = ask(
        "review",
        {"b": 1, "a": "ü"},
        facts=[fact],
        emit=["ok", "again"],
        verdicts=verdicts,
        consequence={"reject": "nothing is bought"},
        message="Shall we?",
        context="Last year: 8.00",
        max_revisions=3,
        policy="finance",
    )
    point = {"name": "review", "method": "review", "emit": ["ok", "again"]}
    graph = {
        "methods": [
            {"name": "offer", "listens": ["again"]},
            {"name": "review", "listens": ["offer"], "checkpoint": True},
            {"name": "buy", "listens": ["ok"]},
        ]
    }

    segment = segment_run(
        runner,
        tmp_path,
        MemoryDesk(),
        review,
        waiting("review"),
        checkpoints=[point | {"verdicts": verdicts}],
        graph=graph,
    )
    ending = segment.run()

    assert isinstance(ending, Waiting)
    (asked,) = ending.asks
    assert asked.subject.output == '{"a":"ü","b":1}'
    assert asked.subject.title == "Is it right?"
    assert asked.context == "Shall we?\n\nLast year: 8.00"
    assert asked.subject.facts[0].type is FactType.MONEY
    assert asked.labels.approve == "ok"
    assert asked.labels.reject is None
    assert asked.policy == "finance"
    assert asked.max_revisions == 3
    assert asked.leads_to["approve"] == "goes on with *buy*"
    assert asked.leads_to["revise"] == "*offer* again with your feedback"
    assert asked.leads_to["reject"] == "nothing is bought"
    assert segment.reusable


def test_what_a_race_overtook_is_told(runner: RunnerProcess, tmp_path: Path) -> None:
    """An ask that is not among those waited for in the end is nobody's to decide."""
    slow = {"type": "overtaken", "path": "", "method": "slow", "call": 1}
    acts = [ask("slow", 1), ask("fast", 2), {"say": slow}, waiting("fast")]

    ending = run(runner, tmp_path, *acts)

    assert isinstance(ending, Waiting)
    assert [asked.checkpoint for asked in ending.asks] == ["fast"]
    assert ending.overtaken == (CallAddress(path="", method="slow", call=1),)


@pytest.mark.parametrize(
    ("said", "ended_by"), [("reject", Verdict.REJECT), ("expired", Verdict.EXPIRED)]
)
def test_a_flow_that_ends_through_a_verdict_says_so(
    runner: RunnerProcess, tmp_path: Path, said: str, ended_by: Verdict
) -> None:
    """The run is shown as finished after a rejection, and where."""
    at = {"path": "", "method": "review", "call": 1, "checkpoint": "review"}

    ending = run(runner, tmp_path, finished("", ended_by=said, ended_at=at))

    assert ending == Finished(result="", ended_by=ended_by, at_checkpoint="review")


@pytest.mark.parametrize(
    ("acts", "step_name", "reason"),
    [
        (
            [failed(method="write_draft", kind="model", message="rate limit, 3 tries")],
            "write_draft",
            "rate limit, 3 tries",
        ),
        (
            [failed(method="a", message="KeyError: 'x'", file="flow.py", line=7)],
            "a",
            "KeyError: 'x' (flow.py:7)",
        ),
        (
            [started("a"), {"exit": 3}],
            "a",
            "the crew's process ended by itself with exit code 3",
        ),
        (
            [started("a"), {"kill_self": signal.SIGKILL}],
            "a",
            "the crew's process was killed (SIGKILL), perhaps because memory ran out",
        ),
        (
            [started("a"), {"raw": "hello\n"}],
            "a",
            "the crew's process broke its protocol: not JSON",
        ),
        (
            [{"say": {"type": "ready", "protocol": 1}}],
            "",
            "the crew's process broke its protocol: “ready” in the middle of a segment",
        ),
        (
            [ask("review", float("nan"))],
            "review",
            "its output cannot be shown for a decision: Out of range float values",
        ),
    ],
)
def test_a_failure_says_where_and_why(
    runner: RunnerProcess, tmp_path: Path, acts: list[Act], step_name: str, reason: str
) -> None:
    """In words that people read; nothing is raised and nobody else is harmed."""
    ending = run(runner, tmp_path, *acts)

    assert isinstance(ending, Failed)
    assert ending.step == step_name
    assert ending.reason.startswith(reason)


@pytest.mark.parametrize(
    ("acts", "limits", "reason"),
    [
        (
            [started("a"), {"hang": True}],
            replace(LIMITS, step=0.3),
            "it took longer than 0.3 s",
        ),
        ([{"hang": True}], replace(LIMITS, segment=0.3), "it went on for longer than"),
        (
            [step("a", "x" * 2000)],
            replace(LIMITS, journal=1024),
            "what the run keeps of its steps is larger than 1 kB",
        ),
        ([ask("a", "x" * 2000)], replace(LIMITS, output=1024), "its output is larger"),
        ([finished("x" * 2000)], replace(LIMITS, output=1024), "its output is larger"),
        (
            [{"eat_memory": 150_000_000}],
            replace(LIMITS, memory=100_000_000),
            "the crew's process took more than 95.4 MB of memory",
        ),
    ],
)
def test_each_limit_is_a_named_failure(
    runner: RunnerProcess,
    tmp_path: Path,
    acts: list[Act],
    limits: Limits,
    reason: str,
) -> None:
    """Time, memory, journal and output: each says what was too much."""
    ending = run(runner, tmp_path, *acts, limits=limits)

    assert isinstance(ending, Failed)
    assert ending.reason.startswith(reason)


def test_a_crew_that_cannot_be_loaded_fails_with_its_place(
    runner: RunnerProcess, tmp_path: Path
) -> None:
    """File, line and reason, as the editor shows them."""
    errors = [{"file": "flow.yaml", "line": 4, "message": "no approve label"}]
    desk = MemoryDesk()

    ending = segment_run(runner, tmp_path, desk, finished(), errors=errors).run()

    assert ending == Failed(
        step="",
        reason="the crew cannot be loaded: flow.yaml:4: no approve label",
        detail="flow.yaml:4: no approve label",
    )


def test_a_cancelled_run_is_noticed_while_it_hangs(
    runner: RunnerProcess, tmp_path: Path
) -> None:
    """The runner need not say anything for the segment to be dropped."""
    desk = MemoryDesk()
    segment = segment_run(runner, tmp_path, desk, step("a", 1), {"hang": True})
    desk.after_step = desk.cancel

    with pytest.raises(SegmentLost):
        segment.run()

    assert desk.ending is None


def test_a_stale_attempt_writes_nothing(runner: RunnerProcess, tmp_path: Path) -> None:
    """A worker that was thought dead stops at its first write."""
    desk = MemoryDesk()
    acts = [step("a", 1), step("b", 2, seq=2), finished()]
    segment = segment_run(runner, tmp_path, desk, *acts)

    def another_takes_it() -> None:
        if desk.segment.attempt == 1:
            desk.hand_back(desk.segment.id, "worker-1")
            desk.begin()

    desk.after_step = another_takes_it

    with pytest.raises((StaleAttempt, SegmentLost)):
        segment.run()

    assert [entry.address.method for entry in desk.journal] == ["a"]


def test_a_stopping_worker_ends_the_segment(
    runner: RunnerProcess, tmp_path: Path
) -> None:
    """It is not failed: somebody else does it."""
    desk = MemoryDesk()
    bundle = play_in(tmp_path / "play", [{"hang": True}])

    def stopping() -> None:
        if desk.looks > 1:
            raise WorkerStopping

    segment = SegmentRun(
        work=desk.begin(),
        runner=runner,
        bundle=bundle,
        desk=desk,
        clock=StoppedClock(),
        limits=LIMITS,
        model=None,
        stopping=stopping,
    )

    with pytest.raises(WorkerStopping):
        segment.run()


def test_progress_is_told_about_once_a_second(
    runner: RunnerProcess, tmp_path: Path
) -> None:
    """A chatty step costs few writes, and the last word is told all the same."""
    words = [progress("write", f"tool {number}") for number in range(200)]
    go_on = tmp_path / "go on"
    desk = MemoryDesk()
    segment = segment_run(
        runner,
        tmp_path,
        desk,
        started("write"),
        *words,
        {"hang_unless": str(go_on)},
        limits=replace(LIMITS, segment=2.0),
    )

    begun = time.monotonic()
    segment.run()

    assert desk.told[0] == "Write"
    assert desk.told[-1] == "Write: tool 199"
    assert len(desk.told) <= 2 + (time.monotonic() - begun)


def test_looks_come_four_times_a_second_at_most(
    runner: RunnerProcess, tmp_path: Path
) -> None:
    """Often enough to end a cancelled run at once, too seldom to be felt."""
    desk = MemoryDesk()
    limits = replace(LIMITS, segment=1.1)

    segment_run(runner, tmp_path, desk, {"hang": True}, limits=limits).run()

    assert 1 <= desk.looks <= 5
