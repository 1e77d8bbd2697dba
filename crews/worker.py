"""The worker: takes segments from the queue and has runners do them."""

import logging
import os
import secrets
import socket
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from approvals.errors import StaleAttempt
from approvals.ids import SegmentId
from approvals.ports import Clock, CrewShelf, SegmentDesk, Workers
from approvals.segments import Ending, Failed, Work
from crews.bundles import BundleCache
from crews.catalog import Catalog
from crews.dispatch import Dispatch
from crews.environment import PRACTICE_MODEL, Lane, runner_environment
from crews.errors import (
    BundleProblem,
    RunnerProblem,
    RunnerUnfit,
    SegmentLost,
    WorkerStopping,
)
from crews.heart import Heart
from crews.patience import PatientDesk
from crews.pool import RunnerPool
from crews.runner_process import RunnerProcess
from crews.segment import SegmentRun
from crews.settings import RunnerSettings, WorkerSettings

logger = logging.getLogger(__name__)


class Worker:
    """One for each process; several may share a database.

    `queue_engine` is a SQLAlchemy engine for DBOS alone, on the database that the
    desk writes to; its tables must be there.
    """

    def __init__(
        self,
        settings: WorkerSettings,
        *,
        desk: SegmentDesk,
        shelf: CrewShelf,
        workers: Workers,
        clock: Clock,
        queue_engine: Any,
        executor: str | None = None,
    ) -> None:
        self.executor = executor or new_executor()
        self._settings = settings
        self._desk = PatientDesk(desk)
        self._clock = clock
        self._draining = threading.Event()
        self._ending = threading.Event()
        self._at_work = _Count()
        self._places = threading.Semaphore(settings.size)
        self._pool = RunnerPool(
            starter(settings.runner),
            size=settings.size,
            warm={Lane.LIVE: settings.warm, Lane.PRACTICE: settings.warm_practice},
        )
        self.catalog = Catalog(
            search_path=settings.search_path,
            cache=BundleCache(settings.cache / "crews"),
            pool=self._pool,
            shelf=shelf,
            clock=clock,
        )
        self._dispatch = Dispatch(
            engine=queue_engine,
            executor=self.executor,
            at_once=settings.size,
            poll=settings.poll,
            work_on=self._work_on,
        )
        self._heart = Heart(
            executor=self.executor,
            workers=workers,
            desk=desk,
            estates=self._dispatch,
            clock=clock,
            beat=settings.beat,
            lost_after=settings.lost_after,
        )
        self._loading = threading.Thread(
            target=self._load_crews, name="catalog", daemon=True
        )

    def run(self, told_to_stop: threading.Event) -> None:
        """Work until told to stop."""
        self.start()
        try:
            told_to_stop.wait()
        finally:
            self.stop()

    def start(self) -> None:
        """Begin: segments of crews on the shelf need not wait for this one's crews."""
        self._pool.warm_up()
        self._dispatch.start()
        self._heart.start()
        self._loading.start()
        logger.info("worker started", extra={"executor": self.executor})

    def wait_until_loaded(self) -> None:
        """Return when the crews are on the shelf, or could not be loaded."""
        self._loading.join()

    def stop(self) -> None:
        """End in good order: what is not done within the grace time is handed back."""
        self._draining.set()
        grace = self._settings.grace
        timer = threading.Timer(grace, self._ending.set)
        timer.daemon = True
        timer.start()
        self._dispatch.stop(grace + _SETTLING)
        timer.cancel()
        self._ending.set()
        self._pool.close()
        self._loading.join(_SETTLING)
        self._heart.stop()
        if self._at_work.is_zero:
            self._heart.leave()
        logger.info("worker stopped", extra={"executor": self.executor})

    def _load_crews(self) -> None:
        try:
            self.catalog.load()
        except WorkerStopping:
            logger.info("stopped before all crews were loaded")
        except RunnerUnfit as unfit:
            logger.error("no crew can be loaded: %s", unfit)  # noqa: TRY400 - said in full
        except Exception:
            # The database, most likely. Crews that are on the shelf still run.
            logger.exception("crews were not loaded")

    def _work_on(self, segment: SegmentId) -> None:
        """Do a segment; return when it is settled, whatever happens."""
        with self._at_work, self._places:
            try:
                self._settle(segment)
            except (SegmentLost, StaleAttempt) as lost:
                logger.info("segment dropped: %s", lost, extra={"segment": segment})
            except WorkerStopping:
                self._desk.hand_back(segment, self.executor)
            except Exception:
                logger.exception("segment broke off", extra={"segment": segment})
                self._desk.hand_back(segment, self.executor)

    def _settle(self, segment: SegmentId) -> None:
        if self._draining.is_set():
            raise WorkerStopping
        work = self._desk.begin_segment(segment, self.executor)
        if work is None:
            return
        names = {"run": work.run_code, "segment": segment}
        logger.info("segment begun", extra=names)
        ending = self._attempt(work)
        self._desk.end_segment(work, ending)
        logger.info("segment ended", extra=names | {"how": type(ending).__name__})

    def _attempt(self, work: Work) -> Ending:
        lane = Lane.PRACTICE if work.practice else Lane.LIVE
        try:
            bundle = self.catalog.fetch(work.crew_version)
            with self._pool.lend(work.crew_version, lane) as loan:
                segment = SegmentRun(
                    work=work,
                    runner=loan.runner,
                    bundle=bundle,
                    desk=self._desk,
                    clock=self._clock,
                    limits=self._settings.runner.limits,
                    model=PRACTICE_MODEL if work.practice else None,
                    stopping=self._raise_if_ending,
                )
                ending = segment.run()
                loan.reusable = segment.reusable
                return ending
        except (RunnerProblem, BundleProblem) as problem:
            return Failed(step="", reason=str(problem))

    def _raise_if_ending(self) -> None:
        if self._ending.is_set():
            raise WorkerStopping


def new_executor() -> str:
    """Name this process: no other ever has the same name."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


def starter(settings: RunnerSettings) -> Callable[[Lane], RunnerProcess]:
    """Give what starts a runner, each with a home of its own."""

    def start(lane: Lane) -> RunnerProcess:
        home = tempfile.TemporaryDirectory(
            prefix="countersign-runner-", ignore_cleanup_errors=True
        )
        try:
            environment = runner_environment(settings, lane, Path(home.name))
            return RunnerProcess(settings.command, environment, home, settings.limits)
        except OSError as error:
            home.cleanup()
            raise RunnerUnfit("no-start", f"it cannot be started: {error}") from error
        except BaseException:
            home.cleanup()
            raise

    return start


_SETTLING = 5.0
"""Seconds for what was told to end to be handed back."""


class _Count:
    """Counts those inside."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0

    @property
    def is_zero(self) -> bool:
        with self._lock:
            return self._inside == 0

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
