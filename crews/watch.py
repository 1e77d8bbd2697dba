"""What a segment does just now: told to people, and held against the limits."""

import time
from dataclasses import dataclass
from typing import Final

from approvals.ports import SegmentDesk
from approvals.requests import CallAddress
from approvals.segments import Work
from crews.errors import LimitReached, SegmentLost
from crews.messages import Progress, Retrying, StepStarted
from crews.runner_process import LOOK, RunnerProcess
from crews.settings import Limits
from crews.wording import as_title, seconds, size

_TELL_AFTER: Final = 1.0
"""Seconds between two words of progress."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunningStep:
    """A step that runs now. `since` is of the monotonic clock."""

    title: str
    since: float


class Watch:
    """The steps that run, the time and memory they take, and what is told of them.

    `step` is the one that was heard of last: where a failure is said to be.
    """

    def __init__(
        self, *, work: Work, runner: RunnerProcess, desk: SegmentDesk, limits: Limits
    ) -> None:
        self.step = ""
        self._work = work
        self._runner = runner
        self._desk = desk
        self._limits = limits
        self._begun = time.monotonic()
        self._looked = self._begun
        self._told = self._begun - _TELL_AFTER
        self._doing: str | None = None
        self._running: dict[CallAddress, RunningStep] = {}

    def started(self, step: StepStarted) -> None:
        """Begin to watch a step."""
        title = step.title or as_title(step.method)
        self._running[step.address] = RunningStep(title=title, since=time.monotonic())
        self.step = step.method
        self._doing = title
        self._tell()

    def ended(self, address: CallAddress) -> str:
        """End it, and give its title."""
        step = self._running.pop(address, None)
        return step.title if step else as_title(address.method)

    def progressed(self, progress: Progress) -> None:
        """Keep what a step does."""
        step = self._running.get(progress.address)
        title = step.title if step else as_title(progress.method)
        self._doing = f"{title}: {progress.text}" if title else progress.text

    def retrying(self, retry: Retrying) -> None:
        """Keep that a model is asked once more."""
        self.step = retry.method or self.step
        tries = f"try {retry.attempt} of {retry.of}"
        self._doing = f"{as_title(self.step)}: {retry.reason}, {tries}"

    def look(self) -> None:
        """Look, four times a second at most, whether to go on.

        Raises:
            LimitReached: it takes too long, or too much memory.
            SegmentLost: it is another's, or cancelled.

        """
        now = time.monotonic()
        if now < self._looked + LOOK:
            return
        self._looked = now
        self._check_limits(now)
        if not self._desk.still_mine(self._work):
            raise SegmentLost
        self._tell()

    def _check_limits(self, now: float) -> None:
        if now > self._begun + self._limits.segment:
            limit = seconds(self._limits.segment)
            raise LimitReached(f"it went on for longer than {limit}")
        for address, step in self._running.items():
            if now > step.since + self._limits.step:
                limit = seconds(self._limits.step)
                raise LimitReached(f"it took longer than {limit}", address.method)
        if (self._runner.memory or 0) > self._limits.memory:
            limit = size(self._limits.memory)
            raise LimitReached(f"the crew's process took more than {limit} of memory")

    def _tell(self) -> None:
        """Tell what is done now, if it is new and the last word was a second ago."""
        if self._doing is None or time.monotonic() < self._told + _TELL_AFTER:
            return
        doing, self._doing = self._doing, None
        self._told = time.monotonic()
        self._desk.tell_progress(self._work, doing)
