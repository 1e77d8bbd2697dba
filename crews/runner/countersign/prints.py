"""What a crew prints, taken line by line and told to the worker with its step."""

import io
import threading
from typing import Any, Final

from countersign.calls import running_call
from countersign.wire import Report

MAX_LINE: Final = 4_000
"""Characters of a line that are kept."""

MAX_LINES: Final = 1_000
"""Lines of a stream that are told in one segment."""


class Lines(io.RawIOBase):
    """The bottom of a text stream: tells each line as it is ended.

    A line belongs to the step that ended it. What is not ended by a line break comes
    when it is longer than a line may be, or when the segment ends. `descriptor` is what
    programs that a crew starts inherit instead.
    """

    def __init__(self, stream: str, descriptor: int, report: Report) -> None:
        self._stream = stream
        self._descriptor = descriptor
        self._report = report
        self._begun = b""
        self._left = MAX_LINES
        self._lock = threading.Lock()

    def as_text(self) -> io.TextIOWrapper:
        """Give the stream that stands for `sys.stdout` or `sys.stderr`."""
        return io.TextIOWrapper(
            self,  # type: ignore[arg-type]  # it works unbuffered: each write is seen
            encoding="utf-8",
            errors="backslashreplace",
            write_through=True,
        )

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return False

    def write(self, octets: Any, /) -> int:
        written = bytes(octets)
        with self._lock:
            *lines, self._begun = (self._begun + written).split(b"\n")
            if len(self._begun) > MAX_LINE:
                lines.append(self._begun)
                self._begun = b""
        for line in lines:
            self._tell(line)
        return len(written)

    def end_segment(self) -> None:
        """Tell what has not been ended by a line break, and count lines anew."""
        with self._lock:
            line, self._begun = self._begun, b""
        if line:
            self._tell(line)
        with self._lock:
            self._left = MAX_LINES

    def _tell(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace")[:MAX_LINE]
        with self._lock:
            self._left -= 1
            if self._left < 0:
                return
            if self._left == 0:
                text = f"(more than {MAX_LINES} lines: what follows is not kept)"
        running = running_call.get()
        address = running.address if running else None
        self._report(
            {
                "type": "print",
                "stream": self._stream,
                "path": address.path if address else None,
                "method": address.method if address else None,
                "text": text,
            }
        )
