"""Why a model did not answer, in a few words, and whether to try again."""

import email.utils
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final


class ModelCause(StrEnum):
    """What somebody has to look at; a model that is not known is the crew's to mend."""

    UNREACHABLE = "model_unreachable"  #: No answer, or its server is broken
    KEY_REFUSED = "model_key_refused"  #: The key is wrong, or may not do this
    RATE_LIMITED = "model_rate_limited"  #: Too many calls, or no credit


RATE_LIMIT: Final = 429
_BRIEF_REFUSALS: Final = frozenset({408, 409, 425})
_SERVER_ERRORS: Final = 500
_WHY_NOT: Final[Mapping[int, tuple[str, ModelCause | None]]] = {
    401: ("the model's endpoint refused the key (401)", ModelCause.KEY_REFUSED),
    402: ("the model's account has no credit left (402)", ModelCause.RATE_LIMITED),
    403: ("the model's endpoint refused access (403)", ModelCause.KEY_REFUSED),
    404: ("the model's endpoint does not know the model (404)", None),
}
_NO_CREDIT: Final = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
_CONNECTION: Final = frozenset({"APIConnectionError", "ConnectError", "ReadError"})
_TIMEOUT: Final = frozenset({"APITimeoutError", "ConnectTimeout", "ReadTimeout"})


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelError:
    """What a model's client raised. `wait` is what the server asks for, in seconds."""

    reason: str
    cause: ModelCause | None
    worth_retrying: bool
    wait: float | None = None


def model_error_of(error: BaseException) -> ModelError | None:
    """Read an exception; None for one that crewAI should see as it is."""
    chain = list(chain_of(error))
    for link in chain:
        status = _status(link)
        if status is not None:
            return _by_status(link, status)
    for link in chain:
        found = _by_type(link)
        if found is not None:
            return found
    return None


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """List an exception and what led to it, each once."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _by_status(error: BaseException, status: int) -> ModelError | None:
    if status == RATE_LIMIT:
        if getattr(error, "code", None) in _NO_CREDIT:
            reason = "the model's account has no credit left (429)"
            return ModelError(
                reason=reason, cause=ModelCause.RATE_LIMITED, worth_retrying=False
            )
        return ModelError(
            reason="rate limit",
            cause=ModelCause.RATE_LIMITED,
            worth_retrying=True,
            wait=_retry_after(error),
        )
    if status >= _SERVER_ERRORS or status in _BRIEF_REFUSALS:
        return ModelError(
            reason=f"the model's endpoint failed ({status})",
            cause=ModelCause.UNREACHABLE,
            worth_retrying=True,
            wait=_retry_after(error),
        )
    if status in _WHY_NOT:
        reason, cause = _WHY_NOT[status]
        return ModelError(reason=reason, cause=cause, worth_retrying=False)
    return None  # 400 and the like: too long a prompt, for example, is crewAI's to mend


def _by_type(error: BaseException) -> ModelError | None:
    name = type(error).__name__
    if name in _TIMEOUT or isinstance(error, TimeoutError):
        return _no_answer("the model did not answer in time")
    if name in _CONNECTION or isinstance(error, ConnectionError):
        return _no_answer("the model's endpoint could not be reached")
    return None


def _no_answer(reason: str) -> ModelError:
    return ModelError(reason=reason, cause=ModelCause.UNREACHABLE, worth_retrying=True)


def _status(error: BaseException) -> int | None:
    for holder in (error, getattr(error, "response", None)):
        status = getattr(holder, "status_code", None)
        if isinstance(status, int):
            return status
    return None


def _retry_after(error: BaseException) -> float | None:
    headers: Any = getattr(getattr(error, "response", None), "headers", None)
    if headers is None:
        return None
    in_thousandths = _number(headers.get("retry-after-ms"))
    if in_thousandths is not None:
        return in_thousandths / 1000
    said = headers.get("retry-after")
    seconds = _number(said)
    return seconds if seconds is not None else _until(said)


def _number(text: str | None) -> float | None:
    try:
        return max(0.0, float(text)) if text is not None else None
    except ValueError:
        return None


def _until(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
