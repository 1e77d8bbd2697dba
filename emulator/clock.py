"""The workspace's time, which the control surface can advance.

Two timelines: *world* is the time that people and messages live in; *flight* is the
time of exchanges under way between Slack and an app (the 3 seconds of an ack or of a
trigger, a connection's life). Advancing the world by an hour must not make an app
late that is answering right now, so flight only moves when it is asked for.
"""

import asyncio
import heapq
import itertools
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from emulator.errors import Refusal

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd]?)")


@dataclass(order=True, slots=True)
class Timer:
    """A callback that runs when its time has come, unless cancelled."""

    when: float
    number: int
    callback: Callable[[], None] | None = field(compare=False)

    def cancel(self) -> None:
        self.callback = None


class Timeline:
    """A running time that can be advanced; its timers follow it."""

    def __init__(self, source: Callable[[], float]) -> None:
        self._source = source
        self.offset = 0.0
        self._timers: list[Timer] = []
        self._numbers = itertools.count()
        self._wake: asyncio.TimerHandle | None = None

    def now(self) -> float:
        return self._source() + self.offset

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Run the callback `seconds` of this timeline from now."""
        timer = Timer(self.now() + seconds, next(self._numbers), callback)
        heapq.heappush(self._timers, timer)
        self._arm()
        return timer

    def advance(self, seconds: float) -> None:
        """Let time pass at once; timers run in their order, each at its own time."""
        target = self.offset + seconds
        while self._timers and self._timers[0].when <= self._source() + target:
            timer = heapq.heappop(self._timers)
            self.offset = max(self.offset, min(target, timer.when - self._source()))
            if timer.callback is not None:
                timer.callback()
        self.offset = target
        self._arm()

    def _arm(self) -> None:
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        while self._timers and self._timers[0].callback is None:
            heapq.heappop(self._timers)
        if self._timers:
            delay = max(0.0, self._timers[0].when - self.now())
            loop = asyncio.get_running_loop()
            self._wake = loop.call_later(delay, self.advance, 0.0)


class Clock:
    """The two timelines of a workspace."""

    def __init__(self) -> None:
        self.world = Timeline(time.time)
        self.flight = Timeline(time.monotonic)
        self._last_ts = 0

    def now(self) -> float:
        """Seconds since 1970 in the workspace."""
        return self.world.now()

    def next_ts(self) -> str:
        """A message's timestamp: later than every one before it."""
        self._last_ts = max(self._last_ts + 1, int(self.now() * 1_000_000))
        seconds, micros = divmod(self._last_ts, 1_000_000)
        return f"{seconds}.{micros:06d}"


def seconds_of(duration: object) -> float:
    """Read "30m", "1h30m", "45" or 45 as seconds.

    Raises:
        Refusal: it is no duration.
    """
    text = str(duration).strip().lower()
    parts = _DURATION.findall(text)
    if not parts or _DURATION.sub("", text).strip():
        raise Refusal("invalid_duration", f'"{duration}" is no duration like "30m".')
    return sum(float(number) * _UNITS[unit or "s"] for number, unit in parts)
