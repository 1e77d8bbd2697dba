"""What a runner says is parsed at the edge, and garbage is named."""

import json
from typing import Any

import pytest

from approvals.requests import CallAddress, FactType
from crews.errors import RunnerGarbled
from crews.messages import Asked, Ended, Step, read_message


def line(**message: Any) -> bytes:
    return json.dumps(message).encode()


def test_a_step_keeps_what_is_the_runners_own() -> None:
    """The entry comes back on replay exactly as it was said, unknown fields too."""
    entry = {
        "path": "",
        "method": "write_draft",
        "call": 2,
        "result": {"$": "model", "v": [1, 2.5, None, "ü"]},
        "state": {"topic": "tea"},
        "something_new": True,
    }

    message = read_message(line(type="step", seq=7, entry=entry))

    assert isinstance(message, Step)
    assert message.entry.address == CallAddress(path="", method="write_draft", call=2)
    assert json.loads(message.entry.text()) == entry


def test_unknown_fields_are_passed_over() -> None:
    """A newer runner may say more than this worker knows."""
    message = read_message(line(type="ended", outcome="finished", mood="good"))

    assert isinstance(message, Ended)


def test_an_ask_is_read_whole() -> None:
    """Facts, labels and consequence arrive typed."""
    ask = {
        "path": "",
        "method": "review",
        "call": 1,
        "checkpoint": "review",
        "visit": 1,
        "revision": 2,
        "output": {"amount": "12.50"},
        "output_text": "12.50",
        "facts": [{"name": "amount", "label": "Amount", "type": "money", "value": "1"}],
        "verdicts": {"approve": "ok", "reject": None, "choices": ["later"]},
        "emit": ["ok", "later"],
    }

    message = read_message(line(type="ask", ask=ask))

    assert isinstance(message, Asked)
    assert message.ask.facts[0].type is FactType.MONEY
    assert message.ask.verdicts.choices == ("later",)


def test_what_a_database_refuses_is_replaced() -> None:
    """NUL and half a character reach no text that people see."""
    message = read_message(
        b'{"type":"ended","outcome":"finished","result_text":"a\\u0000b\\ud83d"}'
    )

    assert isinstance(message, Ended)
    assert message.result_text == "a\ufffdb\ufffd"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"Traceback (most recent call last):\n", "not JSON"),
        (b"\xff\xfe\n", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"{}\n", "type"),
        (b'"step"\n', "dict"),
        (b'{"type":"coffee"}\n', "coffee"),
        (b'{"type":"step","seq":"x"}\n', "step.seq"),
    ],
)
def test_garbage_is_a_named_failure(said: bytes, why: str) -> None:
    """What is not the protocol is refused, with the place and the line."""
    with pytest.raises(RunnerGarbled, match=why) as caught:
        read_message(said)

    assert caught.value.detail == said[:500].decode("utf-8", "replace")
