"""Trouble on request: what goes wrong, where, and how often."""

import itertools
from dataclasses import dataclass
from enum import StrEnum

from emulator.errors import Refusal
from emulator.records import Json

SOCKET = "socket"
RESPONSE_URL = "response_url"


class FaultKind(StrEnum):
    """What goes wrong."""

    ERROR = "error"  #: The method answers with an error, nothing is done
    LATENCY = "latency"  #: The call or the envelope waits first
    RATE_LIMIT = "rate_limit"  #: 429 with Retry-After, nothing is done
    HTTP_500 = "http_500"  #: A server error, nothing is done
    DROP = "drop"  #: Nothing is done and the connection breaks
    DID_IT_THEN_DROPPED = "did_it_then_dropped"  #: Done, and the connection breaks
    DROP_SOCKET = "drop_socket"  #: The connection breaks after the envelope
    DUPLICATE = "duplicate"  #: The envelope arrives twice
    LOSE_ACK = "lose_ack"  #: The acknowledgement never arrives
    LOSE_ENVELOPE = "lose_envelope"  #: The envelope never arrives


_OF_SOCKET = frozenset(
    {
        FaultKind.LATENCY,
        FaultKind.DROP_SOCKET,
        FaultKind.DUPLICATE,
        FaultKind.LOSE_ACK,
        FaultKind.LOSE_ENVELOPE,
    }
)
_OF_CALLS = frozenset(FaultKind) - _OF_SOCKET | {FaultKind.LATENCY}


@dataclass(kw_only=True, slots=True)
class Fault:
    """One arranged trouble; `times` counts down, None lasts until removed."""

    id: int
    target: str
    kind: FaultKind
    times: int | None = 1
    after: int = 0
    channel: str | None = None
    type: str | None = None
    error: str = "internal_error"
    ms: int = 1000
    retry_after: int = 30
    status: int = 500

    def as_json(self) -> Json:
        return {name: getattr(self, name) for name in self.__slots__}


class Faults:
    """The troubles arranged at present."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._faults: list[Fault] = []

    def add(self, wanted: Json) -> Fault:
        """Arrange trouble.

        Raises:
            Refusal: `invalid_fault`; the message says what is wrong with it.
        """
        known = set(Fault.__slots__) - {"id"}
        unknown = set(wanted) - known
        if unknown:
            sentence = f"A fault has no {', '.join(sorted(unknown))}."
            raise Refusal("invalid_fault", sentence)
        try:
            kind = FaultKind(wanted["kind"])
            target = str(wanted["target"])
        except (KeyError, ValueError) as error:
            kinds = ", ".join(FaultKind)
            sentence = f"A fault needs a target and a kind out of: {kinds}."
            raise Refusal("invalid_fault", sentence) from error
        if kind not in (_OF_SOCKET if target == SOCKET else _OF_CALLS):
            raise Refusal("invalid_fault", f"{kind} does not happen to {target}.")
        fault = Fault(
            **{**wanted, "id": next(self._numbers), "kind": kind, "target": target}
        )
        self._faults.append(fault)
        return fault

    def remove(self, number: int | None) -> None:
        """Remove one, or all of them."""
        self._faults = [f for f in self._faults if number not in {None, f.id}]

    def arranged(self) -> list[Json]:
        return [fault.as_json() for fault in self._faults]

    def take_for_call(self, target: str, channel: str | None) -> Fault | None:
        """The fault that strikes this call, used up by it."""
        for fault in self._faults:
            right_place = fault.channel in {None, channel}
            if fault.target in {target, "*"} and right_place and self._strikes(fault):
                return fault
        return None

    def take_for_envelope(self, envelope_type: str) -> Fault | None:
        """The fault that strikes this envelope, used up by it."""
        for fault in self._faults:
            right_type = fault.type in {None, envelope_type}
            if fault.target == SOCKET and right_type and self._strikes(fault):
                return fault
        return None

    def _strikes(self, fault: Fault) -> bool:
        if fault.after > 0:
            fault.after -= 1
            return False
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self._faults.remove(fault)
        return True
