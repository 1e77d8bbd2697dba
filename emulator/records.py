"""The things that a workspace holds: people, channels, messages, views, files."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


class ChannelKind(StrEnum):
    """What sort of conversation a channel is."""

    PUBLIC = "public"  #: Everybody of the workspace may read and join it
    PRIVATE = "private"  #: Only its members know of it
    IM = "im"  #: A direct message between two
    MPIM = "mpim"  #: A direct message among several


class Guest(StrEnum):
    """How a guest is restricted."""

    MULTI = "multi"  #: A guest of several channels (`is_restricted`)
    SINGLE = "single"  #: A guest of one channel (`is_ultra_restricted`)


@dataclass(kw_only=True, slots=True)
class Person:
    """Somebody (or the bot) whom the workspace knows."""

    id: str
    handle: str
    real_name: str
    team_id: str
    title: str = ""
    tz: str = "UTC"
    color: str = "616061"
    email: str = ""
    bot_id: str | None = None
    deleted: bool = False
    guest: Guest | None = None
    external: bool = False
    admin: bool = False
    presence: str = "active"
    dnd: bool = False
    offered: bool = False
    updated: int = 0

    @property
    def is_bot(self) -> bool:
        return self.bot_id is not None


@dataclass(kw_only=True, slots=True)
class UserGroup:
    """A group that can be mentioned as one."""

    id: str
    handle: str
    name: str
    users: list[str]
    updated: int = 0


@dataclass(kw_only=True, slots=True)
class Message:
    """A message; `body` is Slack's message object as everybody gets it."""

    body: Json
    replies: list[str] = field(default_factory=list)
    #: For whom it is a private note, if it is one.
    only_for: str | None = None
    #: Whom it mentions.
    mentions: frozenset[str] = frozenset()
    #: What each person has chosen in its controls: person, block, action.
    chosen: dict[str, dict[str, dict[str, Json]]] = field(default_factory=dict)

    @property
    def ts(self) -> str:
        return str(self.body["ts"])

    @property
    def thread_ts(self) -> str | None:
        found: str | None = self.body.get("thread_ts")
        return found

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def in_channel(self) -> bool:
        """Whether the channel itself shows it, not only its thread."""
        return not self.is_reply or self.body.get("subtype") == "thread_broadcast"


@dataclass(kw_only=True, slots=True)
class Channel:
    """A conversation and what was said in it, oldest first."""

    id: str
    name: str
    kind: ChannelKind
    members: list[str]
    creator: str
    created: int
    ext_shared: bool = False
    archived: bool = False
    topic: str = ""
    purpose: str = ""
    messages: dict[str, Message] = field(default_factory=dict)
    notes: dict[str, Message] = field(default_factory=dict)
    last_read: dict[str, str] = field(default_factory=dict)

    @property
    def is_direct(self) -> bool:
        return self.kind in {ChannelKind.IM, ChannelKind.MPIM}

    @property
    def is_private(self) -> bool:
        return self.kind is not ChannelKind.PUBLIC


@dataclass(kw_only=True, slots=True)
class View:
    """A modal or a Home tab; `body` is Slack's view object without its state."""

    id: str
    person: str
    body: Json
    values: dict[str, dict[str, Json]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    notice: str | None = None
    submitting: bool = False

    @property
    def blocks(self) -> list[Json]:
        found: list[Json] = self.body["blocks"]
        return found

    def as_slack(self) -> Json:
        """Slack's view object with what the person has filled in."""
        return {**self.body, "state": {"values": self.values}}


@dataclass(kw_only=True, slots=True)
class StoredFile:
    """A file: announced by an app or uploaded by a person, then shared."""

    id: str
    name: str
    title: str
    owner: str
    team: str
    created: int
    expected: int | None = None
    content: bytes | None = None
    channels: list[str] = field(default_factory=list)
    shares: Json = field(default_factory=dict)
    complete: bool = False
