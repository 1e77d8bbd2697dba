"""The pipe to the worker: JSON lines that no print of a crew can get into."""

import json
import os
import threading
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

Report = Callable[[Mapping[str, Any]], None]
"""Tells the worker something. May be called from any thread."""


class Wire:
    """The process's original stdin and stdout, taken away from everybody else."""

    def __init__(self, *, reading: int, writing: int) -> None:
        self._reading = reading
        self._writing = writing
        self._lock = threading.Lock()

    @classmethod
    def take_stdio(cls) -> "Wire":
        """Keep stdin and stdout for the protocol alone.

        Descriptor 0 then reads nothing, and descriptor 1 goes where stderr goes, so
        that not even a program started by a crew can write into the protocol.
        """
        reading, writing = os.dup(0), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        return cls(reading=reading, writing=writing)

    def send(self, message: Mapping[str, Any]) -> None:
        """Write one message; without a worker to read it, the process ends."""
        line = json.dumps(message, separators=(",", ":")).encode("ascii") + b"\n"
        left = memoryview(line)
        try:
            with self._lock:
                while left:
                    left = left[os.write(self._writing, left) :]
        except OSError:
            leave(1)

    def listen(
        self, *, heard: Callable[[bytes], None], ended: Callable[[], None]
    ) -> None:
        """Hear lines on a thread of its own, so that a busy crew cannot delay them."""

        def read() -> None:
            with os.fdopen(self._reading, "rb") as lines:
                for line in lines:
                    heard(line)
            ended()

        threading.Thread(target=read, name="countersign-wire", daemon=True).start()


def leave(code: int) -> NoReturn:
    """End the process now: threads that hang in a model call must not hold it."""
    os._exit(code)
