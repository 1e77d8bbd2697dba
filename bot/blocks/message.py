"""A message as a value."""

from dataclasses import dataclass
from typing import Any

from bot.wording.text import sentence

Block = dict[str, Any]
"""One Block Kit block, as JSON."""

Element = dict[str, Any]
"""A part of a block, as JSON."""

View = dict[str, Any]
"""A modal, as JSON."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted or updated: always the whole of it.

    `text` is what a notification and a screen reader say, so it stands on its own; it
    is mrkdwn, escaped already.
    """

    text: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file for a thread: its name, its title and its whole text."""

    name: str
    title: str
    text: str


def note(said: str) -> Message:
    """Say a sentence to one person; its `*bold*` stays, nothing else in it acts."""
    text = sentence(said)
    block = {
        "type": "section",
        "text": {"type": "mrkdwn", "text": text, "verbatim": True},
    }
    return Message(text, (block,))
