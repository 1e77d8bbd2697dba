"""Rate limits in strict mode, by the workspace's clock."""

from collections.abc import AsyncIterator

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from emulator.limits import TIER_OF_METHOD
from emulator.seed import WorkspaceSeed
from emulator.server import serving
from emulator.slack import LocalSlack
from emulator.web_api.registry import METHODS


@pytest.fixture
async def slack(seed: WorkspaceSeed) -> AsyncIterator[LocalSlack]:
    """A running workspace with rate limits."""
    async with serving(seed, strict=True) as slack:
        yield slack


async def _post(web: AsyncWebClient, channel: str = "C0GENERAL0") -> None:
    await web.chat_postMessage(channel=channel, text="x")


async def test_one_post_a_second_and_channel(
    web: AsyncWebClient, slack: LocalSlack
) -> None:
    """A short burst is allowed, then one per second; other channels are free."""
    for _ in range(3):
        await _post(web)

    with pytest.raises(SlackApiError) as refused:
        await _post(web)

    response = refused.value.response
    assert (response.status_code, response["error"]) == (429, "ratelimited")
    assert response.headers["Retry-After"] == "1"
    await _post(web, "C0CONTENT0")
    slack.clock.world.advance(1)
    await _post(web)


async def test_a_tier(web: AsyncWebClient, slack: LocalSlack) -> None:
    """chat.update is of tier 3: 50 a minute over the whole workspace."""
    posted = await web.chat_postMessage(channel="C0GENERAL0", text="x")
    update = {"channel": "C0GENERAL0", "ts": posted["ts"], "text": "y"}
    for _ in range(50):
        await web.chat_update(**update)

    with pytest.raises(SlackApiError, match="ratelimited"):
        await web.chat_update(**update)

    slack.clock.world.advance(60)
    await web.chat_update(**update)


def test_every_method_has_its_rate() -> None:
    """No method is without a limit, but those that Slack limits otherwise."""
    assert METHODS.keys() - TIER_OF_METHOD.keys() == {"chat.postMessage", "api.test"}
