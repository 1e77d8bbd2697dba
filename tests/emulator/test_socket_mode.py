"""Socket Mode: tickets, hello, one connection per envelope, deadlines, disconnects."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from emulator.client import Person, Workspace
from emulator.slack import LocalSlack
from tests.emulator.bolt_apps import connected


async def _url(slack: LocalSlack) -> str:
    client = AsyncWebClient(base_url=slack.ready_line["api_url"])
    answer = await client.apps_connections_open(app_token=slack.app_token)
    return str(answer["url"])


@asynccontextmanager
async def _raw(
    slack: LocalSlack, *, more: str = ""
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A connection without an SDK, its hello not yet read."""
    url = await _url(slack) + more
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        yield socket


async def test_hello(slack: LocalSlack) -> None:
    """The first frame says how many connections there are now, and how long they last."""
    async with _raw(slack) as first, _raw(slack) as second:
        hello = await first.receive_json()
        also = await second.receive_json()

    assert hello["type"] == "hello"
    assert (hello["num_connections"], also["num_connections"]) == (1, 2)
    assert hello["connection_info"]["app_id"] == "A0COUNTRSN"
    assert hello["debug_info"]["approximate_connection_time"] == 18_060


async def test_a_ticket_is_good_once_and_soon(slack: LocalSlack) -> None:
    """A used, an old and an invented ticket open nothing."""
    used, old = await _url(slack), await _url(slack)
    invented = used.partition("?")[0] + "?ticket=invented"
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(used):
            pass
        slack.clock.flight.advance(31)
        for url in (used, old, invented):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(url)
            assert refused.value.status == 403


async def test_ten_connections_at_most(slack: LocalSlack) -> None:
    """The eleventh is told so and closed."""
    async with AsyncExitStack() as stack:
        for _ in range(10):
            socket = await stack.enter_async_context(_raw(slack))
            await socket.receive_json()

        eleventh = await stack.enter_async_context(_raw(slack))
        told = await eleventh.receive_json()
        closed = await eleventh.receive()

    assert (told["type"], told["reason"]) == ("disconnect", "too_many_websockets")
    assert closed.type is aiohttp.WSMsgType.CLOSE


async def test_an_envelope_goes_to_one_connection(
    slack: LocalSlack, app: AsyncApp, ana: Person, workspace: Workspace
) -> None:
    """With two connections each envelope arrives once; both get their share."""
    arrived: list[str] = []

    @app.command("/crew")
    async def command(ack: Any, body: Any) -> None:
        arrived.append(body["text"])
        await ack()

    async with connected(app, slack, connections=2):
        for number in range(6):
            await ana.slash(f"/crew {number}")
        connections = await workspace.connections()

    assert arrived == [str(number) for number in range(6)]
    assert Counter(c["envelopes"] for c in connections) == {3: 2}


async def test_acks_are_measured(
    slack: LocalSlack, app: AsyncApp, ana: Person, workspace: Workspace
) -> None:
    """The inspector shows each envelope with its ack's payload and time."""

    @app.command("/crew")
    async def command(ack: Any) -> None:
        await ack("on it")

    async with connected(app, slack):
        await ana.slash("/crew go")

    (envelope,) = await workspace.envelopes()
    assert envelope["status"] == "acked"
    assert envelope["ack_payload"] == {"text": "on it"}
    assert 0 < envelope["acked_ms"] < 3_000


async def test_a_late_ack_is_lost(
    slack: LocalSlack, ana: Person, workspace: Workspace
) -> None:
    """After 3 seconds the person is told; an ack that comes later changes nothing."""
    async with _raw(slack) as socket:
        await socket.receive_json()
        started = await ana.slash("/crew go", outcome=None)
        envelope = await socket.receive_json()
        await workspace.advance("3s", in_flight=True)
        ended = await workspace.ended(started)

        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        (message,) = await ana.messages("general")

    assert ended["status"] == "timed_out"
    assert message.text == (
        "/crew failed because the app did not respond. "
        "Please try again or contact the app developer."
    )
    assert (await workspace.ended(started))["status"] == "timed_out"


async def test_time_that_passes_makes_no_app_late(
    slack: LocalSlack, ana: Person, workspace: Workspace
) -> None:
    """Advancing the clock leaves exchanges in flight alone."""
    async with _raw(slack) as socket:
        await socket.receive_json()
        started = await ana.slash("/crew go", outcome=None)
        envelope = await socket.receive_json()
        await workspace.advance("2h")
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        ended = await workspace.ended(started)

    assert ended["status"] == "acked"


