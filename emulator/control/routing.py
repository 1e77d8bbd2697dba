"""How control requests find their function, and how they are refused."""

import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web

from emulator.errors import Refusal
from emulator.records import Json
from emulator.slack import LocalSlack

Reader = Callable[[LocalSlack, web.Request], Awaitable[Json]]
Actor = Callable[[LocalSlack, Json], Awaitable[Json]]

READERS: dict[str, Reader] = {}
ACTORS: dict[str, Actor] = {}


def get(path: str) -> Callable[[Reader], Reader]:
    """Serve a GET under the control URL."""

    def register(function: Reader) -> Reader:
        READERS[path] = function
        return function

    return register


def post(path: str) -> Callable[[Actor], Actor]:
    """Serve a POST of JSON under the control URL."""

    def register(function: Actor) -> Actor:
        ACTORS[path] = function
        return function

    return register


def refused(refusal: Refusal, status: int = HTTPStatus.BAD_REQUEST) -> web.Response:
    """The answer to a request that is refused."""
    body = {"error": refusal.code, "message": refusal.message, **refusal.extra}
    return web.json_response(body, status=status)


def add_routes(app: web.Application, slack: LocalSlack, prefix: str) -> None:
    """Serve every registered function."""
    for path, reader in READERS.items():
        app.router.add_get(prefix + path, _serving_get(slack, reader))
    for path, actor in ACTORS.items():
        app.router.add_post(prefix + path, _serving_post(slack, actor))


def _serving_get(
    slack: LocalSlack, reader: Reader
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def serve(request: web.Request) -> web.Response:
        try:
            return web.json_response(await reader(slack, request))
        except Refusal as refusal:
            return refused(refusal)

    return serve


def _serving_post(
    slack: LocalSlack, actor: Actor
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def serve(request: web.Request) -> web.Response:
        try:
            body = await _json_object(request)
            return web.json_response({"ok": True, **await actor(slack, body)})
        except Refusal as refusal:
            return refused(refusal)

    return serve


async def _json_object(request: web.Request) -> Json:
    if request.content_type != "application/json":
        raise Refusal("invalid_body", "Send JSON, as application/json.")
    try:
        body = json.loads(await request.text())
    except ValueError as error:
        raise Refusal("invalid_body", f"The body is not JSON: {error}.") from error
    if not isinstance(body, dict):
        raise Refusal("invalid_body", "The body is not a JSON object.")
    return body
