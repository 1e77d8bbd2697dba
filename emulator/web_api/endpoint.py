"""A Web API call from its HTTP request to its answer: token, scope, rate, faults."""

import asyncio
import json
import logging
import time
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from emulator.errors import Refusal
from emulator.faults import Fault, FaultKind
from emulator.inspector import CallRecord
from emulator.records import Json
from emulator.slack import LocalSlack
from emulator.web_api.registry import METHODS, Call, Method

_logger = logging.getLogger(__name__)
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data", "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: a JSON body, or trouble."""

    body: Json
    status: int = HTTPStatus.OK
    retry_after: int | None = None


class Dropped(Exception):
    """The connection breaks instead of an answer."""


class WebApi:
    """Serves `/api/…`."""

    def __init__(self, slack: LocalSlack) -> None:
        self._slack = slack

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one call, whatever it is."""
        name = request.match_info["method"]
        started = time.perf_counter()
        arguments = await _arguments(request)
        body = arguments if isinstance(arguments, dict) else {}
        record = self._slack.inspector.new_call(name, body, self._slack.clock.now())
        try:
            answer = await self._answer(request, name, arguments, record)
        except Dropped:
            return _drop(request)
        finally:
            record.ms = round((time.perf_counter() - started) * 1000, 2)
            self._slack.inspector.call_ended(record)
        return self._response(name, answer)

    async def _answer(
        self,
        request: web.Request,
        name: str,
        arguments: Json | Refusal,
        record: CallRecord,
    ) -> Answer:
        channel = None if isinstance(arguments, Refusal) else arguments.get("channel")
        fault = self._slack.faults.take_for_call(name, channel)
        record.fault = fault.kind if fault else None
        troubled = None if fault is None else await _before(fault)
        answer = troubled or self._do(request, name, arguments)
        record.status, record.response = answer.status, answer.body
        if fault is not None and fault.kind is FaultKind.DID_IT_THEN_DROPPED:
            raise Dropped
        return answer

    def _do(self, request: web.Request, name: str, arguments: Json | Refusal) -> Answer:
        method = METHODS.get(name)
        if method is None:
            _logger.warning("%s is no method that this local Slack serves", name)
            return Answer({"ok": False, "error": "unknown_method", "req_method": name})
        try:
            if isinstance(arguments, Refusal):
                raise arguments
            self._check_token(method, _token(request, arguments))
            self._check_scope(method)
            seconds = self._seconds_to_wait(name, arguments)
            if seconds:
                return _rate_limited(seconds)
            result = method.handler(self._slack, Call(arguments))
        except Refusal as refusal:
            return Answer({"ok": False, "error": refusal.code, **refusal.extra})
        return Answer({"ok": True, **result})

    def _check_token(self, method: Method, token: str) -> None:
        if method.caller == "anyone":
            return
        if not token:
            raise Refusal("not_authed")
        known = {"bot": self._slack.bot_token, "app": self._slack.app_token}
        if token not in known.values():
            raise Refusal("invalid_auth")
        if token != known[method.caller]:
            raise Refusal("not_allowed_token_type")

    def _check_scope(self, method: Method) -> None:
        granted = self._slack.workspace.app.scopes
        if method.scopes and not set(method.scopes) & set(granted):
            raise Refusal(
                "missing_scope",
                needed=",".join(method.scopes),
                provided=",".join(granted),
            )

    def _seconds_to_wait(self, name: str, arguments: Json) -> int:
        if not self._slack.strict:
            return 0
        return self._slack.rates.seconds_to_wait(name, arguments.get("channel"))

    def _response(self, name: str, answer: Answer) -> web.Response:
        method = METHODS.get(name)
        headers = {"x-oauth-scopes": ",".join(self._slack.workspace.app.scopes)}
        if method is not None:
            headers["x-accepted-oauth-scopes"] = ",".join(method.scopes)
        if answer.retry_after is not None:
            headers["Retry-After"] = str(answer.retry_after)
        return web.json_response(answer.body, status=answer.status, headers=headers)


async def _arguments(request: web.Request) -> Json | Refusal:
    """The call's arguments from query and body, or why they cannot be read."""
    found: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError:
            return Refusal("invalid_json")
        if not isinstance(body, dict):
            return Refusal("json_not_object")
        return found | body
    if request.content_type not in _FORMS and request.can_read_body:
        return Refusal("invalid_post_type")
    if request.can_read_body:
        found |= {k: v for k, v in (await request.post()).items() if isinstance(v, str)}
    return found


def _token(request: web.Request, arguments: Json) -> str:
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return bearer.strip() if scheme == "Bearer" else str(arguments.get("token", ""))


async def _before(fault: Fault) -> Answer | None:
    """What a fault does before the call is done; None lets it go on."""
    match fault.kind:
        case FaultKind.ERROR:
            return Answer({"ok": False, "error": fault.error})
        case FaultKind.RATE_LIMIT:
            return _rate_limited(fault.retry_after)
        case FaultKind.HTTP_500:
            return Answer({"ok": False, "error": "internal_error"}, status=fault.status)
        case FaultKind.DROP:
            raise Dropped
        case FaultKind.LATENCY:
            await asyncio.sleep(fault.ms / 1000)
            return None
        case _:
            return None


def _rate_limited(seconds: int) -> Answer:
    return Answer(
        {"ok": False, "error": "ratelimited"},
        status=HTTPStatus.TOO_MANY_REQUESTS,
        retry_after=seconds,
    )


def _drop(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
