"""Stock Bolt apps, connected to a running workspace."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from emulator.slack import LocalSlack

MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "form",
    "private_metadata": "remember this",
    "title": {"type": "plain_text", "text": "A form"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "topic",
            "label": {"type": "plain_text", "text": "Topic"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


def modal(**changes: Any) -> dict[str, Any]:
    """A modal with one field, "Topic"."""
    return {**MODAL, **changes}


def card(text: str = "Approve?", *, action_id: str = "approve") -> list[dict[str, Any]]:
    """Blocks with a text and a button, "Approve"."""
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": text}},
        {
            "type": "actions",
            "block_id": "decision",
            "elements": [
                {
                    "type": "button",
                    "action_id": action_id,
                    "text": {"type": "plain_text", "text": "Approve"},
                    "value": "42",
                }
            ],
        },
    ]


@asynccontextmanager
async def connected(
    app: AsyncApp, slack: LocalSlack, *, connections: int = 1
) -> AsyncIterator[list[AsyncSocketModeHandler]]:
    """Connect a Bolt app for the length of a `with` block."""
    async with AsyncExitStack() as stack:
        handlers = []
        for _ in range(connections):
            handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=1)
            await handler.connect_async()  # type: ignore[no-untyped-call]  # bolt's
            stack.push_async_callback(handler.close_async)
            handlers.append(handler)
        yield handlers
