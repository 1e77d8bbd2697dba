"""Whether the model's server answers and accepts the key; no token is spent."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.doctor.report import Finding
from bot.problem_table import problem
from bot.problems import Check, Problem, ProblemCode
from bot.setting_values import LOOPBACK
from bot.settings import Settings

ANSWER_WITHIN: Final = 5
"""Seconds that the model's server has for an answer."""

OPENAI: Final = "https://api.openai.com/v1"

OPENROUTER_KEY: Final = "https://openrouter.ai/api/v1/key"
"""It tells what a key may do; the list of models is open to everybody."""

_REFUSALS: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """Where to knock, with which key, and the variable that holds it."""

    url: str
    key: str
    variable: str


async def look_at_model(settings: Settings) -> Finding:
    """Ask the model's server something that costs nothing."""
    door = door_of(settings)
    if door is None:
        saw = f"{settings.model}: only OpenAI's API and OpenRouter are looked at"
        return Finding(check=Check.MODEL, saw=saw, is_skipped=True)
    if not (settings.model or door.key or settings.openai_base_url):
        missing = problem(ProblemCode.MODEL_MISSING)
        return Finding(check=Check.MODEL, saw="", problems=(missing,))
    found = await _knock(door, _proxy(settings, door.url))
    saw = f"{settings.model or 'as the crews name it'}, at {door.url}"
    return Finding(check=Check.MODEL, saw=saw, problems=found)


def door_of(settings: Settings) -> Door | None:
    """Find the server of the model that is set; None for those we do not know."""
    provider, _, rest = (settings.model or "").partition("/")
    if provider == "openrouter":
        key = settings.openrouter_api_key.get_secret_value()
        return Door(url=OPENROUTER_KEY, key=key, variable="OPENROUTER_API_KEY")
    if rest and provider != "openai" and settings.openai_base_url is None:
        return None
    base = settings.openai_base_url or OPENAI
    key = settings.openai_api_key.get_secret_value()
    return Door(url=f"{base}/models", key=key, variable="OPENAI_API_KEY")


async def _knock(door: Door, proxy: str | None) -> tuple[Problem, ...]:
    headers = {"Authorization": f"Bearer {door.key}"} if door.key else {}
    timeout = ClientTimeout(total=ANSWER_WITHIN)
    try:
        async with (
            ClientSession(timeout=timeout) as session,
            session.get(door.url, headers=headers, proxy=proxy) as answer,
        ):
            return _meaning(door, answer.status)
    except (ClientError, OSError) as error:
        reason = str(error) or f"no answer in {ANSWER_WITHIN} s"
        return (_unreachable(door, reason),)


def _meaning(door: Door, status: int) -> tuple[Problem, ...]:
    if status in _REFUSALS:
        where = f" in {door.variable}, at {door.url}"
        return (problem(ProblemCode.MODEL_KEY_REFUSED, where=where),)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return (problem(ProblemCode.MODEL_RATE_LIMITED, where=f" at {door.url}"),)
    if status != HTTPStatus.OK:
        return (_unreachable(door, f"it answers HTTP {status}"),)
    return ()


def _unreachable(door: Door, reason: str) -> Problem:
    where = f" at {door.url}: {reason}"
    return problem(ProblemCode.MODEL_UNREACHABLE, where=where)


def _proxy(settings: Settings, url: str) -> str | None:
    """Choose the proxy that runners would take; NO_PROXY is kept by host names."""
    parts = urlsplit(url)
    direct = settings.runner_env.get("NO_PROXY", "").split(",")
    if parts.hostname in LOOPBACK or parts.hostname in direct:
        return None
    name = f"{parts.scheme}_proxy"
    return settings.runner_env.get(name) or settings.runner_env.get(name.upper())
