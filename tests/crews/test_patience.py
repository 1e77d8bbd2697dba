"""A database that is away for a while fails no run."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from approvals.errors import Conflict, StaleAttempt, StoreUnavailable
from approvals.segments import Finished, SegmentState
from crews.patience import PatientDesk
from tests.crews.desks import MemoryDesk


@dataclass(kw_only=True)
class AwayDesk(MemoryDesk):
    """A desk whose database is away for the next `away` calls."""

    away: int = 0
    error: Callable[[], Exception] = StoreUnavailable

    def end_segment(self, *args: Any) -> None:
        self._check_away()
        super().end_segment(*args)

    def still_mine(self, *args: Any) -> bool:
        self._check_away()
        return super().still_mine(*args)

    def tell_progress(self, *args: Any) -> None:
        self._check_away()
        super().tell_progress(*args)

    def _check_away(self) -> None:
        if self.away:
            self.away -= 1
            raise self.error()


@pytest.mark.parametrize("error", [StoreUnavailable, Conflict])
def test_a_write_waits_until_the_database_is_back(
    error: Callable[[], Exception],
) -> None:
    """What a run has done is not lost because of a busy moment."""
    desk = AwayDesk(error=error)
    work = desk.begin()
    desk.away = 2

    PatientDesk(desk).end_segment(work, Finished(result="x"))

    assert desk.segment.state is SegmentState.ENDED


def test_patience_ends() -> None:
    """A database that does not come back ends the attempt."""
    desk = AwayDesk()
    work = desk.begin()
    desk.away = 1_000_000

    with pytest.raises(StoreUnavailable):
        PatientDesk(desk, patience=0.3).end_segment(work, Finished(result="x"))


def test_a_stale_attempt_is_told_at_once() -> None:
    """Waiting would not make the segment ours again."""
    desk = AwayDesk()
    work = desk.begin()
    desk.cancel()

    with pytest.raises(StaleAttempt):
        PatientDesk(desk).end_segment(work, Finished(result="x"))


def test_while_nobody_can_tell_the_work_goes_on() -> None:
    """A look that fails kills no runner; progress that cannot be told is let go."""
    desk = AwayDesk()
    work = desk.begin()
    desk.away = 2

    PatientDesk(desk).tell_progress(work, "Write")

    assert PatientDesk(desk).still_mine(work)
    assert desk.told == []
