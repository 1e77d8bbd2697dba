"""The endpoint itself: the OpenAI API and a control surface, over HTTP."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict

from aiohttp import web
from pydantic import ValidationError

from emulator.model import wire
from emulator.model.calls import Call, Calls
from emulator.model.faults import Fault, Faults
from emulator.model.script import Answer, Script

#: The name under which `GET /v1/models` lists the script.
MODEL = "scripted"
#: The only address it listens on.
LOOPBACK = "127.0.0.1"
#: A prompt may be this long, in bytes.
LARGEST_BODY = 16 * 1024 * 1024


class Endpoint:
    """Answers the OpenAI API from a script, counts the calls, plays the faults."""

    def __init__(self, script: Script, *, delay: float = 0.0) -> None:
        """Set it up.

        Args:
            script: What it says.
            delay: Seconds that every answer takes, so that people can watch.
        """
        self._script = script
        self._delay = delay
        self._calls = Calls()
        self._faults = Faults()
        self._faults_cleared = asyncio.Event()

    def application(self) -> web.Application:
        """Make the web application."""
        app = web.Application(client_max_size=LARGEST_BODY)
        app.add_routes(
            [
                web.post("/v1/chat/completions", self._complete),
                web.get("/v1/models", self._list_models),
                web.get("/control/calls", self._list_calls),
                web.get("/control/fault", self._list_faults),
                web.post("/control/fault", self._plan_fault),
                web.delete("/control/fault", self._clear_faults),
            ]
        )
        app.on_shutdown.append(self._let_go)
        return app

    async def _complete(self, http: web.Request) -> web.StreamResponse:
        try:
            request = wire.ChatRequest.model_validate_json(await http.read())
        except ValidationError as error:
            return _refusal(400, f"not a chat completion request: {error}")
        prompt = request.prompt()
        call = self._calls.record(request.model, prompt)
        if fault := self._faults.hit(prompt.text):
            call.answered_by = _fault_name(fault)
            if (refused := await self._suffer(http, fault)) is not None:
                return refused
        await asyncio.sleep(self._delay)
        answer = self._script.answer(prompt)
        call.answered_by = answer.entry or "unscripted"
        if request.stream:
            return await self._stream(http, request, call, answer)
        body = wire.completion(
            n=call.n, created=_created(call), model=request.model, answer=answer
        )
        return web.json_response({**body, "usage": wire.usage(prompt, answer)})

    async def _stream(
        self, http: web.Request, request: wire.ChatRequest, call: Call, answer: Answer
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(http)
        created = _created(call)
        for chunk in wire.chunks(
            n=call.n, created=created, model=request.model, answer=answer
        ):
            await response.write(_event(chunk))
        if request.wants_usage_in_stream():
            numbers = wire.usage(request.prompt(), answer)
            last = wire.usage_chunk(
                n=call.n, created=created, model=request.model, numbers=numbers
            )
            await response.write(_event(last))
        await response.write(b"data: [DONE]\n\n")
        await response.write_eof()
        return response

    async def _suffer(self, http: web.Request, fault: Fault) -> web.Response | None:
        """Play a fault; None when the answer comes after all."""
        await asyncio.sleep(fault.delay_ms / 1000)
        if fault.hang:
            await self._faults_cleared.wait()
        if fault.hang or fault.drop:
            if http.transport is not None:
                http.transport.abort()
            return web.Response()
        if fault.status is None:
            return None
        return _refusal(fault.status, "a planned fault", fault.retry_after)

    async def _list_models(self, http: web.Request) -> web.Response:
        fault = self._faults.standing()  # as a refused key meets every call
        if fault and (refused := await self._suffer(http, fault)) is not None:
            return refused
        return web.json_response(wire.models((MODEL,)))

    async def _list_calls(self, http: web.Request) -> web.Response:
        try:
            since = int(http.query.get("since", "0"))
            pattern = re.compile(http.query.get("match", ""))
        except (ValueError, re.error) as error:
            return _control_refusal(f"since is a number, match a pattern: {error}")
        calls = self._calls.find(since=since, pattern=pattern)
        listed = [{**asdict(call), "at": call.at.isoformat()} for call in calls]
        return web.json_response({"count": len(listed), "calls": listed})

    async def _list_faults(self, _: web.Request) -> web.Response:
        return web.json_response(self._planned())

    async def _plan_fault(self, http: web.Request) -> web.Response:
        try:
            fault = Fault.model_validate_json(await http.read())
        except ValidationError as error:
            return _control_refusal(error.errors()[0]["msg"])
        self._faults.plan(fault)
        return web.json_response(self._planned())

    async def _clear_faults(self, _: web.Request) -> web.Response:
        self._faults.clear()
        await self._let_go()
        return web.json_response(self._planned())

    async def _let_go(self, _: web.Application | None = None) -> None:
        """End the calls that hang."""
        self._faults_cleared.set()
        self._faults_cleared = asyncio.Event()

    def _planned(self) -> wire.Json:
        return {"faults": [f.model_dump(mode="json") for f in self._faults.planned()]}


@asynccontextmanager
async def serving(endpoint: Endpoint, *, port: int) -> AsyncIterator[str]:
    """Serve an endpoint on the loopback address; gives its base URL, ending in /v1.

    Args:
        endpoint: What to serve.
        port: The port; 0 lets the system choose.

    Raises:
        OSError: The port is taken.
    """
    runner = web.AppRunner(
        endpoint.application(),
        access_log=None,
        handler_cancellation=True,
        shutdown_timeout=1,
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, LOOPBACK, port)
        await site.start()
        yield f"http://{LOOPBACK}:{runner.addresses[0][1]}/v1"
    finally:
        await runner.cleanup()


def _created(call: Call) -> int:
    return int(call.at.timestamp())


def _event(chunk: wire.Json) -> bytes:
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def _fault_name(fault: Fault) -> str:
    if fault.status is not None:
        return f"fault: {fault.status}"
    return (
        "fault: hang" if fault.hang else "fault: drop" if fault.drop else "fault: delay"
    )


def _refusal(
    status: int, message: str, retry_after: float | None = None
) -> web.Response:
    headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
    body = wire.error(status=status, message=message)
    return web.json_response(body, status=status, headers=headers)


def _control_refusal(message: str) -> web.Response:
    body = {"error": "bad_request", "message": message}
    return web.json_response(body, status=400)
