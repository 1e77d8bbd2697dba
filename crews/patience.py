"""The desk, for a worker that does not give up when the database is away for a while."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

from approvals.errors import Conflict, StoreUnavailable
from approvals.ids import SegmentId
from approvals.ports import SegmentDesk
from approvals.segments import Ending, JournalEntry, Work

logger = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE: Final = 120.0
"""Seconds for which a write is tried again; then the attempt is given up."""

_FIRST_WAIT: Final = 0.1
_LONGEST_WAIT: Final = 5.0


class PatientDesk:
    """A `SegmentDesk` that waits out a database which is busy or away.

    Meanwhile the runner waits too: it goes on only with what is written.
    """

    def __init__(self, desk: SegmentDesk, *, patience: float = PATIENCE) -> None:
        self._desk = desk
        self._patience = patience

    def begin_segment(self, segment: SegmentId, executor: str) -> Work | None:
        return self._patiently(lambda: self._desk.begin_segment(segment, executor))

    def still_mine(self, work: Work) -> bool:
        """Tell whether it is; while nobody can tell, it is taken to be."""
        try:
            return self._desk.still_mine(work)
        except StoreUnavailable as error:
            logger.warning("cannot look at the segment: %s", error)
            return True

    def record_step(self, work: Work, entry: JournalEntry) -> None:
        self._patiently(lambda: self._desk.record_step(work, entry))

    def tell_progress(self, work: Work, doing: str) -> None:
        """Tell it, once: it is not worth waiting for."""
        try:
            self._desk.tell_progress(work, doing)
        except (Conflict, StoreUnavailable) as error:
            logger.info("progress not told: %s", error)

    def end_segment(self, work: Work, ending: Ending) -> None:
        self._patiently(lambda: self._desk.end_segment(work, ending))

    def hand_back(self, segment: SegmentId, executor: str) -> bool:
        return self._patiently(lambda: self._desk.hand_back(segment, executor))

    def _patiently(self, act: Callable[[], T]) -> T:
        deadline = time.monotonic() + self._patience
        wait = _FIRST_WAIT
        while True:
            try:
                return act()
            except (Conflict, StoreUnavailable) as error:
                if time.monotonic() + wait > deadline:
                    raise
                logger.warning("the database is asked again in %g s: %s", wait, error)
            threading.Event().wait(wait)
            wait = min(wait * 2, _LONGEST_WAIT)
