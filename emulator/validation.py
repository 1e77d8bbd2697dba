"""Whether a message or a view is one that Slack accepts, and how it refuses."""

import json
from typing import Any

from emulator.block_kit import HOME, MESSAGE, VIEWS
from emulator.errors import Refusal, invalid_arguments
from emulator.limits import (
    ATTACHMENTS,
    MARKDOWN_TEXT,
    MESSAGE_BLOCKS,
    METADATA_BYTES,
    TABLES,
    VIEW_BLOCKS,
    VIEW_BYTES,
)
from emulator.records import Json
from emulator.shape_checks import Complaint, block_complaints, shape_complaints


def message_complaints(blocks: Any, at: str = "/blocks") -> list[Complaint]:
    """What is wrong with a message's blocks."""
    found = _too_many(blocks, MESSAGE_BLOCKS, at)
    return found + list(block_complaints(blocks, at, MESSAGE))


def view_complaints(view: Any, kinds: tuple[str, ...]) -> list[Complaint]:
    """What is wrong with a view that is to be one of these kinds."""
    at = "/view"
    if not isinstance(view, dict):
        return [Complaint(at, "must provide an object")]
    kind = view.get("type")
    if kind not in kinds:
        expected = {"type": "enum", "expected": list(kinds)}
        message = f"unsupported type: {kind}"
        return [Complaint(f"{at}/type", message, constraint=expected)]
    known = {key: value for key, value in view.items() if key != "type"}
    found = list(shape_complaints(known, VIEWS[str(kind)], at))
    blocks = view.get("blocks")
    if blocks is not None:
        found += _too_many(blocks, VIEW_BLOCKS, f"{at}/blocks")
        found += block_complaints(blocks, f"{at}/blocks", str(kind))
    has_inputs = any(
        isinstance(b, dict) and b.get("type") == "input" for b in blocks or []
    )
    if kind != HOME and has_inputs and not view.get("submit"):
        found.append(Complaint(at, "missing required field: submit", "missing_field"))
    return found


def check_view(view: Any, kinds: tuple[str, ...]) -> Json:
    """A view that may be shown.

    Raises:
        Refusal: `invalid_arguments` with every complaint, or `view_too_large`.
    """
    complaints = view_complaints(view, kinds)
    if complaints:
        sentences = [complaint.sentence for complaint in complaints]
        first = "failed to match all allowed schemas [json-pointer:/view]"
        raise invalid_arguments(first, *sentences)
    if len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES:
        raise Refusal("view_too_large")
    checked: Json = view
    return checked


def check_blocks(blocks: Any, at: str = "/blocks") -> list[Json]:
    """Blocks that a message may carry.

    Raises:
        Refusal: `invalid_blocks_format`, `invalid_blocks`, `msg_too_long`,
            `invalid_attachments` for a second table.
    """
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    complaints = message_complaints(blocks, at)
    if complaints:
        sentences = [complaint.sentence for complaint in complaints]
        raise Refusal(
            "invalid_blocks",
            "; ".join(sentences),
            errors=sentences,
            response_metadata={"messages": [f"[ERROR] {one}" for one in sentences]},
        )
    if sum(block["type"] == "table" for block in blocks) > TABLES:
        messages = {"messages": ["[ERROR] only_one_table_allowed"]}
        raise Refusal("invalid_attachments", response_metadata=messages)
    markdown = [block["text"] for block in blocks if block["type"] == "markdown"]
    check_markdown_text("".join(markdown))
    return blocks


def check_attachments(attachments: Any) -> list[Json]:
    """Attachments that a message may carry.

    Raises:
        Refusal: `invalid_attachments`, `too_many_attachments`, `invalid_blocks`.
    """
    if not isinstance(attachments, list):
        raise Refusal("invalid_attachments")
    if len(attachments) > ATTACHMENTS:
        raise Refusal("too_many_attachments")
    for index, attachment in enumerate(attachments):
        if not isinstance(attachment, dict):
            raise Refusal("invalid_attachments")
        if attachment.get("blocks"):
            check_blocks(attachment["blocks"], f"/attachments/{index}/blocks")
    return attachments


def check_markdown_text(text: str) -> None:
    """Markdown of a whole payload.

    Raises:
        Refusal: `msg_too_long`.
    """
    if len(text) > MARKDOWN_TEXT:
        raise Refusal("msg_too_long")


def check_metadata(metadata: Any) -> Json:
    """Metadata that a message may carry.

    Raises:
        Refusal: `invalid_metadata_format`, `metadata_too_large`.
    """
    is_object = isinstance(metadata, dict)
    if not is_object or not isinstance(metadata.get("event_type"), str):
        raise Refusal("invalid_metadata_format")
    if not isinstance(metadata.get("event_payload"), dict):
        raise Refusal("invalid_metadata_format")
    if len(json.dumps(metadata)) > METADATA_BYTES:
        raise Refusal("metadata_too_large")
    checked: Json = metadata
    return checked


def _too_many(blocks: Any, most: int, at: str) -> list[Complaint]:
    if isinstance(blocks, list) and len(blocks) > most:
        return [Complaint(at, f"no more than {most} items allowed")]
    return []
