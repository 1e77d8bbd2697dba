"""Children are kept running, told when to end, and never outlive their supervisor."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Final

import pytest

from bot.problems import ProblemCode, ProblemsFound
from bot.processes.start import only_one
from bot.processes.supervisor import (
    CANNOT_WORK,
    ChildCannotWorkError,
    Program,
    Supervisor,
)

WITHIN: Final = 20.0

SAYS_READY: Final = "print('ready', flush=True)"
WAITS_FOR_ITS_END: Final = "import sys; sys.stdin.read()"


def a_program(tmp_path: Path, *lines: str) -> Program:
    """Give a program that first writes a line to `starts`."""
    counts = f"open({str(tmp_path / 'starts')!r}, 'a').write('x')"
    source = "\n".join([counts, *lines])
    return Program(name="child", command=(sys.executable, "-c", source), environment={})


def starts(tmp_path: Path) -> int:
    return len((tmp_path / "starts").read_text())


async def test_what_dies_is_started_again(tmp_path: Path) -> None:
    """A first life ends badly; the second one works."""
    dies_once = (
        f"import sys; len(open({str(tmp_path / 'starts')!r}).read()) > 1 or sys.exit(1)"
    )
    program = a_program(tmp_path, dies_once, SAYS_READY, WAITS_FOR_ITS_END)
    supervisor = Supervisor([program])
    running = asyncio.create_task(supervisor.run())

    async with asyncio.timeout(WITHIN):
        await supervisor.ready()
        supervisor.stop()
        await running

    assert starts(tmp_path) == 2


async def test_what_cannot_work_ends_everything(tmp_path: Path) -> None:
    """A child that says so is not started again, and the others are ended."""
    (tmp_path / "good").mkdir()
    good = a_program(tmp_path / "good", SAYS_READY, WAITS_FOR_ITS_END)
    bad = a_program(tmp_path, f"import sys; sys.exit({CANNOT_WORK})")
    bad = Program(name="bad", command=bad.command, environment={})

    async with asyncio.timeout(WITHIN):
        with pytest.raises(ChildCannotWorkError, match="bad"):
            await Supervisor([good, bad]).run()

    assert starts(tmp_path) == 1


async def test_a_child_is_asked_before_it_is_ended(tmp_path: Path) -> None:
    """It gets SIGTERM, and time to leave in good order."""
    farewell = tmp_path / "farewell"
    program = a_program(
        tmp_path,
        "import signal, sys, threading",
        "ended = threading.Event()",
        "signal.signal(signal.SIGTERM, lambda *_: ended.set())",
        SAYS_READY,
        "ended.wait()",
        f"open({str(farewell)!r}, 'w').write('in good order')",
    )
    supervisor = Supervisor([program])
    running = asyncio.create_task(supervisor.run())

    async with asyncio.timeout(WITHIN):
        await supervisor.ready()
        supervisor.stop()
        await running

    assert farewell.read_text() == "in good order"


async def test_nothing_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    """The child's standard input closes with its supervisor, however that went."""
    child = a_program(
        tmp_path,
        "import os",
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))",
        SAYS_READY,
        WAITS_FOR_ITS_END,
        f"open({str(tmp_path / 'farewell')!r}, 'w').write('gone')",
    )
    source = (
        "import asyncio\n"
        "from bot.processes.supervisor import Program, Supervisor\n"
        f"program = Program(name='child', command={tuple(child.command)!r},"
        " environment={})\n"
        "async def main():\n"
        "    supervisor = Supervisor([program])\n"
        "    running = asyncio.create_task(supervisor.run())\n"
        "    await supervisor.ready()\n"
        "    print('ready', flush=True)\n"
        "    await running\n"
        "asyncio.run(main())\n"
    )
    supervisor = await asyncio.create_subprocess_exec(
        sys.executable, "-c", source, stdout=asyncio.subprocess.PIPE
    )
    assert supervisor.stdout is not None
    async with asyncio.timeout(WITHIN):
        assert await supervisor.stdout.readline() == b"ready\n"

        supervisor.send_signal(signal.SIGKILL)
        await supervisor.wait()

        while not (tmp_path / "farewell").exists():  # noqa: ASYNC110 - a file says nothing
            await asyncio.sleep(0.02)


def test_one_start_for_each_sqlite_file(tmp_path: Path) -> None:
    """A second one is refused with the first one's process, and may follow it."""
    database = tmp_path / "countersign.sqlite3"

    with only_one(database):
        with pytest.raises(ProblemsFound) as refused, only_one(database):
            pass
        assert [ProblemCode.ALREADY_RUNNING] == [
            problem.code for problem in refused.value.problems
        ]
    with only_one(database):
        pass
