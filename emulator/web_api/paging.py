"""Pages of a long list, by cursor."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from emulator.errors import Refusal
from emulator.records import Json
from emulator.web_api.registry import Call

_Item = TypeVar("_Item")

_MOST = 1000


def page(
    call: Call, items: Sequence[_Item], *, default: int
) -> tuple[list[_Item], Json]:
    """The page that a call asks for, and the metadata that leads to the next one.

    Raises:
        Refusal: `invalid_cursor`, `invalid_limit`.
    """
    limit = call.number("limit", default)
    if not 1 <= limit <= _MOST:
        raise Refusal("invalid_limit")
    start = _start(call.text("cursor"))
    if start > len(items):
        raise Refusal("invalid_cursor")
    end = start + limit
    following = _cursor(end) if end < len(items) else ""
    return list(items[start:end]), {"response_metadata": {"next_cursor": following}}


def _cursor(start: int) -> str:
    return base64.b64encode(f"next:{start}".encode()).decode()


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        label, _, number = (
            base64.b64decode(cursor, validate=True).decode().partition(":")
        )
        start = int(number)
    except (binascii.Error, ValueError) as error:
        raise Refusal("invalid_cursor") from error
    if label != "next" or start < 0:
        raise Refusal("invalid_cursor")
    return start
