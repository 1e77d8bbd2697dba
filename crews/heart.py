"""A worker's heartbeat, and its look after the hearts that stopped.

A worker that died cannot hand back what it took. Each living one looks for such
estates; exactly one may take each of them over. One that was only slow loses its
segments all the same: the desk refuses its writes, and its runners are killed.
"""

import logging
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from approvals.errors import Conflict, StoreUnavailable
from approvals.ids import SegmentId
from approvals.ports import Clock, SegmentDesk, Workers

logger = logging.getLogger(__name__)

_SURE_AFTER: Final = 1.5
"""Beats that a heart gets, by our own watch, once it looks dead: time may have jumped."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenSegment:
    """A segment that a worker took from the queue and has not settled."""

    workflow: str
    segment: SegmentId


class Estates(Protocol):
    """Who took what from the queue; see `Dispatch`."""

    def taken_by(self, executor: str) -> list[TakenSegment]: ...
    def forget(self, taken: TakenSegment) -> None: ...


class Heart:
    """Beats in a thread of its own, every `beat` seconds.

    A worker is lost when its heart has not beaten for `lost_after` seconds.
    """

    def __init__(
        self,
        *,
        executor: str,
        workers: Workers,
        desk: SegmentDesk,
        estates: Estates,
        clock: Clock,
        beat: float,
        lost_after: float,
    ) -> None:
        self._executor = executor
        self._workers = workers
        self._desk = desk
        self._estates = estates
        self._clock = clock
        self._every = beat
        self._lost_after = timedelta(seconds=lost_after)
        self._suspected: dict[str, float] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)

    def beat(self) -> None:
        """Beat once: before anything is taken, so that it cannot be lost unnoticed."""
        self._workers.beat(self._executor, self._clock.now())

    def start(self) -> None:
        """Go on beating, and look after the others."""
        self._thread.start()

    def stop(self) -> None:
        """Stop beating; `leave` is for a worker that has settled everything."""
        self._stopped.set()
        self._thread.join()

    def leave(self) -> None:
        """Say that nothing is left to be taken over."""
        self._workers.leave(self._executor)

    def look_after_others(self) -> int:
        """Hand back what dead workers took, and tell how many segments that were."""
        lost = set(self._workers.lost(self._clock.now() - self._lost_after))
        now = time.monotonic()
        self._suspected = {
            executor: self._suspected.get(executor, now)
            for executor in lost - {self._executor}
        }
        return sum(
            self._take_over(executor)
            for executor, since in self._suspected.items()
            if now >= since + _SURE_AFTER * self._every
        )

    def _run(self) -> None:
        while not self._stopped.wait(self._every):
            try:
                self.beat()
                self.look_after_others()
            except (Conflict, StoreUnavailable) as error:
                logger.warning("no heartbeat: %s", error)
            except Exception:
                # Whatever it is, a heart goes on.
                logger.exception("heartbeat failed")

    def _take_over(self, executor: str) -> int:
        if not self._workers.claim_lost(executor):
            return 0
        handed_back = 0
        for taken in self._estates.taken_by(executor):
            handed_back += self._desk.hand_back(taken.segment, executor)
            self._estates.forget(taken)
        self._workers.leave(executor)
        logger.warning(
            "worker %s is lost; %d segments are on the queue again",
            executor,
            handed_back,
        )
        return handed_back
