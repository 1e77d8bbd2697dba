"""What a crew prints, taken line by line and told to the worker with its step."""

import io
import threading
from typing import Final

from countersign.calls import running_call
from countersign.wire import Report

MAX_LINE: Final = 4_000
"""Characters of a line that are kept."""

MAX_LINES: Final = 1_000
"""Lines of a stream that are told in one segment."""


class PrintCatcher(io.TextIOBase):
    """Stands for `sys.stdout` or `sys.stderr`.

    A line belongs to the step that ended it. What is not ended by a line break comes
    when it is longer than a line may be.
    """

    def __init__(self, stream: str, report: Report) -> None:
        self._stream = stream
        self._report = report
        self._begun = ""
        self._left = MAX_LINES
        self._lock = threading.Lock()

    encoding = "utf-8"

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def write(self, text: str) -> int:
        with self._lock:
            *lines, self._begun = (self._begun + text).split("\n")
            if len(self._begun) > MAX_LINE:
                lines.append(self._begun)
                self._begun = ""
        for line in lines:
            self._tell(line)
        return len(text)

    def end_segment(self) -> None:
        """Tell what has not been ended by a line break, and count lines anew."""
        with self._lock:
            line, self._begun = self._begun, ""
        if line:
            self._tell(line)
        with self._lock:
            self._left = MAX_LINES

    def _tell(self, line: str) -> None:
        with self._lock:
            self._left -= 1
            if self._left < 0:
                return
            if self._left == 0:
                line = f"(more than {MAX_LINES} lines: what follows is not kept)"
        running = running_call.get()
        address = running.address if running else None
        self._report(
            {
                "type": "print",
                "stream": self._stream,
                "path": address.path if address else None,
                "method": address.method if address else None,
                "text": line[:MAX_LINE],
            }
        )
