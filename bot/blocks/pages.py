"""Long text in pieces that can be shown one at a time."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from bot.wording.text import clean, length

PAGE: Final = 9_000
"""Characters of a page of the whole text: at worst 108 kB of a view's 250 kB."""

PREVIEW: Final = 3_000
"""Characters of the text that a card shows."""

_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
_LONGEST_JSON: Final = 200_000


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of a text, and how many characters of it are not shown."""

    shown: str
    hidden: int


def readable(text: str) -> str:
    """Clean a crew's text and give it as Markdown; JSON becomes a box of code."""
    if (laid_out := _laid_out(text)) is not None:
        return f"```json\n{clean(laid_out)}\n```"
    return clean(text)


def preview(text: str, limit: int = PREVIEW) -> Preview:
    """Give the first piece of a text."""
    source = readable(text)
    first = split(source, limit)[0]
    return Preview(first, max(0, length(source) - length(first)))


def split(source: str, size: int) -> list[str]:
    """Cut Markdown into pages of at most about `size` characters; at least one.

    Pages end where a paragraph ends if there is one in their second half, else
    where a line ends, else within a line. A box of code goes on in the next page.
    """
    pages: list[str] = []
    page = _Page(size)
    for line in source.split("\n"):
        for number, piece in enumerate(_pieces(line, size // 8)):
            if not page.has_room_for(piece):
                text, page = page.turned()
                pages.append(text)
            page.add(piece, continues=number > 0)
    pages.append(page.text())
    return pages


class _Page:
    """The lines of a page in the making, and the box of code that is open at its end."""

    def __init__(self, size: int, lines: list[str] | None = None) -> None:
        self._size = size
        self._lines: list[str] = []
        self._length = 0
        self._fence = ""
        self._opening = ""
        self._paragraph_end = 0
        for line in lines or []:
            self.add(line)

    def has_room_for(self, line: str) -> bool:
        return not self._lines or self._length + length(line) + 1 <= self._size

    def add(self, line: str, *, continues: bool = False) -> None:
        """Add a line, or the next piece of the last one."""
        self._length += length(line) + 1
        if continues and self._lines:
            self._lines[-1] += line
            return
        self._lines.append(line)
        self._track_fence(line)
        if not line.strip() and not self._fence and self._length > self._size // 2:
            self._paragraph_end = len(self._lines)

    def turned(self) -> tuple[str, "_Page"]:
        """Give this page's text and the next page, begun with what must follow."""
        if self._paragraph_end:
            rest = self._lines[self._paragraph_end :]
            del self._lines[self._paragraph_end :]
            return self._joined(), _Page(self._size, rest)
        following = _Page(self._size, [self._opening] if self._fence else [])
        return self.text(), following

    def text(self) -> str:
        closing = f"\n{self._fence}" if self._fence else ""
        return self._joined() + closing

    def _joined(self) -> str:
        return "\n".join(self._lines).strip("\n")

    def _track_fence(self, line: str) -> None:
        found = _FENCE.match(line)
        if found is None:
            return
        if not self._fence:
            self._fence, self._opening = found[1], line[:100]
        elif found[1].startswith(self._fence) and not line[found.end() :].strip():
            self._fence = self._opening = ""


def _pieces(line: str, size: int) -> Iterator[str]:
    """Cut a long line after words, or within one that has no end."""
    start = 0
    while len(line) - start > size:
        end = line.rfind(" ", start, start + size) + 1 or start + size
        yield line[start:end]
        start = end
    yield line[start:]


def _laid_out(text: str) -> str | None:
    """Give a JSON object or list on many lines; None where it is not one.

    A name that stands twice in an object would be shown once: such text stays as it is.
    """
    stripped = text.strip()
    if stripped[:1] not in {"{", "["} or len(stripped) > _LONGEST_JSON:
        return None
    try:
        value = json.loads(
            stripped, object_pairs_hook=_without_twins, parse_float=_exact
        )
        return json.dumps(value, indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return None


def _exact(text: str) -> float:
    """Read a number that will be written as it was meant; refuse any other."""
    number = float(text)
    if not math.isfinite(number) or Decimal(text) != Decimal(repr(number)):
        message = "not exact"
        raise ValueError(message)
    return number


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        message = "a name stands twice"
        raise ValueError(message)
    return made
