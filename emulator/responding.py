"""`/respond/…`: what an app posts to a response_url."""

import asyncio
import json
import time
from http import HTTPStatus
from typing import Any

from aiohttp import web

from emulator.acts.answers import answer_at
from emulator.errors import Refusal
from emulator.faults import RESPONSE_URL, FaultKind
from emulator.inspector import CallRecord
from emulator.records import Json
from emulator.slack import LocalSlack

#: Faults that refuse, with their status; None: the fault's own.
_REFUSED = {
    FaultKind.ERROR: HTTPStatus.BAD_REQUEST,
    FaultKind.HTTP_500: None,
    FaultKind.RATE_LIMIT: HTTPStatus.TOO_MANY_REQUESTS,
}
_DROPPED = frozenset({FaultKind.DROP, FaultKind.DID_IT_THEN_DROPPED})
_GONE = frozenset({"used_url", "expired_url", "invalid_url"})


class Responding:
    """Serves response_urls."""

    def __init__(self, slack: LocalSlack) -> None:
        self._slack = slack

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Do what was posted, once."""
        started = time.perf_counter()
        answer = _parsed(await request.text())
        if answer is None:
            return web.Response(text="invalid_payload", status=HTTPStatus.BAD_REQUEST)
        at = self._slack.clock.now()
        record = self._slack.inspector.new_call(RESPONSE_URL, answer, at)
        try:
            return await self._troubled(request, answer, record)
        finally:
            record.ms = round((time.perf_counter() - started) * 1000, 2)
            self._slack.inspector.call_ended(record)

    async def _troubled(
        self, request: web.Request, answer: Json, record: CallRecord
    ) -> web.Response:
        fault = self._slack.faults.take_for_call(RESPONSE_URL, None)
        kind = record.fault = fault.kind if fault else None
        if fault is not None and kind is FaultKind.LATENCY:
            await asyncio.sleep(fault.ms / 1000)
        elif fault is not None and kind in _REFUSED:
            record.status = _REFUSED[kind] or fault.status
            return web.Response(text="internal_error", status=record.status)
        response = web.Response()
        if kind is not FaultKind.DROP:
            response = self._respond(request.match_info["key"], answer)
            record.status = response.status
        if kind in _DROPPED and request.transport is not None:
            request.transport.abort()
        return response

    def _respond(self, key: str, answer: Json) -> web.Response:
        try:
            answer_at(self._slack, self._slack.response_urls.use(key), answer)
        except Refusal as refusal:
            gone = refusal.code in _GONE
            status = HTTPStatus.NOT_FOUND if gone else HTTPStatus.BAD_REQUEST
            return web.Response(text=refusal.code, status=status)
        return web.Response(text="ok")


def _parsed(text: str) -> Json | None:
    try:
        answer: Any = json.loads(text)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None
