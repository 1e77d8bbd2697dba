"""`countersign start`: a bot and a worker on one machine, kept running."""

import asyncio
import fcntl
import logging
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bot.logs import set_up_logging
from bot.problem_table import problem
from bot.problems import ProblemCode, ProblemsFound
from bot.processes.database_commands import make_room_for, upgraded
from bot.processes.supervisor import Program, Supervisor
from bot.settings import ROOT, child_environment, load_settings

logger = logging.getLogger(__name__)

RUNNING: Final = "Countersign is running. Stop it with Ctrl-C."


async def run_start() -> int:
    """Run until a signal comes; give the exit status."""
    settings = load_settings()
    set_up_logging(
        level=settings.log_level, as_json=settings.log_json, secrets=settings.secrets
    )
    with only_one(settings.database_file):
        upgraded(settings)
        supervisor = Supervisor(programs(child_environment()))
        stop_on_signals(supervisor)
        telling = asyncio.create_task(_tell(supervisor))
        try:
            await supervisor.run()
        finally:
            telling.cancel()
    return 0


def programs(environment: Mapping[str, str]) -> list[Program]:
    """Give the two programs, as they run in production."""
    return [
        Program(
            name=name,
            command=(sys.executable, "-m", "bot", name, "--supervised"),
            environment={**environment, "PYTHONPATH": str(ROOT)},
        )
        for name in ("bot", "worker")
    ]


def stop_on_signals(supervisor: Supervisor) -> None:
    """Let Ctrl-C and a service manager end everything in good order."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, supervisor.stop)


@contextmanager
def only_one(database: Path | None) -> Iterator[None]:
    """Hold a lock beside the SQLite file; PostgreSQL needs none.

    Raises:
        ProblemsFound: another `countersign start` holds it, or there is no room for it.

    """
    if database is None:
        yield
        return
    make_room_for(database)
    lock = database.with_name(database.name + ".lock")
    with lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = f" (process {file.read().strip()})"
            taken = problem(ProblemCode.ALREADY_RUNNING, holder=holder)
            raise ProblemsFound([taken]) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


async def _tell(supervisor: Supervisor) -> None:
    await supervisor.ready()
    print(RUNNING, flush=True)  # noqa: T201  a command's output
