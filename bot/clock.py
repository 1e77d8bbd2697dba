"""The wall clock; nothing else of ours reads it."""

from datetime import UTC, datetime


class SystemClock:
    """Tells this machine's time, aware and in UTC."""

    def now(self) -> datetime:
        """Give the time now."""
        return datetime.now(UTC)
