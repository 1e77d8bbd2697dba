"""Socket Mode: an app's connections, the envelopes on them and their acks.

An envelope goes to one connection, chosen in turn. Whether it was answered is known
when its ack comes or when 3 seconds have passed; the caller decides what that means,
since Slack redelivers events but never clicks or commands.
"""

import asyncio
import itertools
import json
import secrets
import uuid
from dataclasses import dataclass

from aiohttp import WSMessage, WSMsgType, web

from emulator.background import Background
from emulator.clock import Clock, Timer
from emulator.connection import DEBUG_INFO, Connection, disconnect
from emulator.errors import Refusal
from emulator.faults import Fault, FaultKind, Faults
from emulator.hub import Hub
from emulator.inspector import EnvelopeRecord, Inspector
from emulator.limits import (
    ACK_SECONDS,
    CONNECTION_SECONDS,
    DEBUG_CONNECTION_SECONDS,
    MOST_CONNECTIONS,
    TICKET_SECONDS,
    WARNING_SECONDS,
)
from emulator.records import Json

_RETIRED_SECONDS = 10.0


@dataclass(kw_only=True, slots=True)
class _Pending:
    record: EnvelopeRecord
    sent: float
    settled: asyncio.Future[Json | None]
    deaf: bool


class SocketMode:
    """Every connection of the app, and the envelopes that await an ack."""

    def __init__(
        self,
        *,
        app_id: str,
        clock: Clock,
        faults: Faults,
        inspector: Inspector,
        hub: Hub,
        background: Background,
    ) -> None:
        self._app_id = app_id
        self._background = background
        self._clock = clock
        self._faults = faults
        self._inspector = inspector
        self._hub = hub
        self._tickets: dict[str, float] = {}
        self._numbers = itertools.count(1)
        self._turn = 0
        self.connections: list[Connection] = []
        self._pending: dict[str, _Pending] = {}

    def new_ticket(self) -> str:
        """What one connection may be opened with, once and soon."""
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = self._clock.flight.now() + TICKET_SECONDS
        return ticket

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Open a connection and read its acks until it ends."""
        expires = self._tickets.pop(request.query.get("ticket", ""), 0.0)
        if expires < self._clock.flight.now():
            raise web.HTTPForbidden(text="This ticket is unknown, used or expired.")
        socket = web.WebSocketResponse(autoping=False, heartbeat=None)
        await socket.prepare(request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await socket.send_json(disconnect("too_many_websockets"))
            await socket.close()
            return socket
        transport = request.transport
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # aiohttp serves TCP
        connection = Connection(
            n=next(self._numbers),
            socket=socket,
            transport=transport,
            opened_at=self._clock.now(),
        )
        self.connections.append(connection)
        life = (
            DEBUG_CONNECTION_SECONDS
            if request.query.get("debug_reconnects") == "true"
            else CONNECTION_SECONDS
        )
        timers = self._plan_end(connection, life)
        self._tell_presence()
        try:
            await socket.send_json(self._hello(life))
            await self._read(connection)
        finally:
            for timer in timers:
                timer.cancel()
            self.connections.remove(connection)
            self._tell_presence()
        return socket

    async def deliver(
        self,
        envelope_type: str,
        payload: Json,
        *,
        accepts_response: bool,
        retry: tuple[int, str] | None = None,
    ) -> EnvelopeRecord:
        """Send an envelope and wait for its ack or its deadline.

        Returns:
            The record; its status is `acked`, `timed_out` or `undelivered`.
        """
        record = self._inspector.new_envelope(
            str(uuid.uuid4()),
            envelope_type=envelope_type,
            payload=payload,
            at=self._clock.now(),
        )
        envelope = {
            "envelope_id": record.envelope_id,
            "payload": payload,
            "type": envelope_type,
            "accepts_response_payload": accepts_response,
        }
        if envelope_type == "events_api":
            record.redelivery, reason = retry or (0, "")
            envelope |= {"retry_attempt": record.redelivery, "retry_reason": reason}
        fault = self._faults.take_for_envelope(envelope_type)
        record.fault = fault.kind if fault else None
        if not self._open():
            record.status = "undelivered"
        else:
            await self._exchange(record, envelope, fault)
        self._inspector.envelope_changed(record)
        return record

    async def arrange(self, what: str, number: int | None) -> None:
        """Do to connections what Slack or the network does to them.

        Raises:
            Refusal: there is no such thing or no such connection.
        """
        chosen = [c for c in self.connections if number in {None, c.n}]
        if number is not None and not chosen:
            raise Refusal("no_connection", f"There is no connection {number}.")
        acts = {
            "warning": Connection.warn,
            "refresh": self._refresh,
            "drop": Connection.drop,
            "close": Connection.say_goodbye,
            "pause": Connection.pause,
            "resume": Connection.resume,
        }
        if what not in acts:
            sentence = f'No connection can "{what}"; it can: {", ".join(acts)}.'
            raise Refusal("invalid_socket", sentence)
        for connection in chosen:
            await acts[what](connection)

    async def close(self) -> None:
        """End every connection, without the courtesy of waiting for the app."""
        for connection in list(self.connections):
            connection.transport.abort()

    def _open(self) -> list[Connection]:
        return [c for c in self.connections if not c.retired and not c.socket.closed]

    def _next_connection(self) -> Connection | None:
        usable = self._open()
        if not usable:
            return None
        self._turn += 1
        return usable[self._turn % len(usable)]

    async def _exchange(
        self, record: EnvelopeRecord, envelope: Json, fault: Fault | None
    ) -> None:
        if fault is not None and fault.kind is FaultKind.LATENCY:
            await asyncio.sleep(fault.ms / 1000)
        pending = _Pending(
            record=record,
            sent=self._clock.flight.now(),
            settled=asyncio.get_running_loop().create_future(),
            deaf=fault is not None and fault.kind is FaultKind.LOSE_ACK,
        )
        self._pending[record.envelope_id] = pending
        deadline = self._clock.flight.call_later(
            ACK_SECONDS, lambda: self._settle(pending, None, status="timed_out")
        )
        try:
            text = json.dumps(envelope)
            self._background.start(self._transmit(record, text, fault))
            await pending.settled
        finally:
            deadline.cancel()
            del self._pending[record.envelope_id]

    async def _transmit(
        self, record: EnvelopeRecord, text: str, fault: Fault | None
    ) -> None:
        kind = fault.kind if fault else None
        for _ in range(2 if kind is FaultKind.DUPLICATE else 1):
            connection = self._next_connection()
            if connection is None or kind is FaultKind.LOSE_ENVELOPE:
                return
            record.connection = record.connection or connection.n
            connection.envelopes += 1
            self._inspector.envelope_changed(record)
            await connection.flowing.wait()
            try:
                await connection.socket.send_str(text)
            except ConnectionError:
                continue  # it died under us: lost, as on a real network
            if kind is FaultKind.DROP_SOCKET:
                connection.transport.abort()

    def _settle(self, pending: _Pending, ack: Json | None, *, status: str) -> None:
        if not pending.settled.done():
            pending.record.status = status
            pending.record.ack_payload = ack
            if status == "acked":
                spent = self._clock.flight.now() - pending.sent
                pending.record.acked_ms = round(spent * 1000, 1)
            pending.settled.set_result(ack)

    async def _read(self, connection: Connection) -> None:
        async for message in connection.socket:
            await connection.flowing.wait()
            if message.type is WSMsgType.PING:
                await connection.socket.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                self._on_text(message)

    def _on_text(self, message: WSMessage) -> None:
        try:
            frame = json.loads(message.data)
            pending = self._pending.get(frame["envelope_id"])
        except (ValueError, KeyError, TypeError):
            return  # Slack ignores what is no acknowledgement
        if pending is not None and not pending.deaf:
            self._settle(pending, frame.get("payload") or None, status="acked")

    def _plan_end(self, connection: Connection, life: float) -> list[Timer]:
        flight = self._clock.flight
        start = self._background.start
        return [
            flight.call_later(
                life - WARNING_SECONDS,
                lambda: start(connection.warn()),
            ),
            flight.call_later(life, lambda: start(self._refresh(connection))),
        ]

    async def _refresh(self, connection: Connection) -> None:
        await connection.ask_to_leave()
        flight = self._clock.flight
        flight.call_later(_RETIRED_SECONDS, connection.transport.abort)

    def _hello(self, life: float) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {
                **DEBUG_INFO,
                "build_number": 1,
                "approximate_connection_time": int(life),
            },
            "connection_info": {"app_id": self._app_id},
        }

    def _tell_presence(self) -> None:
        count = len(self.connections)
        self._hub.tell_all({"type": "presence_of_app", "connections": count})
