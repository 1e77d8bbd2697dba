"""The one layer of retries: how long it waits, what it tells, when it gives up."""

import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import httpx
import openai
import pytest

from countersign.failures import ModelFailed
from countersign.model_errors import model_error_of
from countersign.retries import TRIES, Retries

REQUEST = httpx.Request("POST", "http://127.0.0.1/v1/chat/completions")


def answered(status: int, code: str | None = None, **headers: str) -> Exception:
    """Give what OpenAI's client raises for a status."""
    response = httpx.Response(status, request=REQUEST, headers=headers)
    body = {"code": code} if code else None
    kind = openai.RateLimitError if status == 429 else openai.APIStatusError
    return kind("told to", response=response, body=body)


class Calls:
    """A model that fails as told, and then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.made = 0

    def __call__(self) -> str:
        self.made += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"

    async def later(self) -> str:
        return self()


class Waits:
    """Notes how long somebody would have waited."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)

    async def later(self, seconds: float) -> None:
        self(seconds)


def layer(waits: Waits, told: list[Any], jitter: float = 0.5) -> Retries:
    return Retries(
        report=told.append,
        first_wait=1.0,
        wait=waits,
        await_=waits.later,
        jitter=lambda: jitter,
    )


@pytest.mark.parametrize(
    ("jitter", "expected"), [(0.5, [1.0, 2.0]), (0.0, [0.8, 1.6]), (1.0, [1.2, 2.4])]
)
def test_waits_double_and_vary_by_a_fifth(jitter: float, expected: list[float]) -> None:
    """So that many runs do not come back at the same moment."""
    waits, told = Waits(), []
    calls = Calls(answered(503), answered(429))

    answer = layer(waits, told, jitter).call(calls)

    assert ("answer", TRIES) == (answer, calls.made)
    assert expected == pytest.approx(waits.seconds)
    assert ["the model's endpoint failed (503)", "rate limit"] == [
        message["reason"] for message in told
    ]


async def test_what_is_awaited_is_tried_again_the_same_way() -> None:
    """Three tries, two waits."""
    waits, told = Waits(), []
    calls = Calls(*[answered(429)] * 3)

    with pytest.raises(ModelFailed, match="rate limit, 3 tries"):
        await layer(waits, told).acall(calls.later)

    assert (3, 2) == (calls.made, len(waits.seconds))


def test_a_client_that_calls_a_client_does_not_multiply_the_tries() -> None:
    """crewAI wraps each of them."""
    waits, told = Waits(), []
    retries = layer(waits, told)
    calls = Calls(*[answered(429)] * 9)

    with pytest.raises(ModelFailed):
        retries.call(lambda: retries.call(calls))

    assert 3 == calls.made


def test_what_crewai_can_mend_is_left_to_it() -> None:
    """A prompt that is too long, for example: the same exception, at once."""
    too_long = answered(400, "context_length_exceeded")
    calls = Calls(too_long)

    with pytest.raises(openai.APIStatusError) as raised:
        layer(Waits(), []).call(calls)

    assert too_long is raised.value
    assert 1 == calls.made


def in_a_minute() -> str:
    return formatdate(time.time() + 50, usegmt=True)


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"retry-after": "7"}, 7, 7),
        ({"retry-after-ms": "1500"}, 1.5, 1.5),
        ({"retry-after": "-3"}, 0, 0),
        ({"retry-after": "soon"}, 1, 1),
        ({"retry-after": in_a_minute}, 40, 50),
    ],
)
def test_the_server_s_own_wish_comes_first(
    headers: dict[str, str | Callable[[], str]], least: float, most: float
) -> None:
    """In seconds, thousandths, or as a date."""
    waits = Waits()
    said = {name: it() if callable(it) else it for name, it in headers.items()}

    layer(waits, []).call(Calls(answered(429, **said)))

    assert least <= waits.seconds[0] <= most


@pytest.mark.parametrize(
    ("error", "reason", "again"),
    [
        (answered(500), "the model's endpoint failed (500)", True),
        (answered(408), "the model's endpoint failed (408)", True),
        (answered(404), "the model's endpoint does not know the model (404)", False),
        (answered(402), "the model's account has no credit left (402)", False),
        (
            openai.APIConnectionError(request=REQUEST),
            "the model's endpoint could not be reached",
            True,
        ),
        (
            openai.APITimeoutError(request=REQUEST),
            "the model did not answer in time",
            True,
        ),
        (TimeoutError(), "the model did not answer in time", True),
        (ConnectionResetError(), "the model's endpoint could not be reached", True),
    ],
    ids=["500", "408", "404", "402", "connection", "time-out", "time", "reset"],
)
def test_errors_are_read(error: Exception, reason: str, again: bool) -> None:
    """Also when crewAI has wrapped them in something of its own."""
    wrapped = RuntimeError("OpenAI API call failed")
    wrapped.__cause__ = error

    for candidate in (error, wrapped):
        found = model_error_of(candidate)

        assert found is not None
        assert (reason, again) == (found.reason, found.worth_retrying)


def test_other_errors_are_not_a_model_s() -> None:
    """A bug stays a bug."""
    assert None is model_error_of(ValueError("x"))
    assert None is model_error_of(answered(400))
