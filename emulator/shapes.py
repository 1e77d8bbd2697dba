"""The words in which the Block Kit table says what is allowed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """A text object: `plain_text`, or `mrkdwn` where that is allowed."""

    most: int = 3000
    plain: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """A string."""

    most: int | None = None
    least: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Whole:
    """A whole number."""

    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    of: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Many:
    """A list."""

    of: "Rule"
    least: int = 1
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A block out of these types."""

    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """A block element out of these types."""

    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextOrElement:
    """A text object, or a block element out of these types."""

    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Anything:
    """Whatever Slack keeps to itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """What an object holds: what it must, what it may, one of what it needs."""

    must: Mapping[str, "Rule"] = field(default_factory=dict)
    may: Mapping[str, "Rule"] = field(default_factory=dict)
    one_of: tuple[str, ...] = ()
    #: Where a block may be shown; everywhere if empty.
    only_in: tuple[str, ...] = ()


Rule: TypeAlias = (
    Text
    | Words
    | Whole
    | Flag
    | Choice
    | Many
    | Block
    | Element
    | TextOrElement
    | Anything
    | Shape
)
