"""The HTTP server: who may ask, and who answers what."""

import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from aiohttp import web

from emulator.control import streaming
from emulator.control.routing import add_routes, refused
from emulator.errors import Refusal
from emulator.responding import Responding
from emulator.seed import WorkspaceSeed
from emulator.slack import LocalSlack
from emulator.transfers import Transfers
from emulator.web_api.endpoint import WebApi

_STATIC = Path(__file__).resolve().with_name("static")
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})
_LARGEST_BODY = 64 * 1024 * 1024
_SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; font-src 'self'; form-action 'none'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@contextlib.asynccontextmanager
async def serving(
    seed: WorkspaceSeed,
    *,
    port: int = 0,
    strict: bool = False,
    bot_token: str | None = None,
    app_token: str | None = None,
) -> AsyncIterator[LocalSlack]:
    """Serve a workspace on the loopback interface for the length of a `with` block.

    Args:
        seed: who and what is there at the beginning.
        port: the port; 0 takes a free one.
        strict: whether rate limits hold.
        bot_token: the app's `xoxb-` token; a random one if None.
        app_token: the app's `xapp-` token; a random one if None.

    Raises:
        OSError: the port is taken.
    """
    listener = socket.create_server(("127.0.0.1", port))
    slack = LocalSlack(
        seed,
        base_url=f"http://127.0.0.1:{listener.getsockname()[1]}/",
        strict=strict,
        bot_token=bot_token,
        app_token=app_token,
    )
    runner = web.AppRunner(
        _application(slack), access_log=None, handle_signals=False, shutdown_timeout=1.0
    )
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        yield slack
    finally:
        await slack.close()
        await runner.cleanup()


def _application(slack: LocalSlack) -> web.Application:
    app = web.Application(
        middlewares=[_guard(slack.base_url)], client_max_size=_LARGEST_BODY
    )
    api = WebApi(slack)
    transfers = Transfers(slack)
    app.router.add_get("/link/", slack.sockets.serve)
    app.router.add_route("*", "/api/{method}", api.serve)
    app.router.add_post("/respond/{key}", Responding(slack).serve)
    app.router.add_post("/upload/v1/{file}", transfers.receive)
    app.router.add_get("/files-pri/{file}/{name}", transfers.download)
    app.router.add_post("/control/upload", transfers.upload)
    app.router.add_get("/control/file/{file}", transfers.show)
    app.router.add_get("/control/stream", streaming.serving(slack))
    app.router.add_delete("/control/fault", _removing_faults(slack))
    add_routes(app, slack, "/control")
    app.router.add_get("/", _index)
    app.router.add_get("/archives/{channel}/{point:p\\d{16}}", _permalink(slack))
    app.router.add_get("/{path:.+}", _static_file)
    return app


def _guard(base_url: str) -> Callable[..., Awaitable[web.StreamResponse]]:
    """Only this machine's own pages and programs may ask, under our own name."""
    port = base_url.rstrip("/").rpartition(":")[2]
    hosts = {f"{host}:{port}" for host in _LOOPBACK}
    origins = {f"http://{host}" for host in hosts}
    hosts |= _LOOPBACK  # slack_sdk's own WebSocket client names no port

    @web.middleware
    async def guard(request: web.Request, handler: _Handler) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        if request.host not in hosts or origin not in {None, *origins}:
            foreign = Refusal(
                "foreign_request", "Only this workspace's own pages may ask."
            )
            return refused(foreign, HTTPStatus.FORBIDDEN)
        try:
            return await handler(request)
        except Refusal as refusal:
            return refused(refusal)
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
            if not request.path.startswith("/control"):
                raise
            unknown = Refusal("unknown_path", f"There is nothing at {request.path}.")
            return refused(unknown, HTTPStatus.NOT_FOUND)

    return guard


async def _index(request: web.Request) -> web.StreamResponse:
    del request
    page = _STATIC / "index.html"
    if not page.is_file():
        return web.Response(text="This local Slack was installed without its page.\n")
    return web.FileResponse(page, headers=_SECURITY_HEADERS)


async def _static_file(request: web.Request) -> web.StreamResponse:
    path = (_STATIC / request.match_info["path"]).resolve()
    if not path.is_relative_to(_STATIC) or not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path, headers=_SECURITY_HEADERS)


def _permalink(slack: LocalSlack) -> _Handler:
    async def follow(request: web.Request) -> web.StreamResponse:
        """Lead a message's link to where the page shows it."""
        channel = slack.workspace.channels.get(request.match_info["channel"])
        if channel is None:
            raise web.HTTPNotFound
        place = {"channel": channel.name or channel.id}
        if "thread_ts" in request.query:
            place["thread"] = request.query["thread_ts"]
        raise web.HTTPFound(f"/?{urlencode(place)}")

    return follow


def _removing_faults(slack: LocalSlack) -> _Handler:
    async def remove(request: web.Request) -> web.StreamResponse:
        number = request.query.get("id")
        slack.faults.remove(int(number) if number and number.isdigit() else None)
        return web.json_response({"ok": True})

    return remove
