"""What happens, told live to whoever watches: pages and test clients."""

import asyncio
import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from emulator.records import Json

_BACKLOG = 10_000


@dataclass(eq=False, slots=True)
class Watcher:
    """One open stream: a person's, or an onlooker's who sees nobody's messages."""

    person: str | None
    inspects: bool
    queue: asyncio.Queue[bytes | None] = field(
        default_factory=lambda: asyncio.Queue(_BACKLOG)
    )

    def offer(self, line: bytes) -> None:
        if self.queue.full():  # nobody reads: end the stream, it can reconnect
            self.end()
        else:
            self.queue.put_nowait(line)

    def end(self) -> None:
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


class Hub:
    """Passes events on to watchers; keeps nothing."""

    def __init__(self) -> None:
        self._watchers: set[Watcher] = set()

    @contextmanager
    def watching(self, person: str | None, *, inspects: bool) -> Iterator[Watcher]:
        """Join as a watcher for the length of a `with` block."""
        watcher = Watcher(person, inspects)
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)

    def tell(self, event: Json, people: Collection[str]) -> None:
        """An event that only these people see."""
        self._send(event, [w for w in self._watchers if w.person in people])

    def tell_all(self, event: Json) -> None:
        """An event for every watcher."""
        self._send(event, self._watchers)

    def inspect(self, event: Json) -> None:
        """An event for those who look inside."""
        self._send(event, [w for w in self._watchers if w.inspects])

    def close(self) -> None:
        """End every stream."""
        for watcher in self._watchers:
            watcher.end()

    @staticmethod
    def _send(event: Json, watchers: Collection[Watcher]) -> None:
        if watchers:
            line = json.dumps(event, ensure_ascii=False).encode()
            for watcher in watchers:
                watcher.offer(line)
