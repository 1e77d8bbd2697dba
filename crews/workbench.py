"""A segment from the queue to its end: taken, done on a lent runner, settled."""

import logging
import threading
from typing import Final

from approvals.errors import StaleAttempt
from approvals.ids import SegmentId
from approvals.ports import Clock, SegmentDesk
from approvals.segments import Ending, Failed, Work
from crews.catalog import Catalog
from crews.environment import PRACTICE_MODEL, Lane
from crews.errors import BundleProblem, RunnerProblem, SegmentLost, WorkerStopping
from crews.pool import RunnerPool
from crews.segment import SegmentRun
from crews.settings import Limits

logger = logging.getLogger(__name__)

_NOT_YET: Final = 5.0
"""Seconds between a fault of ours, or of the database, and the next attempt."""


class Workbench:
    """Does segments, each in the thread that brings it.

    `size` are done at once. Telling it to `drain` lets no further one begin; telling
    it to `stop` ends those that run, and hands them back.
    """

    def __init__(
        self,
        *,
        executor: str,
        size: int,
        desk: SegmentDesk,
        catalog: Catalog,
        pool: RunnerPool,
        clock: Clock,
        limits: Limits,
    ) -> None:
        self._executor = executor
        self._desk = desk
        self._catalog = catalog
        self._pool = pool
        self._clock = clock
        self._limits = limits
        self._places = threading.Semaphore(size)
        self._draining = threading.Event()
        self._stopped = threading.Event()
        self._counting = threading.Lock()
        self._unsettled = 0

    @property
    def is_settled(self) -> bool:
        """Tell whether every segment that was brought is ended or handed back."""
        with self._counting:
            return self._unsettled == 0

    def drain(self) -> None:
        """Begin no further segment."""
        self._draining.set()

    def stop(self) -> None:
        """End what runs."""
        self._draining.set()
        self._stopped.set()

    def work_on(self, segment: SegmentId) -> None:
        """Do a segment, and return when it is settled.

        Raises:
            WorkerStopping: it could not be handed back before the end.

        """
        with self._counting:
            self._unsettled += 1
        if not self._is_settled_by_doing(segment):
            self._hand_back(segment)
        with self._counting:
            self._unsettled -= 1

    def _is_settled_by_doing(self, segment: SegmentId) -> bool:
        try:
            with self._places:
                self._do(segment)
        except (SegmentLost, StaleAttempt) as lost:
            logger.info("segment dropped: %s", lost, extra={"segment": segment})
        except WorkerStopping:
            return False
        except Exception:
            # Ours or the database's. Another attempt may do better, but not at once:
            # a fault that stays would go round and round.
            logger.exception("segment broke off", extra={"segment": segment})
            self._stopped.wait(_NOT_YET)
            return False
        return True

    def _do(self, segment: SegmentId) -> None:
        if self._draining.is_set():
            raise WorkerStopping
        work = self._desk.begin_segment(segment, self._executor)
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
            bundle = self._catalog.fetch(work.crew_version)
            with self._pool.lend(bundle.binding, lane) as loan:
                segment = SegmentRun(
                    work=work,
                    runner=loan.runner,
                    bundle=bundle,
                    desk=self._desk,
                    clock=self._clock,
                    limits=self._limits,
                    model=PRACTICE_MODEL if work.practice else None,
                    stopping=self._check_stopped,
                )
                ending = segment.run()
                loan.reusable = segment.reusable
                return ending
        except (RunnerProblem, BundleProblem) as problem:
            return Failed(step="", reason=str(problem))

    def _check_stopped(self) -> None:
        if self._stopped.is_set():
            raise WorkerStopping

    def _hand_back(self, segment: SegmentId) -> None:
        while True:
            try:
                self._desk.hand_back(segment, self._executor)
            except Exception as error:
                # As long as it is not handed back, it counts as this worker's.
                logger.exception("segment not handed back", extra={"segment": segment})
                if self._stopped.wait(_NOT_YET):
                    raise WorkerStopping from error
            else:
                return
