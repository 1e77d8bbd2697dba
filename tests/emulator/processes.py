"""`python -m emulator` as a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Running:
    """A running workspace and what it printed when it was ready."""

    process: subprocess.Popen[str]
    ready: dict[str, str]


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start the program with these arguments."""
    return subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, "-m", "emulator", *arguments],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def a_process(*arguments: str) -> Iterator[Running]:
    """A workspace that is ready, and ended afterwards."""
    process = start(*arguments)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        yield Running(process, json.loads(line))
    finally:
        process.terminate()
        process.communicate(timeout=10)
