"""One runner: a child process with crewAI, and the pipes to it.

Two threads read what it says and what it writes to stderr; whoever holds the runner
sends and receives. It is the leader of its own process group, so that what a crew
started dies with it. When the worker is killed, its pipes close, and the runner ends
by itself.
"""

import logging
import os
import queue
import select
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final

from crews import orders
from crews.bundles import UnpackedBundle
from crews.errors import (
    RunnerDied,
    RunnerGarbled,
    RunnerProblem,
    RunnerStuck,
    RunnerUnfit,
)
from crews.messages import (
    PROTOCOL,
    Described,
    FailedThere,
    Message,
    Printed,
    Problem,
    Ready,
    Unfit,
    read_message,
)
from crews.orders import Order, encode
from crews.settings import Limits

logger = logging.getLogger(__name__)

LOOK: Final = 0.25
"""Seconds between two looks at whether to go on at all."""

_LINES_AHEAD: Final = 256
"""So many unread lines, and the runner waits: a flood fills no memory."""

_LAST_WORDS: Final = 40
"""Lines of stderr that are kept for the reason of a death."""

_GOODBYE: Final = 1.0
"""Seconds for a closed pipe's process to end, and for the readers to see it."""

_LOGGED_LINE: Final = 2000
_LOGGED_LINES: Final = 1000
"""Of each runner's stderr, so much goes to the log: a line's length, and how many."""


def _nothing() -> None:
    """Do nothing meanwhile."""


