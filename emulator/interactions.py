"""What people do to the app: commands, clicks, submissions; and what comes of it.

Slack sends an interaction once. Answered in time, the answer takes effect; answered
late, badly or not at all, the person sees why nothing happened.
"""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from emulator.background import Background
from emulator.errors import Refusal
from emulator.hub import Hub
from emulator.inspector import EnvelopeRecord
from emulator.records import Json, Person
from emulator.socket_mode import SocketMode

TIMED_OUT = "Operation timed out. Apps need to respond within three seconds."
UNREACHED = "This app is not connected, so nothing happened."

_KEPT = 5_000

OnAck = Callable[[Json], None]


@dataclass(kw_only=True, slots=True)
class Interaction:
    """One act of a person and what became of it."""

    id: int
    kind: str
    person: str
    channel: str | None = None
    ts: str | None = None
    view_id: str | None = None
    action_id: str | None = None
    status: str = "sent"
    ms: float | None = None
    note: str | None = None
    response: Json | None = None
    envelopes: list[str] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def as_json(self) -> Json:
        return {
            "id": self.id,
            "kind": self.kind,
            "as": self.person,
            "status": self.status,
            "ms": self.ms,
            "note": self.note,
            "channel": self.channel,
            "ts": self.ts,
            "view_id": self.view_id,
            "action_id": self.action_id,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Errand:
    """What to send, and what to do when it was answered or was not."""

    envelope_type: str
    payload: Json
    #: Takes the answer's payload; refuses one that Slack would not accept.
    on_ack: OnAck
    #: Takes the envelope's status, `timed_out`, `undelivered` or `refused: code`,
    #: and returns the sentence that the person sees.
    on_failure: Callable[[str], str]


def nothing(ack: Json) -> None:
    """What most acks call for."""
    del ack


class Interactions:
    """Every interaction so far, and the sending of new ones."""

    def __init__(self, sockets: SocketMode, hub: Hub, background: Background) -> None:
        self._sockets = sockets
        self._hub = hub
        self._background = background
        self._numbers = itertools.count(1)
        self._all: dict[int, Interaction] = {}

    def find(self, number: int) -> Interaction:
        """An interaction by its number.

        Raises:
            Refusal: `no_such_interaction`.
        """
        if number not in self._all:
            raise Refusal("no_such_interaction", f"There is no interaction {number}.")
        return self._all[number]

    def all(self) -> list[Interaction]:
        """Every interaction so far, oldest first."""
        return list(self._all.values())

    def start(
        self,
        errand: Errand,
        kind: str,
        person: Person,
        *,
        channel: str | None = None,
        ts: str | None = None,
        view_id: str | None = None,
        action_id: str | None = None,
    ) -> Interaction:
        """Send an interaction to the app; its outcome follows."""
        interaction = Interaction(
            id=next(self._numbers),
            kind=kind,
            person=person.id,
            channel=channel,
            ts=ts,
            view_id=view_id,
            action_id=action_id,
        )
        self._all[interaction.id] = interaction
        self._all.pop(interaction.id - _KEPT, None)
        self._tell(interaction)
        self._background.start(self._run(interaction, errand))
        return interaction

    async def _run(self, interaction: Interaction, errand: Errand) -> None:
        record = await self._sockets.deliver(
            errand.envelope_type, errand.payload, accepts_response=True
        )
        interaction.envelopes.append(record.envelope_id)
        interaction.ms = record.acked_ms
        interaction.response = record.ack_payload
        self._conclude(interaction, errand, record)
        interaction.ended.set()
        self._tell(interaction)

    @staticmethod
    def _conclude(
        interaction: Interaction, errand: Errand, record: EnvelopeRecord
    ) -> None:
        if record.status != "acked":
            timed_out = record.status == "timed_out"
            interaction.status = "timed_out" if timed_out else "failed"
            interaction.note = errand.on_failure(record.status)
            return
        try:
            errand.on_ack(record.ack_payload or {})
        except Refusal as refusal:
            interaction.status = "failed"
            interaction.note = errand.on_failure(f"refused: {refusal.code}")
        else:
            interaction.status = "acked"

    def _tell(self, interaction: Interaction) -> None:
        event = {"type": "interaction", **interaction.as_json()}
        self._hub.tell(event, {interaction.person})