async def test_nobody_is_connected(ana: Person) -> None:
    """A command without any connection fails at once, and is not kept."""
    ended = await ana.slash("/crew go", outcome="failed")

    assert ended["note"] == '/crew failed with the error "dispatch_failed"'


async def test_a_killed_app_is_gone(
    slack: LocalSlack, app: AsyncApp, ana: Person, workspace: Workspace
) -> None:
    """A connection that breaks is forgotten; the others go on."""

    @app.command("/crew")
    async def command(ack: Any) -> None:
        await ack()

    async with _raw(slack) as doomed, connected(app, slack):
        await doomed.receive_json()
        await workspace.connected(2)
        (first, _) = await workspace.connections()

        await workspace.socket("drop", first["n"])
        await workspace.connected(1)

        for _ in range(3):
            await ana.slash("/crew go")


async def test_a_process_that_is_killed(
    slack: LocalSlack, ana: Person, workspace: Workspace
) -> None:
    """After kill -9 its connections are gone, and a click says so at once."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _AN_APP, slack.ready_line["api_url"], slack.app_token)
    )
    try:
        await workspace.connected(2)
        process.kill()
        await workspace.connected(0)
    finally:
        await process.wait()

    await ana.slash("/crew go", outcome="failed")


_AN_APP = """
import asyncio, sys
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

async def main():
    web = AsyncWebClient(base_url=sys.argv[1])
    for _ in range(2):
        await SocketModeClient(app_token=sys.argv[2], web_client=web).connect()
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_a_refresh_loses_nothing(
    slack: LocalSlack, app: AsyncApp, ana: Person, workspace: Workspace
) -> None:
    """The stock client opens a new connection when Slack asks it to."""

    @app.command("/crew")
    async def command(ack: Any) -> None:
        await ack()

    async with connected(app, slack):
        (before,) = await workspace.connections()
        await workspace.socket("refresh")
        await _until_another(workspace, before["n"])

        await ana.slash("/crew go")


async def _until_another(workspace: Workspace, number: int) -> None:
    async def look() -> bool | None:
        numbers = [c["n"] for c in await workspace.connections()]
        return True if len(numbers) == 1 and number not in numbers else None

    async def there() -> str:
        return str(await workspace.connections())

    await workspace.until(look, wanted="another connection", there=there)


async def test_connections_end_in_time(slack: LocalSlack) -> None:
    """A warning comes 10 seconds before the refresh; `debug_reconnects` hurries."""
    async with _raw(slack, more="&debug_reconnects=true") as socket:
        hello = await socket.receive_json()
        slack.clock.flight.advance(350)
        warning = await socket.receive_json()
        slack.clock.flight.advance(10)
        refresh = await socket.receive_json()

    assert hello["debug_info"]["approximate_connection_time"] == 360
    assert (warning["type"], warning["reason"]) == ("disconnect", "warning")
    assert refresh["reason"] == "refresh_requested"


async def test_pings_are_answered(slack: LocalSlack) -> None:
    """A ping is answered, unless the network pauses."""
    async with _raw(slack) as socket:
        socket._autoping = False
        await socket.receive_json()
        await socket.ping(b"are you there")

        answer = await socket.receive(timeout=5)

    assert (answer.type, bytes(answer.data)) == (
        aiohttp.WSMsgType.PONG,
        b"are you there",
    )


async def test_a_network_that_pauses(
    slack: LocalSlack, ana: Person, workspace: Workspace
) -> None:
    """What is sent meanwhile arrives afterwards, too late."""
    async with _raw(slack) as socket:
        await socket.receive_json()
        await workspace.socket("pause")
        started = await ana.slash("/crew go", outcome=None)
        await workspace.advance("3s", in_flight=True)
        ended = await workspace.ended(started)
        await workspace.socket("resume")
        arrived = await socket.receive_json()

    assert ended["status"] == "timed_out"
    assert arrived["payload"]["command"] == "/crew"


async def test_frames_that_are_no_acks(slack: LocalSlack, ana: Person) -> None:
    """What cannot be read as an ack is ignored; the connection goes on."""
    async with _raw(slack) as socket:
        await socket.receive_json()
        for frame in ("nonsense", "[]", "{}", '{"envelope_id": "unknown"}'):
            await socket.send_str(frame)
        started = await ana.slash("/crew go", outcome=None)
        envelope = json.loads((await socket.receive()).data)
        await socket.send_json({"envelope_id": envelope["envelope_id"]})

        assert started["status"] == "sent"
        assert envelope["payload"]["command"] == "/crew"
        assert envelope["accepts_response_payload"] is True
