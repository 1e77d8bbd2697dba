"""A child that dies, hangs or talks nonsense is a named problem, and leaves nothing."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from crews import orders
from crews.environment import Lane
from crews.errors import (
    RunnerDied,
    RunnerGarbled,
    RunnerProblem,
    RunnerStuck,
    RunnerUnfit,
)
from crews.messages import Message, Printed
from crews.runner_process import RunnerProcess
from crews.settings import Limits, RunnerSettings
from crews.worker import starter
from tests.crews.desks import MemoryDesk
from tests.crews.plays import Act, play_in, pretending
from tests.crews.waiting import until

Start = Callable[..., RunnerProcess]


@pytest.fixture
def start() -> Iterator[Start]:
    runners: list[RunnerProcess] = []

    def start(**changes: Any) -> RunnerProcess:
        runners.append(starter(pretending(**changes))(Lane.LIVE))
        return runners[-1]

    yield start
    for runner in runners:
        runner.kill()


@contextmanager
def playing(
    start: Start, folder: Path, *acts: Act, **changes: Any
) -> Iterator[RunnerProcess]:
    """Give a runner that was told to play."""
    bundle = play_in(folder / "play", list(acts))
    runner = start(**changes)
    runner.describe(bundle)
    work = MemoryDesk().begin()
    runner.send(orders.start(work, bundle, Limits(), model=None))
    yield runner


def next_message(runner: RunnerProcess) -> Message:
    return next(runner.hear(30.0))


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().split(")")[1].split()[0] != "Z"


def test_a_runner_says_that_it_is_ready(start: Start) -> None:
    """The first line of a runner that can work."""
    runner = start()

    ready = runner.await_ready()

    assert ready.protocol == 1
    assert runner.is_alive


@pytest.mark.parametrize(
    ("first", "problem", "words"),
    [
        ("unfit", RunnerUnfit, "crewAI is missing"),
        ("other-protocol", RunnerGarbled, "version 99, not 1"),
        ("hang", RunnerStuck, "load crewAI within 0.3 s"),
    ],
)
def test_a_runner_that_cannot_start_says_why(
    start: Start, first: str, problem: type[RunnerProblem], words: str
) -> None:
    """Unfit, of another version, or silent: each in its own words."""
    runner = start(first=first, limits=Limits(ready=0.3 if first == "hang" else 30))

    with pytest.raises(problem, match=words):
        runner.await_ready()


def test_a_command_that_is_not_there_is_named() -> None:
    """A wrong setting is a sentence, not a traceback."""
    settings = RunnerSettings(environment={}, command=("/nowhere/python",))

    with pytest.raises(RunnerUnfit, match=r"cannot be started.*nowhere"):
        starter(settings)(Lane.LIVE)


def test_the_environment_is_made_from_nothing(tmp_path: Path) -> None:
    """A runner sees what it needs and what is passed on: no token, no database."""
    home_was = str(tmp_path)
    given = {
        "SLACK_BOT_TOKEN": "xoxb-secret",
        "DATABASE_URL": "postgresql://secret",
        "HOME": home_was,
        "OPENAI_API_KEY": "sk-key",
        "PATH": "/usr/bin:/bin",
    }
    program = "import json,os; print(json.dumps(dict(os.environ)), flush=True)"
    settings = pretending(environment=given, command=_python(program))
    runner = starter(settings)(Lane.LIVE)

    line = runner._lines.get(timeout=30)

    runner.kill()
    seen = json.loads(line or b"")
    assert seen["OPENAI_API_KEY"] == "sk-key"
    assert seen["HOME"] != home_was
    assert seen["PYTHONPATH"].endswith("crews/runner")
    assert set(seen) - {"LC_CTYPE", "__CF_USER_TEXT_ENCODING"} == {
        *("PATH", "LANG", "TZ", "HOME", "TMPDIR", "PYTHONPATH", "OPENAI_API_KEY"),
    }


def test_a_practice_runner_reaches_the_scripted_model() -> None:
    """Its base URL and key are the scripted model's, whatever else is set."""
    given = {"OPENAI_API_KEY": "sk-real", "MODEL": "openai/real", "PATH": "/bin"}
    program = "import json,os; print(json.dumps(dict(os.environ)), flush=True)"
    settings = pretending(
        environment=given,
        command=_python(program),
        scripted_base_url=lambda: "http://127.0.0.1:9/v1",
    )
    runner = starter(settings)(Lane.PRACTICE)

    line = runner._lines.get(timeout=30)

    runner.kill()
    seen = json.loads(line or b"")
    assert seen["OPENAI_BASE_URL"] == "http://127.0.0.1:9/v1"
    assert seen["MODEL"] == "openai/scripted"
    assert "sk-real" not in seen.values()


