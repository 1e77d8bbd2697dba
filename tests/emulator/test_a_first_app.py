"""One story through stock Bolt: a command, a modal, a card, a click, an update."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from emulator.client import Person
from emulator.slack import LocalSlack
from tests.emulator.bolt_apps import connected

FORM = {
    "type": "modal",
    "callback_id": "create",
    "title": {"type": "plain_text", "text": "Create a run"},
    "submit": {"type": "plain_text", "text": "Start"},
    "blocks": [
        {
            "type": "input",
            "block_id": "topic",
            "label": {"type": "plain_text", "text": "Topic"},
            "element": {"type": "plain_text_input", "action_id": "value"},
        }
    ],
}


async def test_a_story(
    slack: LocalSlack, app: AsyncApp, ana: Person, ben: Person
) -> None:
    """What one person starts, another approves."""

    @app.command("/crew")
    async def create(ack: Any, body: Any, client: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)
        await ack()

    @app.view("create")
    async def created(ack: Any, view: Any, client: Any) -> None:
        await ack()
        topic = view["state"]["values"]["topic"]["value"]["value"]
        await client.chat_postMessage(
            channel="C0CONTENT0",
            text=f"Approve {topic}?",
            blocks=[
                {
                    "type": "section",
                    "text": {"type": "mrkdwn", "text": f"About *{topic}*"},
                },
                {
                    "type": "actions",
                    "elements": [
                        {
                            "type": "button",
                            "action_id": "approve",
                            "text": {"type": "plain_text", "text": "Approve"},
                        }
                    ],
                },
            ],
        )

    @app.action("approve")
    async def approve(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.chat_update(
            channel=body["channel"]["id"],
            ts=body["message"]["ts"],
            text=f"Approved by <@{body['user']['id']}>",
        )

    async with connected(app, slack, connections=2):
        await ana.slash("/crew create", channel="content-team")
        await ana.submit({"Topic": "tea"})
        card = await ben.sees("About *tea*", in_="content-team")
        await ben.click("Approve", in_=card)
        done = await ana.sees_change(card, f"Approved by <@{ben.id}>")

    assert done.buttons == []
