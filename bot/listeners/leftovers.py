"""What no other listener takes: old buttons, fields that only hold a value.

Slack shows a warning sign for everything that is not acknowledged, so all of it is.
"""

import re
from typing import Any, Final

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.ids import VALUE
from bot.front import Front
from bot.listeners.answering import NOT_ACTIVE, answer
from bot.listeners.payloads import Click

ANYTHING: Final = re.compile(".*", re.DOTALL)


def register(app: AsyncApp, front: Front) -> None:
    """Take the rest; it must be registered last."""

    async def control(ack: AsyncAck, body: dict[str, Any]) -> None:
        click = Click.model_validate(body)
        if click.actions[0].action_id != VALUE:
            answer(front, click, NOT_ACTIVE)
        await ack()

    async def form(ack: AsyncAck) -> None:
        await ack(response_action="clear")

    async def closed(ack: AsyncAck) -> None:
        await ack()

    app.action(ANYTHING)(control)
    app.view_submission(ANYTHING)(form)
    app.view_closed(ANYTHING)(closed)