def test_practice_without_a_scripted_model_is_refused() -> None:
    """It never falls back to a model that costs money."""
    with pytest.raises(RunnerUnfit, match="practice"):
        starter(pretending())(Lane.PRACTICE)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ({"exit": 3}, "ended by itself with exit code 3"),
        ({"kill_self": signal.SIGKILL}, "was killed"),
        ({"kill_self": signal.SIGSEGV}, "crashed .SIGSEGV."),
    ],
)
def test_a_death_says_how(start: Start, tmp_path: Path, act: Act, words: str) -> None:
    """An exit code, a kill and a crash are told apart."""
    with playing(start, tmp_path, act) as runner:
        with pytest.raises(RunnerDied, match=words):
            next_message(runner)

        with pytest.raises(RunnerDied, match=words):
            runner.receive(0.0)


def test_the_last_words_are_kept(start: Start, tmp_path: Path) -> None:
    """What it wrote to stderr before it died goes into the detail."""
    with (
        playing(start, tmp_path, {"exit": 1}) as runner,
        pytest.raises(RunnerDied) as caught,
    ):
        next_message(runner)

    assert caught.value.detail == "the last words"


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ({"raw": "Segmentation fault\n"}, "not JSON"),
        ({"raw": "x" * 2_000_000 + "\n"}, "a line is too long"),
        ({"close_stdout": True}, "it closed its pipe"),
    ],
)
def test_nonsense_is_named(start: Start, tmp_path: Path, act: Act, words: str) -> None:
    """What is not the protocol ends it; a huge line is not read whole."""
    limits = Limits(ready=30, describe=30, line=1_000_000)
    with (
        playing(start, tmp_path, act, limits=limits) as runner,
        pytest.raises(RunnerGarbled, match=words),
    ):
        next_message(runner)


def test_a_flood_waits(start: Start, tmp_path: Path) -> None:
    """Unread lines stay in the child: the worker's memory holds a few of them."""
    with playing(start, tmp_path, {"flood": 5000}, {"hang": True}) as runner:
        until(runner._lines.full)
        held = runner._lines.qsize()

        lines = [next_message(runner) for _ in range(5000)]

    assert held == runner._lines.maxsize
    assert lines[-1] == Printed(type="print", text="line 4999")


def test_an_order_that_nobody_reads_is_given_up(start: Start, tmp_path: Path) -> None:
    """A child that hangs does not hang the worker."""
    limits = Limits(ready=30, describe=30, write=0.3)
    with playing(start, tmp_path, {"raw": ""}, limits=limits) as runner:
        os.kill(runner.pid, signal.SIGSTOP)

        with pytest.raises(RunnerStuck, match=r"take an order within 0.3 s"):
            runner.send({"type": "padding", "text": "x" * 10_000_000})


def test_a_kill_takes_what_the_crew_started_along(start: Start, tmp_path: Path) -> None:
    """No process of a cancelled run lives on, and its home is gone."""
    pid_file = tmp_path / "pid"
    spawn = {"spawn": str(pid_file)}
    with playing(start, tmp_path, spawn, {"hang": True}) as runner:
        until(lambda: pid_file.exists() and pid_file.read_text() != "")
        grandchild = int(pid_file.read_text())
        home = Path(runner._home.name)
        assert is_running(grandchild)

        runner.kill()

    until(lambda: not is_running(grandchild))
    assert not runner.is_alive
    assert not home.exists()


def test_a_kill_in_the_middle_of_a_flood_ends(start: Start, tmp_path: Path) -> None:
    """Readers that wait for room do not hold it up."""
    with playing(start, tmp_path, {"flood": 100_000}) as runner:
        until(runner._lines.full)

        runner.kill()

    assert not any(reader.is_alive() for reader in runner._readers)


def test_late_prints_are_passed_over_and_late_steps_are_not(
    start: Start, tmp_path: Path
) -> None:
    """What one segment left behind must not be taken for the next one's."""
    flood = [{"flood": 3}]
    with playing(start, tmp_path / "a", *flood) as runner:
        until(lambda: runner._lines.qsize() == 3)

        assert runner.drain()

    step = {"say": {"type": "step_started", "method": "late"}}
    with playing(start, tmp_path / "b", step) as runner:
        until(lambda: runner._lines.qsize() == 1)

        assert not runner.drain()


def _python(program: str) -> tuple[str, ...]:
    return (*pretending().command[:2], "-c", program)
