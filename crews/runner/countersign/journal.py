"""What has been done and decided: read at replay, written as each call ends."""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from countersign.calls import Address
from countersign.messages import Answer, Entry
from countersign.wire import Report


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """An answer and its place in the run's order.

    `rank` is set when it reached the flow before: it goes right before the entry that
    was written next.
    """

    answer: Answer
    rank: tuple[int, ...] | None


class Journal:
    """The finished calls of a run, in order, and the decisions between them."""

    def __init__(
        self, entries: Sequence[Entry], answers: Sequence[Answer], *, report: Report
    ) -> None:
        self._report = report
        self._lock = threading.RLock()
        self._entries = {
            entry.address: (seq, entry) for seq, entry in enumerate(entries, start=1)
        }
        self._seq = len(entries)
        self._applied: list[Answer] = []
        self._acks: dict[
            int, tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]
        ] = {}
        self._decided = _decided(entries, answers)
        self._fresh = [a.address for a in sorted(answers, key=lambda a: a.at or "")]

    def entry(self, address: Address) -> tuple[int, Entry] | None:
        """Find a finished call and its number."""
        return self._entries.get(address)

    def decided(self, address: Address) -> Decided | None:
        """Find the decision about a call's output."""
        return self._decided.get(address)

    def turn_of(self, address: Address) -> int:
        """Give the place of a new decision among the new ones."""
        known = address in self._fresh
        return self._fresh.index(address) if known else len(self._fresh)

    def apply(self, answer: Answer) -> None:
        """Note that a decision has reached the flow; the next entry will say so."""
        with self._lock:
            self._applied.append(answer)

    async def write(
        self,
        address: Address,
        *,
        result: Any,
        state: Any,
        began_with: str | None,
    ) -> int:
        """Hand a finished call to the worker and wait until it is kept."""
        loop = asyncio.get_running_loop()
        kept: asyncio.Future[None] = loop.create_future()
        with self._lock:
            self._seq += 1
            seq = self._seq
            self._acks[seq] = (loop, kept)
            applied, self._applied = self._applied, []
            entry = {
                "path": address.path,
                "method": address.method,
                "call": address.call,
                "result": result,
                "state": state,
                "applied": [_plain(answer) for answer in applied],
                **({"began_with": began_with} if began_with else {}),
            }
            # Told under the lock: what the worker hears is in the order of `seq`.
            self._report({"type": "step", "seq": seq, "entry": entry})
        await kept
        return seq

    def written(self, seq: int) -> None:
        """Hear that the worker has kept an entry. May come from any thread."""
        with self._lock:
            ack = self._acks.pop(seq, None)
        if ack is not None:
            loop, kept = ack
            loop.call_soon_threadsafe(_done, kept)


def _decided(
    entries: Sequence[Entry], answers: Sequence[Answer]
) -> Mapping[Address, Decided]:
    found = {answer.address: Decided(answer=answer, rank=None) for answer in answers}
    for seq, entry in enumerate(entries, start=1):
        for place, answer in enumerate(entry.applied):
            found[answer.address] = Decided(answer=answer, rank=(seq, 0, place))
    return found


def _plain(answer: Answer) -> dict[str, Any]:
    return answer.model_dump(mode="json", exclude_defaults=True)


def _done(kept: asyncio.Future[None]) -> None:
    if not kept.done():
        kept.set_result(None)
