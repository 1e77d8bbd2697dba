"""The log: plain or JSON, and never a secret in it."""

import io
import json
import logging
from collections.abc import Iterator
from typing import NoReturn

import pytest

from bot.logs import set_up_logging


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:], root.level = before


@pytest.mark.parametrize("as_json", [False, True], ids=["plain", "json"])
@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-17-abcdef",
        "xapp-1-A0-abcdef",
        "xoxe.xoxp-1-Mi0yLT",
        "sk-or-v1-0123456789",
        "postgresql://me:hunter2@db/name",
        "known secret",
    ],
)
def test_secrets_never_reach_the_log(
    stream: io.StringIO, secret: str, *, as_json: bool
) -> None:
    """Whether in the message, its arguments, an extra or a traceback."""
    set_up_logging(
        level="INFO", as_json=as_json, secrets=["known secret"], stream=stream
    )

    try:
        _fail(secret)
    except ValueError:
        logging.getLogger("a").exception("with %s", secret, extra={"token": secret})

    assert 3 == stream.getvalue().count("[hidden]")
    assert secret not in stream.getvalue()
    assert "hunter2" not in stream.getvalue()


def _fail(secret: str) -> NoReturn:
    message = f"cannot use {secret}"
    raise ValueError(message)


def test_json_lines_can_be_read_back(stream: io.StringIO) -> None:
    """Each line is one object with time, level, logger, message and extras."""
    set_up_logging(level="INFO", as_json=True, stream=stream)

    logging.getLogger("bot.router").info("request routed", extra={"run": "K7M2QX"})
    logging.getLogger("bot.router").debug("too fine")

    [line] = stream.getvalue().splitlines()
    entry = json.loads(line)
    assert "at" in entry
    assert {
        "level": "info",
        "logger": "bot.router",
        "message": "request routed",
        "run": "K7M2QX",
    } == {name: value for name, value in entry.items() if name != "at"}


def test_plain_lines_carry_their_extras(stream: io.StringIO) -> None:
    """People read the same facts in brackets at the end."""
    set_up_logging(level="INFO", as_json=False, stream=stream)

    logging.getLogger("bot.router").info("request routed", extra={"run": "K7M2QX"})

    assert stream.getvalue().endswith("bot.router: request routed (run=K7M2QX)\n")