class RunnerProcess:
    """A running child. Not for several threads at once, but for `kill`.

    `bound_to` is the binding of the first crew it has loaded: it serves no other.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        home: TemporaryDirectory[str],
        limits: Limits,
    ) -> None:
        self.bound_to: str | None = None
        self.uses = 0
        self.ready: Ready | None = None
        self._described: dict[str, Described] = {}
        self._limits = limits
        self._home = home
        self._lines: queue.Queue[bytes | None] = queue.Queue(_LINES_AHEAD)
        self._last_words: deque[str] = deque(maxlen=_LAST_WORDS)
        self._ending = threading.Lock()
        self._ended = threading.Event()
        self._child = subprocess.Popen(  # noqa: S603 - the command is a setting
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=home.name,
            env=dict(environment),
            start_new_session=True,
        )
        self._stdin = _opened(self._child.stdin)
        os.set_blocking(self._stdin.fileno(), False)
        self._room = select.poll()
        self._room.register(self._stdin, select.POLLOUT)
        self._readers = (
            self._read_with(self._read_lines, _opened(self._child.stdout)),
            self._read_with(self._read_stderr, _opened(self._child.stderr)),
        )

    @property
    def pid(self) -> int:
        """The child's process id, which is its group's too."""
        return self._child.pid

    @property
    def is_alive(self) -> bool:
        """Tell whether the child still runs."""
        return not self._ended.is_set() and self._child.poll() is None

    @property
    def memory(self) -> int | None:
        """The child's resident bytes; None where the system does not tell."""
        try:
            pages = Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1]
        except (OSError, IndexError):
            return None
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def await_ready(self, meanwhile: Callable[[], None] = _nothing) -> Ready:
        """Wait until crewAI is loaded; at once when it is.

        Raises:
            RunnerProblem: it is unfit, died, is stuck or speaks another protocol.

        """
        if self.ready is None:
            self.ready = self._first_words(meanwhile)
        return self.ready

    def describe(
        self, bundle: UnpackedBundle, meanwhile: Callable[[], None] = _nothing
    ) -> Described:
        """Load a crew, once for each version.

        Raises:
            RunnerProblem: it cannot say what the crew is.

        """
        if bundle.hash not in self._described:
            self.await_ready(meanwhile)
            self.bound_to = bundle.binding
            self.send(orders.describe(bundle))
            self._described[bundle.hash] = self._description(meanwhile)
        return self._described[bundle.hash]

    def send(self, order: Order) -> None:
        """Give an order.

        Raises:
            RunnerProblem: it has ended, or does not read it within the limit.

        """
        rest = memoryview(encode(order))
        deadline = time.monotonic() + self._limits.write
        while rest:
            left = deadline - time.monotonic()
            if left <= 0 or not self._room.poll(left * 1000):
                raise RunnerStuck("take an order", self._limits.write)
            try:
                rest = rest[os.write(self._stdin.fileno(), rest) :]
            except BlockingIOError:
                continue
            except (OSError, ValueError) as error:
                raise self._death() from error

    def receive(self, timeout: float) -> Message | None:
        """Give the next message, or None when there is none within `timeout` seconds.

        Raises:
            RunnerProblem: it has ended, or said something else than the protocol.

        """
        try:
            line = self._lines.get(timeout=timeout)
        except queue.Empty:
            return None
        if line is None:
            self._lines.put(None)  # it stays dead for whoever asks next
            raise self._death()
        if len(line) > self._limits.line:
            raise RunnerGarbled("a line is too long", line)
        return read_message(line)

    def hear(
        self, seconds: float, meanwhile: Callable[[], None] = _nothing
    ) -> Iterator[Message]:
        """Give what it says for so long; `meanwhile` is called four times a second.

        Raises:
            RunnerProblem: it has ended, or said something else than the protocol.

        """
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            message = self.receive(min(left, LOOK))
            meanwhile()
            if message is not None:
                yield message

    def drain(self) -> bool:
        """Pass over late prints; False when it said anything else, or is dead.

        What one segment left behind must not be taken for the next one's.
        """
        if self.ready is None:
            return self.is_alive
        with suppress(RunnerProblem):
            while isinstance(message := self.receive(0.0), Printed):
                logger.debug("crew printed after its segment")
            return message is None and self.is_alive
        return False

    def kill(self) -> None:
        """End the child and all that it started, at once. Again does nothing."""
        with self._ending:
            if self._ended.is_set():
                return
            self._ended.set()
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            self._child.wait()
            self._stop_reading()
            with suppress(OSError):
                self._stdin.close()
            self._home.cleanup()

    def _first_words(self, meanwhile: Callable[[], None]) -> Ready:
        for message in self.hear(self._limits.ready, meanwhile):
            match message:
                case Printed():
                    continue
                case Unfit():
                    raise RunnerUnfit(message.code, message.message)
                case Ready(protocol=spoken) if spoken == PROTOCOL:
                    return message
                case Ready():
                    why = f"it speaks version {message.protocol}, not {PROTOCOL}"
                    raise RunnerGarbled(why)
                case _:
                    raise RunnerGarbled(f"“{message.type}” came before “ready”")
        raise RunnerStuck("load crewAI", self._limits.ready)

    def _description(self, meanwhile: Callable[[], None]) -> Described:
        for message in self.hear(self._limits.describe, meanwhile):
            match message:
                case Described():
                    return message
                case FailedThere():
                    problem = Problem(
                        file=message.file or ".",
                        line=message.line,
                        message=message.message,
                    )
                    return Described(type="described", errors=(problem,))
                case Printed():
                    continue
                case _:
                    raise RunnerGarbled(f"“{message.type}” in answer to “describe”")
        raise RunnerStuck("load the crew", self._limits.describe)

    def _death(self) -> RunnerProblem:
        """Say how it ended; it is killed if only its pipe has ended."""
        try:
            returncode = self._child.wait(timeout=_GOODBYE)
        except subprocess.TimeoutExpired:
            self.kill()
            return RunnerGarbled("it closed its pipe")
        self._readers[1].join(timeout=_GOODBYE)
        return RunnerDied(returncode, "\n".join(self._last_words))

    def _stop_reading(self) -> None:
        """Let the readers end, unless something that escaped holds their pipes."""
        deadline = time.monotonic() + _GOODBYE
        for reader in self._readers:
            while reader.is_alive() and time.monotonic() < deadline:
                with suppress(queue.Empty):  # a reader may wait for room
                    while True:
                        self._lines.get_nowait()
                reader.join(timeout=0.01)
        with suppress(queue.Full):
            self._lines.put_nowait(None)

    def _read_with(
        self, read: Callable[[IO[bytes]], None], pipe: IO[bytes]
    ) -> threading.Thread:
        thread = threading.Thread(
            target=read, args=(pipe,), name=f"runner-{self.pid}", daemon=True
        )
        thread.start()
        return thread

    def _read_lines(self, pipe: IO[bytes]) -> None:
        with pipe:
            # One byte more than allowed tells a line that is too long.
            while line := pipe.readline(self._limits.line + 1):
                self._lines.put(line)
        self._lines.put(None)

    def _read_stderr(self, pipe: IO[bytes]) -> None:
        with pipe:
            for number, line in enumerate(
                iter(lambda: pipe.readline(_LOGGED_LINE), b"")
            ):
                text = line.decode("utf-8", "replace").rstrip()
                self._last_words.append(text)
                if number < _LOGGED_LINES:
                    logger.info("runner %d: %s", self.pid, text)
                elif number == _LOGGED_LINES:
                    logger.warning("runner %d writes too much to stderr", self.pid)


def _opened(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:  # pragma: no cover - all three are asked for
        raise ValueError
    return pipe
