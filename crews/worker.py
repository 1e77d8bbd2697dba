"""The worker: takes segments from the queue and has runners do them."""

import logging
import os
import secrets
import socket
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from approvals.errors import StoreUnavailable
from approvals.ports import Clock, CrewShelf, SegmentDesk, Workers
from crews.bundles import BundleCache
from crews.catalog import Catalog
from crews.dispatch import Dispatch
from crews.environment import Lane, runner_environment
from crews.errors import RunnerUnfit, WorkerStopping
from crews.heart import Heart
from crews.patience import PatientDesk
from crews.pool import RunnerPool
from crews.runner_process import RunnerProcess
from crews.settings import RunnerSettings, WorkerSettings
from crews.workbench import Workbench

logger = logging.getLogger(__name__)

_SETTLING: Final = 5.0
"""Seconds for what was told to end to be handed back."""

_LOAD_AGAIN: Final = 5.0
"""Seconds until crews are loaded again after the database was away."""


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
        self._grace = settings.grace
        self._draining = threading.Event()
        self._pool = RunnerPool(
            starter(settings.runner),
            size=settings.size,
            warm={Lane.LIVE: settings.warm, Lane.PRACTICE: settings.warm_practice},
        )
        self._catalog = Catalog(
            search_path=settings.search_path,
            cache=BundleCache(settings.cache / "crews"),
            pool=self._pool,
            shelf=shelf,
            clock=clock,
        )
        self._bench = Workbench(
            executor=self.executor,
            size=settings.size,
            desk=PatientDesk(desk),
            catalog=self._catalog,
            pool=self._pool,
            clock=clock,
            limits=settings.runner.limits,
        )
        self._dispatch = Dispatch(
            engine=queue_engine,
            executor=self.executor,
            at_once=settings.size,
            poll=settings.poll,
            work_on=self._bench.work_on,
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
        self._heart.beat()
        self._dispatch.start()
        self._heart.start()
        self._pool.warm_up()
        self._loading.start()
        logger.info("worker started", extra={"executor": self.executor})

    def wait_until_loaded(self) -> None:
        """Return when the crews are on the shelf, or could not be loaded."""
        self._loading.join()

    def stop(self) -> None:
        """End in good order: what is not done within the grace time is handed back."""
        self._draining.set()
        self._bench.drain()
        grace_is_over = threading.Timer(self._grace, self._bench.stop)
        grace_is_over.daemon = True
        grace_is_over.start()
        self._dispatch.stop(self._grace + _SETTLING)
        grace_is_over.cancel()
        self._bench.stop()
        self._pool.close()
        self._loading.join(_SETTLING)
        self._heart.stop()
        if self._bench.is_settled:
            self._heart.leave()
        logger.info("worker stopped", extra={"executor": self.executor})

    def _load_crews(self) -> None:
        while not self._draining.is_set():
            try:
                self._catalog.load()
            except StoreUnavailable as error:
                logger.warning("crews are loaded again in a moment: %s", error)
                self._draining.wait(_LOAD_AGAIN)
            except RunnerUnfit as unfit:
                logger.error("no crew can be loaded: %s", unfit)  # noqa: TRY400 - said
                return
            except WorkerStopping:
                return
            except Exception:
                # Crews that are on the shelf still run.
                logger.exception("crews were not loaded")
                return
            else:
                return


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
