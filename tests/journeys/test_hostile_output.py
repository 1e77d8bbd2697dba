"""Whatever a crew writes: it is shown, it does nothing in Slack, and it goes on whole."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from emulator.client import Workspace
from tests.journeys.product import Product
from tests.journeys.stage import file_text, pages, read_aloud, result_file
from tests.journeys.stories import PATIENCE
from tests.journeys.texts import HOSTILE, WHOLE

pytestmark = pytest.mark.asyncio(loop_scope="session")

LIVE = ("<!channel", "<!here", "<!everyone", "<!subteam", "<#", "<http", "<mailto:")
"""How mentions and links begin in a text that Slack parses."""

WRITES = ("chat.postMessage", "chat.update", "chat.postEphemeral")
PARSED = "mrkdwn"
ACTING = {"link", "broadcast", "image", "usergroup", "channel", "emoji", "video"}


async def calls_of(workspace: Workspace, since: int) -> list[dict[str, Any]]:
    """Give what was asked of Slack after a call's number, without the readings."""
    found = await workspace.calls(since=since)
    return [call for call in found if call["method"].partition(".")[0] != "users"]


async def newest_call(workspace: Workspace) -> int:
    """Give the number of the last call so far."""
    return max((int(call["n"]) for call in await workspace.calls()), default=0)


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Give every object in a payload; what was sent as a text of JSON is read."""
    if isinstance(value, str) and value[:1] in {"[", "{"}:
        value = _parsed(value)
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from nodes(part)
    elif isinstance(value, list):
        for part in value:
            yield from nodes(part)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def assert_inert(call: dict[str, Any], allowed: set[str]) -> None:
    """Nothing in a call acts: no element that does, no parsed text with a mention."""
    assert call["response"]["ok"], call
    for node in nodes(call["body"]):
        assert node.get("type") not in ACTING, node
        if node.get("type") == "user":
            assert node["user_id"] in allowed, node
        if node.get("type") == PARSED:
            assert node["verbatim"] is True
            assert_dead(node["text"])
    if call["method"] in WRITES:
        assert_dead(str(call["body"].get("text", "")))


def assert_dead(text: str) -> None:
    """A text that Slack parses has no mention and no link, but times of ours."""
    assert not [start for start in LIVE if start in text], text
    assert "<@" not in text, text


async def test_a_hostile_text_is_shown_decided_on_and_handed_on(stage: Product) -> None:
    """Mentions, links, markup, hidden and halved characters, masses of structure."""
    before = await newest_call(stage.workspace)

    waits = await read_aloud(stage, "hostile", spelt_out=True)

    title, *_ = waits.card.text.splitlines()
    assert "!channel> *Pay* <https://evil.example|now> [U+202E]yap" in title
    assert waits.card.buttons[:2] == ["Approve", "Reject…"]
    assert "made harmless" in waits.card.text
    assert "*Open* shows all of it" in waits.card.text
    await pages(stage, stage.ben, waits.card)
    await stage.ben.click("Approve", in_=waits.card)
    await stage.ana.sees_change(waits.card, "Approved by Ben")
    result = await stage.ana.sees("Result of Aloud", in_=waits.run, within=PATIENCE)
    file = await result_file(stage, waits)
    assert json.loads(await file_text(stage, file)) == HOSTILE
    assert "Open" in result.buttons
    allowed = {stage.ana.id, stage.ben.id}
    for call in await calls_of(stage.workspace, before):
        assert_inert(call, allowed)


async def test_a_hostile_result_is_a_file_as_it_is(stage: Product) -> None:
    """The preview is harmless; the file in the thread has every character."""
    before = await newest_call(stage.workspace)

    waits = await read_aloud(stage, "whole")
    await stage.ben.click("Approve", in_=waits.card)

    result = await stage.ana.sees("Result of Aloud", in_=waits.run, within=PATIENCE)
    file = await result_file(stage, waits)
    assert await file_text(stage, file) == WHOLE
    assert "made harmless" in result.text
    for call in await calls_of(stage.workspace, before):
        assert_inert(call, {stage.ana.id, stage.ben.id})


async def test_what_would_act_is_still_to_be_read(stage: Product) -> None:
    """Nothing is left out: the reader sees what was written and where links lead."""
    waits = await read_aloud(stage, "mentions")

    shown = waits.card.text
    for part in ("channel>", "subteam^S0APPROVER", "@U0BENOKAF0"):
        assert part in shown
    for target in ("evil.example/a", "evil.example/b", "evil.example/pixel.png"):
        assert target in shown
    assert "<script>alert(document.cookie)</script>" in shown
    assert "evil.example/hidden" in shown
    await stage.ben.click("Approve", in_=waits.card)
    await stage.ana.sees("Result of Aloud", in_=waits.run, within=PATIENCE)
