"""A worker process: `python -m tests.crews.worker_program SETTINGS`, a JSON file.

It prints its executor's name when its crews are loaded, and ends on SIGTERM.
"""

import json
import logging
import os
import signal
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from approvals.rules import RuleBook
from approvals.service import ApprovalService
from crews.settings import RunnerSettings, WorkerSettings
from crews.worker import Worker
from storage.crew_shelf import SqlCrewShelf
from storage.database import Database
from storage.store import SqlStore
from storage.workers import SqlWorkers


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - a program of its own


class NoRules:
    def current(self) -> RuleBook:
        return RuleBook(hash="", admins=(), people={}, policies={}, rules=())


def worker_settings(given: dict[str, Any]) -> WorkerSettings:
    runner = RunnerSettings(
        environment={"PATH": os.defpath},
        scripted_base_url=lambda: "http://127.0.0.1:9/v1",
    )
    if given["command"]:
        runner = replace(runner, command=tuple(given["command"]))
    return WorkerSettings(
        search_path=(Path(given["crews"]),),
        cache=Path(given["cache"]),
        runner=runner,
        size=2,
        warm=1,
        grace=given["grace"],
        beat=0.2,
        lost_after=3.0,
    )


def main() -> None:
    logging.basicConfig(level=logging.INFO)
    given = json.loads(Path(sys.argv[1]).read_text())
    database = Database(given["database"])
    clock = WallClock()
    service = ApprovalService(
        store=SqlStore(database, clock), rules=NoRules(), clock=clock
    )
    told_to_stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told_to_stop.set())
    worker = Worker(
        worker_settings(given),
        desk=service,
        shelf=SqlCrewShelf(database),
        workers=SqlWorkers(database, clock),
        clock=clock,
        queue_engine=database.dbos_engine(),
    )
    worker.start()
    worker.wait_until_loaded()
    sys.stdout.write(f"{worker.executor}\n")
    sys.stdout.flush()
    told_to_stop.wait()
    worker.stop()
    database.close()


if __name__ == "__main__":
    main()
