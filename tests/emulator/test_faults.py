"""Trouble on request, as an app meets it."""

from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from emulator.client import Person, RefusedByWorkspace, Workspace
from emulator.slack import LocalSlack
from tests.emulator.bolt_apps import connected

GENERAL = "C0GENERAL0"


@pytest.fixture
def bare(slack: LocalSlack) -> AsyncWebClient:
    """A stock client that tries nothing twice."""
    line = slack.ready_line
    return AsyncWebClient(
        token=line["bot_token"], base_url=line["api_url"], retry_handlers=[]
    )


async def _post(web: AsyncWebClient, text: str = "x", channel: str = GENERAL) -> Any:
    return await web.chat_postMessage(channel=channel, text=text)


async def test_an_error_once(
    bare: AsyncWebClient, workspace: Workspace, ana: Person
) -> None:
    """A fault strikes as often as asked, does nothing else, and is gone."""
    await workspace.fault("chat.postMessage", "error", error="fatal_error")

    with pytest.raises(SlackApiError, match="fatal_error"):
        await _post(bare)
    await _post(bare, "second")

    assert [m.text for m in await ana.messages("general")] == ["second"]


async def test_where_and_when(bare: AsyncWebClient, workspace: Workspace) -> None:
    """A fault can be for one channel, and let some calls pass first."""
    await workspace.fault(
        "chat.postMessage", "error", channel="C0FINANCE0", after=1, times=None
    )

    await _post(bare)
    await _post(bare, channel="C0FINANCE0")
    for _ in range(2):
        with pytest.raises(SlackApiError, match="internal_error"):
            await _post(bare, channel="C0FINANCE0")
    await workspace.clear_faults()
    await _post(bare, channel="C0FINANCE0")


async def test_too_many_requests(bare: AsyncWebClient, workspace: Workspace) -> None:
    """429 with the seconds to wait."""
    await workspace.fault("*", "rate_limit", retry_after=7)

    with pytest.raises(SlackApiError) as refused:
        await bare.auth_test()

    response = refused.value.response
    assert (response.status_code, response["error"]) == (429, "ratelimited")
    assert response.headers["Retry-After"] == "7"


async def test_a_server_error(bare: AsyncWebClient, workspace: Workspace) -> None:
    """A 5xx, nothing done."""
    await workspace.fault("auth.test", "http_500", status=503)

    with pytest.raises(SlackApiError) as refused:
        await bare.auth_test()

    assert refused.value.response.status_code == 503


@pytest.mark.parametrize(
    ("kind", "posted"), [("did_it_then_dropped", ["x"]), ("drop", [])]
)
async def test_a_dropped_connection(
    *,
    bare: AsyncWebClient,
    workspace: Workspace,
    ana: Person,
    kind: str,
    posted: list[str],
) -> None:
    """No answer arrives, whether the call was carried out or not."""
    await workspace.fault("chat.postMessage", kind)

    with pytest.raises(aiohttp.ClientError):
        await _post(bare)

    assert [m.text for m in await ana.messages("general")] == posted


async def test_the_stock_client_posts_twice_after_a_lost_answer(
    web: AsyncWebClient, workspace: Workspace, ana: Person
) -> None:
    """The trap is there: the SDK's own retry repeats what was done."""
    await workspace.fault("chat.postMessage", "did_it_then_dropped")

    await _post(web)

    assert [m.text for m in await ana.messages("general")] == ["x", "x"]


async def test_a_slow_answer(bare: AsyncWebClient, workspace: Workspace) -> None:
    """A call takes as long as asked."""
    await workspace.fault("auth.test", "latency", ms=50)

    await bare.auth_test()

    (call,) = await workspace.calls("auth.test")
    assert call["ms"] >= 50
    assert call["fault"] == "latency"


async def test_duplicates(
    slack: LocalSlack, app: AsyncApp, ana: Person, workspace: Workspace
) -> None:
    """Every envelope arrives twice, on both connections; the first ack counts."""
    arrived: list[Any] = []

    @app.command("/crew")
    async def command(ack: Any, body: Any) -> None:
        await ack()
        arrived.append(body["trigger_id"])

    async with connected(app, slack, connections=2):
        await workspace.fault("socket", "duplicate", times=None)
        for _ in range(3):
            await ana.slash("/crew go")
        connections = await workspace.connections()

    assert len(arrived) == 6
    assert len(set(arrived)) == 3
    assert [c["envelopes"] for c in connections] == [3, 3]
    assert len(await workspace.envelopes()) == 3


async def test_a_lost_envelope_and_a_broken_socket(
    slack: LocalSlack, app: AsyncApp, ana: Person, workspace: Workspace
) -> None:
    """The person is told; a broken connection comes back by itself."""

    @app.command("/crew")
    async def command(ack: Any) -> None:
        await ack()

    async with connected(app, slack):
        for kind in ("lose_envelope", "drop_socket"):
            await workspace.fault("socket", kind)
            started = await ana.slash("/crew go", outcome=None)
            await workspace.advance("3s", in_flight=True)
            assert (await workspace.ended(started))["status"] == "timed_out"
        await workspace.connected(1)
        await ana.slash("/crew go")


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "error"},
        {"target": "auth.test", "kind": "earthquake"},
        {"target": "auth.test", "kind": "duplicate"},
        {"target": "socket", "kind": "error"},
        {"target": "auth.test", "kind": "error", "colour": "red"},
    ],
)
async def test_faults_that_make_no_sense(
    workspace: Workspace, wrong: dict[str, str]
) -> None:
    """They are refused, not ignored."""
    with pytest.raises(RefusedByWorkspace) as refused:
        await workspace.post("/fault", wrong)

    assert refused.value.code == "invalid_fault"
    assert await workspace.get("/faults") == {"faults": []}


async def test_trouble_with_response_urls(
    slack: LocalSlack, app: AsyncApp, ana: Person, workspace: Workspace
) -> None:
    """A response_url can fail like a method."""
    urls: list[str] = []

    @app.command("/crew")
    async def command(ack: Any, body: Any) -> None:
        await ack()
        urls.append(body["response_url"])

    async with connected(app, slack):
        await ana.slash("/crew go")
    webhook = AsyncWebhookClient(urls[0], retry_handlers=[])
    await workspace.fault("response_url", "http_500")
    await workspace.fault("response_url", "did_it_then_dropped")

    failed = await webhook.send(text="first")
    with pytest.raises(aiohttp.ClientError):
        await webhook.send(text="second")

    assert failed.status_code == 500
    assert [m.text for m in await ana.messages("general")] == ["second"]
