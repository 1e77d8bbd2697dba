"""Column types that keep what they are given, on SQLite and PostgreSQL alike."""

import json
import re
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_NEEDS_ESCAPE: Final = re.compile("[\\\\\x00\ud800-\udfff]")
_ESCAPED: Final = re.compile(r"\\(?:\\|u([0-9a-f]{4}))")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, aware in Python.

    SQLite has no time zones and drops the offset of what it is given, so a naive value
    would be compared hours wrong later on; it is refused.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Store as UTC.

        Raises:
            ValueError: the value is naive.

        """
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"{value.isoformat()} is naive: a stored time needs a time zone"
            raise ValueError(message)
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Give it back aware."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return value.replace(tzinfo=UTC)
        return value.astimezone(UTC)


class AnyText(TypeDecorator[str]):
    r"""Any Python string, unchanged, and readable in the table.

    PostgreSQL stores no NUL and UTF-8 has no lone surrogates, but models and people
    write both. They become `\uXXXX`, and a backslash is doubled.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Escape what databases cannot hold."""
        del dialect
        return None if value is None else _NEEDS_ESCAPE.sub(_escape, value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Give it back as it was."""
        del dialect
        return None if value is None else _ESCAPED.sub(_unescape, value)


class JsonText(TypeDecorator[Any]):
    """A JSON value as text: key order and numbers come back as they went in.

    `jsonb` would sort keys and refuse NUL. Python's None is SQL's NULL.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write the JSON.

        Raises:
            TypeError: the value is none that JSON can say.

        """
        del dialect
        if value is None:
            return None
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return _SURROGATE.sub(_escape, text)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read the JSON."""
        del dialect
        return None if value is None else json.loads(value)


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    return "\\\\" if character == "\\" else f"\\u{ord(character):04x}"


def _unescape(found: re.Match[str]) -> str:
    code = found[1]
    return "\\" if code is None else chr(int(code, 16))
