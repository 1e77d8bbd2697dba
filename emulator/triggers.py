"""Permissions of short life: trigger_ids and response_urls."""

import secrets
from dataclasses import dataclass
from typing import Any

from emulator.clock import Clock
from emulator.errors import Refusal
from emulator.limits import RESPONSE_URL_SECONDS, RESPONSE_URL_USES, TRIGGER_SECONDS

_KEPT = 10_000


@dataclass(kw_only=True, slots=True)
class Trigger:
    """What lets the app open a modal for somebody, once and soon."""

    person: str
    here: str | None
    from_view: str | None
    expires: float
    exchanged: bool = False


class Triggers:
    """The trigger_ids handed out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}

    def new(
        self, person: str, *, here: str | None, from_view: str | None = None
    ) -> str:
        number = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}"
        trigger_id = f"{number}.{secrets.token_hex(16)}"
        _forget_oldest(self._triggers)
        self._triggers[trigger_id] = Trigger(
            person=person,
            here=here,
            from_view=from_view,
            expires=self._clock.flight.now() + TRIGGER_SECONDS,
        )
        return trigger_id

    def look_up(self, trigger_id: object) -> Trigger:
        """A trigger that may still be exchanged.

        Raises:
            Refusal: `invalid_trigger_id`, `exchanged_trigger_id`, `expired_trigger_id`.
        """
        trigger = self._triggers.get(str(trigger_id))
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.exchanged:
            raise Refusal("exchanged_trigger_id")
        if trigger.expires < self._clock.flight.now():
            raise Refusal("expired_trigger_id")
        return trigger


@dataclass(kw_only=True, slots=True)
class ResponseUrl:
    """What lets the app answer an interaction where it took place."""

    person: str
    channel: str
    ts: str | None
    thread_ts: str | None
    expires: float
    uses: int = 0


class ResponseUrls:
    """The response_urls handed out."""

    def __init__(self, clock: Clock, base_url: str) -> None:
        self._clock = clock
        self._base_url = base_url
        self._urls: dict[str, ResponseUrl] = {}

    def new(
        self,
        person: str,
        channel: str,
        *,
        ts: str | None = None,
        thread_ts: str | None = None,
    ) -> str:
        key = secrets.token_urlsafe(18)
        _forget_oldest(self._urls)
        self._urls[key] = ResponseUrl(
            person=person,
            channel=channel,
            ts=ts,
            thread_ts=thread_ts,
            expires=self._clock.now() + RESPONSE_URL_SECONDS,
        )
        return f"{self._base_url}respond/{key}"

    def use(self, key: str) -> ResponseUrl:
        """Use a response_url once.

        Raises:
            Refusal: `expired_url`, `used_url`, `invalid_url`.
        """
        found = self._urls.get(key)
        if found is None:
            raise Refusal("invalid_url")
        if found.expires < self._clock.now():
            raise Refusal("expired_url")
        if found.uses >= RESPONSE_URL_USES:
            raise Refusal("used_url")
        found.uses += 1
        return found


def _forget_oldest(permissions: dict[str, Any]) -> None:
    if len(permissions) >= _KEPT:
        del permissions[next(iter(permissions))]
