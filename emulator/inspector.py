"""A record of what went over the wires: Web API calls and envelopes."""

import itertools
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from emulator.hub import Hub
from emulator.records import Json

_KEPT = 5_000
_SECRETS = frozenset({"token", "client_secret"})


@dataclass(kw_only=True, slots=True)
class CallRecord:
    """One Web API call and its answer."""

    n: int
    method: str
    body: Json
    at: float
    status: int | None = None
    response: Json | None = None
    ms: float | None = None
    fault: str | None = None

    def as_json(self) -> Json:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(kw_only=True, slots=True)
class EnvelopeRecord:
    """One envelope and its acknowledgement."""

    n: int
    envelope_id: str
    type: str
    kind: str
    payload: Json
    sent_at: float
    connection: int | None = None
    status: str = "sent"
    acked_ms: float | None = None
    ack_payload: Json | None = None
    redelivery: int = 0
    fault: str | None = None

    def as_json(self) -> Json:
        return {name: getattr(self, name) for name in self.__slots__}


_Record = TypeVar("_Record", CallRecord, EnvelopeRecord)


class Inspector:
    """Keeps the last calls and envelopes, and tells onlookers of new ones."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._numbers = itertools.count(1)
        self._calls: deque[CallRecord] = deque(maxlen=_KEPT)
        self._envelopes: deque[EnvelopeRecord] = deque(maxlen=_KEPT)

    def new_call(self, method: str, body: Json, at: float) -> CallRecord:
        blanked = {k: "…" if k in _SECRETS else v for k, v in body.items()}
        record = CallRecord(n=next(self._numbers), method=method, body=blanked, at=at)
        self._calls.append(record)
        return record

    def call_ended(self, record: CallRecord) -> None:
        self._hub.inspect({"type": "call", "call": record.as_json()})

    def new_envelope(
        self, envelope_id: str, *, envelope_type: str, payload: Json, at: float
    ) -> EnvelopeRecord:
        event = payload.get("event", {})
        record = EnvelopeRecord(
            n=next(self._numbers),
            envelope_id=envelope_id,
            type=envelope_type,
            kind=str(event.get("type") or payload.get("type") or payload["command"]),
            payload=payload,
            sent_at=at,
        )
        self._envelopes.append(record)
        return record

    def envelope_changed(self, record: EnvelopeRecord) -> None:
        self._hub.inspect({"type": "envelope", "envelope": record.as_json()})

    def calls(self, *, method: str | None = None, since: int = 0) -> list[Json]:
        found = _after(self._calls, since)
        return [c.as_json() for c in found if method in {None, c.method}]

    def envelopes(self, *, since: int = 0) -> list[Json]:
        return [envelope.as_json() for envelope in _after(self._envelopes, since)]


def _after(records: Iterable[_Record], since: int) -> list[_Record]:
    return [record for record in records if record.n > since]
