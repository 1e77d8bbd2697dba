"""Whether a message or a view is one that Slack accepts."""

from typing import Any

from emulator.errors import Refusal, invalid_arguments
from emulator.limits import (
    MARKDOWN_TEXT,
)
from emulator.records import Json


def check_view(view: Any, kinds: tuple[str, ...]) -> Json:
    """A view that may be shown as one of these kinds."""
    if not isinstance(view, dict):
        raise invalid_arguments("must provide an object [json-pointer:/view]")
    return view


def check_blocks(blocks: Any) -> list[Json]:
    """Blocks that a message may carry."""
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    return blocks


def check_attachments(attachments: Any) -> list[Json]:
    return attachments


def check_markdown_text(text: str) -> None:
    if len(text) > MARKDOWN_TEXT:
        raise Refusal("msg_too_long")


def check_metadata(metadata: Any) -> Json:
    return metadata
