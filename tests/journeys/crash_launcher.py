"""`python -m tests.journeys.crash_launcher FOLDER bot|worker …`: ends when told where.

It runs `countersign`, and ends its own process by SIGKILL at the point of
`crash_points` whose name stands in FOLDER/bot.crash or FOLDER/worker.crash. The file is
taken away first, so that the process which is started next lives. Its time can be moved
as with `clock_launcher`.
"""

import os
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from bot.cli import main
from storage.postings import Claim, SqlPostings
from tests.journeys import clock_launcher
from tests.journeys.crash_points import POINTS, Commit, Moment, Point, Posted

ENDED: Final = -signal.SIGKILL
"""The exit status of a process that ended at its point."""


def order(folder: Path, process: str) -> Path:
    """Give the file that holds the name of the point at which a process shall end."""
    return folder / f"{process}.crash"


class Launcher:
    """Watches for the point, in every thread of this process."""

    def __init__(self, folder: Path, process: str) -> None:
        self._order = order(folder, process)
        self._points = POINTS[process]
        self._transaction = threading.local()

    def install(self) -> None:
        """Look at every statement, commit and stored post from here on."""
        event.listen(Engine, "before_cursor_execute", self._executing)
        event.listen(Engine, "begin", self._begin)
        event.listen(Engine, "commit", self._committing)
        event.listen(Session, "after_commit", self._committed)
        self._watch_posts()

    def _begin(self, _connection: Connection) -> None:
        self._transaction.reached = False

    def _executing(  # the event's own signature
        self,
        _connection: Connection,
        _cursor: Any,
        statement: str,
        _parameters: Any,
        context: Any,
        _executemany: bool,
    ) -> None:
        point = self._ordered()
        if isinstance(point, Commit) and _is_at(point, statement, context):
            self._transaction.reached = True

    def _committing(self, _connection: Connection) -> None:
        self._end_if(Moment.BEFORE)

    def _committed(self, _session: Session) -> None:
        self._end_if(Moment.AFTER)

    def _end_if(self, moment: Moment) -> None:
        if not getattr(self._transaction, "reached", False):
            return
        point = self._ordered()
        if isinstance(point, Commit) and point.moment is moment:
            self._end()

    def _watch_posts(self) -> None:
        store = SqlPostings.shown

        def shown(rows: SqlPostings, claim: Claim, *answer: Any) -> bool:
            posted = Posted(kind=claim.wanted.thing.kind)
            if claim.is_new and self._ordered() == posted:
                self._end()
            return store(rows, claim, *answer)

        SqlPostings.shown = shown  # type: ignore[method-assign, assignment]  # here only

    def _ordered(self) -> Point | None:
        try:
            return self._points[self._order.read_text()]
        except FileNotFoundError:
            return None

    def _end(self) -> None:
        self._order.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def _is_at(point: Commit, statement: str, context: Any) -> bool:
    if not statement.startswith(point.statement):
        return False
    rows: list[Mapping[str, Any]] = getattr(context, "compiled_parameters", None) or []
    wanted = point.values.items()
    return any(all(row.get(name) == value for name, value in wanted) for row in rows)


if __name__ == "__main__":
    folder, *arguments = sys.argv[1:]
    clock_launcher.install(Path(folder))
    Launcher(Path(folder), arguments[0]).install()
    raise SystemExit(main(arguments))
