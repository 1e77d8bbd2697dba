"""Messages, modals and Home tabs as a client of the control surface sees them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

#: Keys that hold text which people read.
_TEXTS = ("text", "title", "subtitle", "body", "label", "hint", "alt_text", "details")


@dataclass(frozen=True, slots=True)
class Message:
    """A message as somebody sees it."""

    channel: str
    body: Json

    @property
    def ts(self) -> str:
        return str(self.body["ts"])

    @property
    def thread_ts(self) -> str | None:
        found: str | None = self.body.get("thread_ts")
        return found

    @property
    def is_private_note(self) -> bool:
        return bool(self.body.get("ephemeral"))

    @property
    def blocks(self) -> list[Json]:
        found: list[Json] = list(self.body.get("blocks") or [])
        for attachment in self.body.get("attachments") or []:
            found += attachment.get("blocks") or []
        return found

    @property
    def text(self) -> str:
        """All text on it: of its blocks where it has some, and its files' names."""
        shown = list(texts_of(self.blocks)) or [str(self.body.get("text") or "")]
        shown += [str(file["title"]) for file in self.body.get("files") or []]
        return "\n".join(shown)

    @property
    def notification(self) -> str:
        """What a notification would say: the top-level text."""
        return str(self.body.get("text") or "")

    @property
    def buttons(self) -> list[str]:
        """The texts of its buttons."""
        return _button_texts(self.blocks)


@dataclass(frozen=True, slots=True)
class View:
    """A modal or a Home tab as somebody sees it."""

    body: Json

    @property
    def id(self) -> str:
        return str(self.body["id"])

    @property
    def title(self) -> str:
        return str(self.body["title"]["text"])

    @property
    def blocks(self) -> list[Json]:
        found: list[Json] = self.body["blocks"]
        return found

    @property
    def text(self) -> str:
        """All text on it."""
        parts = [self.title, *texts_of(self.blocks), str(self.body["notice"] or "")]
        return "\n".join([*parts, *self.errors.values()])

    @property
    def errors(self) -> dict[str, str]:
        """Complaints beside fields, by the field's label."""
        labels = {b["block_id"]: label_of(b) or b["block_id"] for b in self.blocks}
        found: dict[str, str] = self.body["errors"]
        return {labels.get(block, block): text for block, text in found.items()}

    @property
    def buttons(self) -> list[str]:
        """The texts of its buttons."""
        return _button_texts(self.blocks)

    @property
    def labels(self) -> list[str]:
        """The labels of its fields."""
        return [label for block in self.blocks if (label := label_of(block))]

    @property
    def values(self) -> Json:
        """What its fields hold now, by label, as in `state.values`."""
        state = self.body["state"]["values"]
        return {
            label_of(block) or block["block_id"]: next(iter(held.values()))
            for block in self.blocks
            if (held := state.get(block["block_id"]))
        }


def texts_of(node: Any) -> Iterator[str]:
    """Every text that people read in blocks, in their order."""
    if isinstance(node, list):
        for item in node:
            yield from texts_of(item)
    elif isinstance(node, dict):
        if node.get("type") == "user":
            yield f"<@{node['user_id']}>"
        for key, value in node.items():
            if isinstance(value, str) and key in _TEXTS:
                yield value
            elif isinstance(value, dict | list):
                yield from texts_of(value)


def controls_in(node: Any, block_id: str = "") -> Iterator[tuple[str, Json]]:
    """Every control in blocks, with the block_id it stands in."""
    if isinstance(node, list):
        for item in node:
            yield from controls_in(item, block_id)
    elif isinstance(node, dict):
        block_id = str(node.get("block_id", block_id))
        if "action_id" in node and "type" in node:
            yield block_id, node
        for value in node.values():
            if isinstance(value, dict | list):
                yield from controls_in(value, block_id)


def label_of(block: Json) -> str | None:
    """A field's label; None for a block that is no field."""
    label = block.get("label")
    return str(label["text"]) if isinstance(label, dict) else None


def _button_texts(blocks: list[Json]) -> list[str]:
    found = [e for _, e in controls_in(blocks) if e["type"] == "button"]
    return [str(element["text"]["text"]) for element in found]
