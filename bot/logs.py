"""What the log looks like: plain lines or JSON, and never a secret in it."""

import json
import logging
import re
import sys
from collections.abc import Iterable
from typing import Final, TextIO

BLANK: Final = "[hidden]"

_TALKATIVE: Final = {
    "alembic": logging.WARNING,  # a line for each look at the schema
    "apscheduler": logging.WARNING,  # two lines for each sweep
    # Warns at every start that it will not use a token which nobody gave it.
    "slack_bolt": logging.ERROR,
    "slack_sdk": logging.WARNING,
}
"""Libraries that say at INFO what only their authors need."""

_SHAPES: Final = (
    r"xox[a-z](?:\.xox[a-z])?-[\w-]{4,}",  # Slack's tokens
    r"xapp-[\w-]{4,}",
    r"\bsk-[\w-]{8,}",  # keys of OpenAI, OpenRouter and those who copy them
    r"(?<=://)[^/@\s:\"]*:[^/@\s\"]+(?=@)",  # user:password in a URL
    r"(?i:(?<=bearer ))[\w.~+/=-]{8,}",
)

_PLAIN_KEYS: Final = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
    "color_message",
}
"""What every record has; all else was given as `extra`."""


class Redactor:
    """Blanks secrets in finished text: known ones, and whatever looks like one."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted((re.escape(secret) for secret in secrets if secret), key=len)
        self._pattern = re.compile("|".join([*reversed(known), *_SHAPES]))

    def __call__(self, text: str) -> str:
        """Give the text without its secrets."""
        return self._pattern.sub(BLANK, text)


class PlainFormatter(logging.Formatter):
    """One line for people: time, level, logger, message and its extras."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """Write the record, its traceback included, and blank what is secret."""
        extras = " ".join(f"{name}={value}" for name, value in _extras(record).items())
        text = super().format(record)
        if extras:
            first, *rest = text.split("\n", 1)
            text = "\n".join([f"{first} ({extras})", *rest])
        return self._redact(text)


class JsonFormatter(logging.Formatter):
    """One JSON object per line for machines."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """Write the record, its traceback included, and blank what is secret."""
        entry = _extras(record) | {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return self._redact(json.dumps(entry, ensure_ascii=False, default=str))


def set_up_logging(
    *,
    level: str,
    as_json: bool,
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send everything that is logged to one place; call it once per process.

    Args:
        level: the lowest level that is written, as `logging` names it.
        as_json: one JSON object per line instead of plain lines.
        secrets: values that must never appear, besides those that look secret.
        stream: where to write; standard error by default.

    """
    redact = Redactor(secrets)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter(redact) if as_json else PlainFormatter(redact))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, least in _TALKATIVE.items():
        logging.getLogger(name).setLevel(max(least, root.level))


def _extras(record: logging.LogRecord) -> dict[str, object]:
    return {
        name: value for name, value in vars(record).items() if name not in _PLAIN_KEYS
    }
