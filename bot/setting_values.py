"""How the text of a variable becomes a value, or a reason why it cannot."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})

_LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")

_YES_OR_NO: Final = {"true": True, "yes": True, "1": True} | {
    "false": False,
    "no": False,
    "0": False,
}

_SERVERS: Final = {
    "postgres": "postgresql+psycopg",  # as hosting services hand it out
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


class BadValue(ValueError):
    """Why a value cannot be; it reads on from the variable's name."""


def token(prefix: str) -> Callable[[str], str]:
    """Make a reader of Slack tokens of one kind."""

    def read(text: str) -> str:
        if not text.startswith(prefix):
            raise BadValue(f"does not begin with `{prefix}`")
        return text

    return read


def web_address(text: str) -> str:
    """Read an http(s) address and give it without a slash at the end."""
    try:
        parts = urlsplit(text)
        is_good = parts.scheme in {"http", "https"} and bool(parts.hostname)
        _ = parts.port  # raises when it is no number
    except ValueError:
        is_good = False
    if not is_good:
        raise BadValue(f"is not an http or https address: {text}")
    return text.rstrip("/")


def database_url(folder: Path) -> Callable[[str], str]:
    """Make a reader of database URLs; SQLite's relative paths start at `folder`."""

    def read(text: str) -> str:
        scheme, separator, rest = text.partition("://")
        if separator and scheme in _SERVERS:
            return f"{_SERVERS[scheme]}://{rest}"
        if scheme != "sqlite" or rest in {"", "/", "/:memory:"} or rest[0] != "/":
            raise BadValue("is neither sqlite:///FILE nor postgresql://…")
        return f"sqlite:///{folder / rest.removeprefix('/')}"

    return read


def slash_command(text: str) -> str:
    """Read a slash command as Slack allows them (at most 32 characters)."""
    if not re.fullmatch(r"/[a-z0-9_-]{1,31}", text):
        raise BadValue(f"is not a slash command like /crew: {text}")
    return text


def variable_names(refused: frozenset[str]) -> Callable[[str], tuple[str, ...]]:
    """Make a reader of variable names with commas between; some may not be named."""

    def read(text: str) -> tuple[str, ...]:
        names = tuple(filter(None, re.split(r"[,\s]+", text)))
        for name in names:
            if not re.fullmatch(r"[A-Za-z_]\w*", name):
                raise BadValue(f"has something that is no variable's name: {name}")
            if name in refused:
                raise BadValue(f"names {name}, which no crew may ever see")
        return names

    return read


def count(text: str) -> int:
    """Read a number of processes, from 1 to 64."""
    highest = 64
    if not text.isdecimal() or not 1 <= int(text) <= highest:
        raise BadValue(f"is not a number from 1 to {highest}: {text}")
    return int(text)


def log_level(text: str) -> str:
    """Read a level in any case; give it as `logging` writes it."""
    if text.upper() not in _LOG_LEVELS:
        raise BadValue(f"is not a log level: {text}")
    return text.upper()


def yes_or_no(text: str) -> bool:
    """Read true or false, and what people write for them."""
    answer = _YES_OR_NO.get(text.lower())
    if answer is None:
        raise BadValue(f"is neither true nor false: {text}")
    return answer
