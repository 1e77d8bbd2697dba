"""`python -m tests.journeys.clock_launcher FOLDER bot|worker …`: its time can be moved.

It runs `countersign` with a clock that is ahead of the machine's by as many seconds as
stand in FOLDER/ahead.
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path

from bot.cli import main
from bot.clock import SystemClock


def seconds_ahead(folder: Path) -> Path:
    """Give the file that says by how much the clock is ahead."""
    return folder / "ahead"


def move(folder: Path, seconds: float) -> None:
    """Let time pass for all processes that look at this folder."""
    file = seconds_ahead(folder)
    so_far = float(file.read_text()) if file.exists() else 0.0
    written = file.with_suffix(".new")
    written.write_text(str(so_far + seconds))
    written.replace(file)  # nobody reads half of it


def install(folder: Path) -> None:
    """Move this process's clock."""
    file = seconds_ahead(folder)
    machine = SystemClock.now

    def now(clock: SystemClock) -> datetime:
        ahead = float(file.read_text()) if file.exists() else 0.0
        return machine(clock) + timedelta(seconds=ahead)

    SystemClock.now = now  # type: ignore[method-assign, assignment]  # for this process


if __name__ == "__main__":
    folder, *arguments = sys.argv[1:]
    install(Path(folder))
    raise SystemExit(main(arguments))
