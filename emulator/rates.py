"""Rate limits: how often an app may call what."""

from emulator.clock import Clock
from emulator.limits import (
    BURST_OF_METHOD,
    CHANNEL_BURST,
    CHANNEL_POSTS_PER_SECOND,
    TIER_OF_METHOD,
    WINDOW_SECONDS,
)


class _Bucket:
    """Allows `burst` at once, and one more every `interval` seconds."""

    def __init__(self, burst: float, interval: float) -> None:
        self._burst = burst
        self._interval = interval
        self._tokens = burst
        self._seen = 0.0

    def wait(self, now: float) -> float:
        """0 and one token less, or the seconds until the next token."""
        refill = (now - self._seen) / self._interval
        self._tokens = min(self._burst, self._tokens + refill)
        self._seen = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) * self._interval


class Rates:
    """What has been called lately, per method and per channel."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}

    def seconds_to_wait(self, method: str, channel: str | None) -> int:
        """0 where a call may go on, else Slack's `Retry-After`."""
        if method == "chat.postMessage" and channel:
            interval = 1 / CHANNEL_POSTS_PER_SECOND
            return self._wait(f"{method} {channel}", CHANNEL_BURST, interval)
        per_minute = TIER_OF_METHOD.get(method)
        if per_minute is None:
            return 0
        burst = BURST_OF_METHOD.get(method, per_minute)
        return self._wait(method, burst, WINDOW_SECONDS / per_minute)

    def _wait(self, key: str, burst: float, interval: float) -> int:
        bucket = self._buckets.setdefault(key, _Bucket(burst, interval))
        seconds = bucket.wait(self._clock.now())
        return 0 if seconds == 0 else int(seconds) + 1
