"""The Python client: it waits for what comes, and tells what was there instead."""

import asyncio
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from emulator.client import NotSeen, Person, WentWrong, Workspace
from emulator.slack import LocalSlack
from tests.emulator.bolt_apps import card, connected, modal

GENERAL = "C0GENERAL0"


async def test_it_sees_what_comes_later(web: AsyncWebClient, ana: Person) -> None:
    """A wait ends as soon as the message is there."""
    waiting = asyncio.create_task(ana.sees("later", in_="general"))
    await asyncio.sleep(0)

    await web.chat_postMessage(channel=GENERAL, text="later")

    assert (await waiting).text == "later"


async def test_it_tells_what_it_saw_instead(web: AsyncWebClient, ana: Person) -> None:
    """A wait in vain names what was visible."""
    await web.chat_postMessage(channel=GENERAL, text="something else")

    with pytest.raises(NotSeen, match="something else"):
        await ana.sees("never", in_="general", within=0.05)
    with pytest.raises(NotSeen, match="a modal"):
        await ana.modal(within=0.05)


async def test_it_looks_into_threads_and_files(
    web: AsyncWebClient, ana: Person
) -> None:
    """Replies are found in their channel, or in one thread alone."""
    parent = await web.chat_postMessage(channel=GENERAL, text="parent")
    await web.chat_postMessage(channel=GENERAL, text="reply", thread_ts=parent["ts"])
    other = await ana.say("other", channel="general")

    found = await ana.sees("reply", in_="general")

    assert (await ana.sees("reply", in_=found)).ts == found.ts
    with pytest.raises(NotSeen):
        await ana.sees("reply", in_=other, within=0.05)


async def test_it_presses_buttons_by_text(
    slack: LocalSlack, app: AsyncApp, ana: Person
) -> None:
    """A button that is not there is told, with those that are."""

    @app.action("approve")
    async def action(ack: Any) -> None:
        await ack()

    await app.client.chat_postMessage(channel=GENERAL, text="x", blocks=card())
    seen = await ana.sees("Approve?")

    async with connected(app, slack):
        await ana.click("Approve", in_=seen)
        await ana.click("approve")
    with pytest.raises(NotSeen, match=r"\['Approve'\]"):
        await ana.click("Reject", in_=seen)
    with pytest.raises(NotSeen, match="no control"):
        await ana.click("Reject")


async def test_it_expects_an_outcome(ana: Person) -> None:
    """An act that ends otherwise than expected fails the test."""
    with pytest.raises(WentWrong, match=r"failed, expected acked.*dispatch_failed"):
        await ana.slash("/crew go")


async def test_it_fills_in_by_label(slack: LocalSlack, web: AsyncWebClient) -> None:
    """Values are given by label, block or action; wrong names are told."""
    async with Workspace(slack.ready_line["control_url"]) as workspace:
        ana = workspace.as_user("ana")
        trigger = slack.triggers.new(ana.id, here=None)
        await web.views_open(trigger_id=trigger, view=modal())

        for name in ("Topic", "topic", "text"):
            await ana.fill_in({name: f"by {name}"})
            view = await ana.modal()
            assert view.values["Topic"]["value"] == f"by {name}"
        with pytest.raises(NotSeen, match=r'No field "Colour".*Topic'):
            await ana.fill_in({"Colour": "red"})


async def test_nobody_by_that_name(workspace: Workspace) -> None:
    """An unknown person is told at once."""
    with pytest.raises(NotSeen, match="zoe"):
        workspace.as_user("zoe")
