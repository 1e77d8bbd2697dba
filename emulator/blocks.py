"""Blocks as Slack stores them: with ids and defaults filled in."""

import secrets
import string
from typing import Any

from emulator.forms import VALUE_KEYS
from emulator.records import Json

_LETTERS = string.ascii_letters + string.digits
_ACTIONABLE = frozenset(VALUE_KEYS) | {
    "button",
    "workflow_button",
    "feedback_buttons",
    "icon_button",
}


def stored_blocks(blocks: list[Json]) -> list[Json]:
    """A copy of blocks with every `block_id` and `action_id` present."""
    return [_block(block) for block in blocks]


def _block(block: Json) -> Json:
    copied: Json = _copy(block)
    copied.setdefault("block_id", _short_id())
    for child in copied.get("child_blocks", []):
        child.setdefault("block_id", _short_id())
    if copied["type"] == "carousel":
        for card in copied.get("elements", []):
            card.setdefault("block_id", _short_id())
    return copied


def _copy(node: Any) -> Any:
    if isinstance(node, list):
        return [_copy(item) for item in node]
    if not isinstance(node, dict):
        return node
    copied = {key: _copy(value) for key, value in node.items() if value is not None}
    kind = copied.get("type")
    if kind == "plain_text":
        copied.setdefault("emoji", True)
    elif kind == "mrkdwn":
        copied.setdefault("verbatim", False)
    elif kind in _ACTIONABLE:
        copied.setdefault("action_id", _short_id())
    return copied


def _short_id() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(5))
