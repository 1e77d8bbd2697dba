"""The names of things: ids, and how new ones are made."""

import secrets
from datetime import datetime
from typing import Final, NewType
from uuid import UUID

TeamId = NewType("TeamId", str)
"""A Slack workspace, `T…`."""

UserId = NewType("UserId", str)
"""A person within a workspace, `U…` or `W…`."""

ChannelId = NewType("ChannelId", str)
"""A Slack conversation, `C…`, `G…` or `D…`."""

RunId = NewType("RunId", str)
RequestId = NewType("RequestId", str)
SegmentId = NewType("SegmentId", str)
DecisionId = NewType("DecisionId", str)

RunCode = NewType("RunCode", str)
"""Six Crockford characters: the only id that people type."""

CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U (crockford.com/base32.html)."""

CODE_LENGTH: Final = 6

_MISREAD: Final = str.maketrans("ILO", "110")


def new_id(now: datetime) -> str:
    """Make a UUIDv7 (RFC 9562, section 5.7): ids sort by the time they were made.

    The standard library has one from Python 3.14 on, but it reads the wall clock.
    """
    milliseconds = int(now.timestamp() * 1000)
    number = (milliseconds << 80) | secrets.randbits(80)
    number = (number & ~(0xF << 76)) | (0x7 << 76)
    number = (number & ~(0x3 << 62)) | (0x2 << 62)
    return str(UUID(int=number))


def new_code() -> RunCode:
    """Make a run code; the store refuses one that its team already uses."""
    return RunCode("".join(secrets.choice(CROCKFORD) for _ in range(CODE_LENGTH)))


def read_code(text: str) -> RunCode | None:
    """Read a code as people type it: any case, `O` for `0`, `I` or `L` for `1`."""
    code = text.strip().strip("`#").upper().translate(_MISREAD)
    if len(code) == CODE_LENGTH and all(letter in CROCKFORD for letter in code):
        return RunCode(code)
    return None
