"""The two timelines: the world's, and that of exchanges in flight."""

import asyncio
from functools import partial

import pytest

from emulator.clock import Clock, seconds_of
from emulator.errors import Refusal


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30m", 1800), ("1h30m", 5400), ("90", 90), (2.5, 2.5), ("2 d", 172_800)],
)
def test_durations(text: str | float, seconds: float) -> None:
    """A duration is a number of seconds, or numbers with units."""
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "5 weeks", "m", "-5m", None])
def test_what_is_no_duration(text: str | None) -> None:
    """Anything else is refused."""
    with pytest.raises(Refusal, match="no duration"):
        seconds_of(text)


async def test_timers_run_in_their_order_at_their_time() -> None:
    """Advancing past several timers runs each when its own time has come."""
    clock = Clock()
    start = clock.now()
    rang: list[tuple[str, int]] = []

    def ring(name: str) -> None:
        rang.append((name, round(clock.now() - start)))

    clock.world.call_later(50, partial(ring, "late"))
    clock.world.call_later(10, partial(ring, "early"))
    clock.world.call_later(20, lambda: rang.append(("cancelled", 0))).cancel()

    clock.world.advance(100)

    assert rang == [("early", 10), ("late", 50)]
    assert round(clock.now() - start) == 100


async def test_a_timer_set_by_a_timer() -> None:
    """What a timer sets runs too, if it is due by then."""
    clock = Clock()
    rang: list[str] = []

    def first() -> None:
        clock.world.call_later(10, lambda: rang.append("second"))

    clock.world.call_later(10, first)

    clock.world.advance(20)

    assert rang == ["second"]


async def test_timers_run_by_themselves() -> None:
    """Without being advanced, time passes as it does."""
    clock = Clock()
    rang = asyncio.Event()

    clock.flight.call_later(0.01, rang.set)

    await asyncio.wait_for(rang.wait(), 5)


async def test_timestamps_are_unique_and_grow() -> None:
    """No two messages share a timestamp."""
    clock = Clock()

    stamps = [clock.next_ts() for _ in range(1000)]

    assert sorted(set(stamps)) == stamps
