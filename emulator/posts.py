"""Messages: written, changed, deleted, and everybody told."""

import json
import re

from emulator.clock import Clock
from emulator.errors import Refusal
from emulator.events import Events
from emulator.hub import Hub
from emulator.objects import conversation
from emulator.records import Channel, Json, Message, Person
from emulator.workspace import Workspace

_ROOT_KEYS = frozenset(
    (
        *("bot_id", "icons", "latest_reply", "parent_user_id", "reply_count"),
        *("reply_users", "reply_users_count", "subscribed", "subtype", "text"),
        *("thread_ts", "ts", "type", "username"),
    )
)


_MENTION = re.compile(r'<@([UW][A-Z0-9]+)|"user_id": "([UW][A-Z0-9]+)"')


class Posts:
    """Every change to what stands in a conversation."""

    def __init__(
        self, workspace: Workspace, clock: Clock, hub: Hub, events: Events
    ) -> None:
        self._workspace = workspace
        self._clock = clock
        self._hub = hub
        self._events = events

    def find(self, channel: Channel, ts: object) -> Message:
        """A message, or a private note, by its timestamp.

        Raises:
            Refusal: `message_not_found`.
        """
        key = str(ts)
        found = channel.messages.get(key) or channel.notes.get(key)
        if found is None:
            raise Refusal("message_not_found", "There is no such message here.")
        return found

    def post(self, channel: Channel, body: Json, *, author: Person) -> Message:
        """Write a message; a `thread_ts` in its body makes it a reply."""
        parent = self._parent(channel, body.get("thread_ts"))
        thread: Json = {}
        if parent is not None:
            thread = {"thread_ts": parent.ts, "parent_user_id": parent.body.get("user")}
        body = {k: v for k, v in body.items() if k != "thread_ts"}
        message = Message(
            body={
                "user": author.id,
                "type": "message",
                "ts": self._clock.next_ts(),
                "text": "",
                "team": author.team_id,
                **body,
                **thread,
            }
        )
        if message.body.get("subtype") == "thread_broadcast" and parent is not None:
            message.body["root"] = {
                k: v for k, v in parent.body.items() if k in _ROOT_KEYS
            }
        message.mentions = _mentions(message.body)
        channel.messages[message.ts] = message
        channel.last_read[author.id] = message.ts
        self._tell(channel, {"type": "message", "message": message.body})
        self._events.message(channel, {**message.body, "event_ts": message.ts})
        if parent is not None:
            self._count_reply(channel, parent, message)
        return message

    def note(self, channel: Channel, body: Json, *, reader: Person) -> Message:
        """Write a private note that only one person sees."""
        message = Message(
            body={
                "type": "message",
                "ts": self._clock.next_ts(),
                "text": "",
                "ephemeral": True,
                **body,
            },
            only_for=reader.id,
        )
        channel.notes[message.ts] = message
        event = {"type": "ephemeral", "channel": channel.id, "message": message.body}
        self._hub.tell(event, {reader.id})
        return message

    def change(
        self, channel: Channel, message: Message, body: Json, *, editor: Person
    ) -> None:
        """Replace what a message says; a private note has no traces of it."""
        before = dict(message.body)
        message.body = body
        if message.only_for is not None:
            event = {"type": "ephemeral", "channel": channel.id, "message": body}
            self._hub.tell(event, {message.only_for})
            return
        now = self._clock.next_ts()
        if not body.get("blocks") or not editor.is_bot:
            message.body["edited"] = {"user": editor.id, "ts": now}
        self._tell(channel, {"type": "message_changed", "message": message.body})
        self._events.message(
            channel,
            {
                "subtype": "message_changed",
                "hidden": True,
                "message": dict(message.body),
                "previous_message": before,
                "ts": now,
                "event_ts": now,
            },
        )

    def delete(self, channel: Channel, message: Message) -> None:
        """Take a message away; a parent with replies leaves a tombstone."""
        gone = {"channel": channel.id, "ts": message.ts}
        if message.only_for is not None:
            del channel.notes[message.ts]
            reader = {message.only_for}
            self._hub.tell({"type": "ephemeral_deleted", **gone}, reader)
            return
        now = self._clock.next_ts()
        before = dict(message.body)
        if message.replies:
            kept = ("ts", "thread_ts", "type", "reply_count", "reply_users")
            message.body = {k: v for k, v in before.items() if k in kept} | {
                "subtype": "tombstone",
                "text": "This message was deleted.",
                "user": "USLACKBOT",
                "hidden": True,
            }
            self._tell(channel, {"type": "message_changed", "message": message.body})
        else:
            del channel.messages[message.ts]
            self._tell(
                channel,
                {"type": "message_deleted", **gone, "thread_ts": message.thread_ts},
            )
            self._uncount_reply(channel, message)
        self._events.message(
            channel,
            {
                "subtype": "message_deleted",
                "hidden": True,
                "deleted_ts": message.ts,
                "previous_message": before,
                "ts": now,
                "event_ts": now,
            },
        )

    def conversation_changed(self, channel: Channel, person: Person) -> None:
        """Tell one person's pages how a conversation now stands to them."""
        shown = conversation(channel, reader=person)
        event: Json = {"type": "conversation", "conversation": shown}
        if not self._workspace.may_read(person, channel):
            event["gone"] = True
        self._hub.tell(event, {person.id})

    def open_direct(self, people: list[str]) -> tuple[Channel, bool]:
        """The DM of these people, opened if need be; and whether it was."""
        channel, is_new = self._workspace.direct(people)
        if is_new:
            for member in channel.members:
                self.conversation_changed(channel, self._workspace.people[member])
        return channel, is_new

    def shown(self, channel: Channel, message: Message) -> None:
        """Tell everybody of a message that changed without being edited."""
        self._tell(channel, {"type": "message_changed", "message": message.body})

    def _parent(self, channel: Channel, thread_ts: object) -> Message | None:
        if not thread_ts:
            return None
        parent = channel.messages.get(str(thread_ts))
        if parent is None:
            raise Refusal("thread_not_found", "There is no such thread here.")
        if parent.is_reply:
            return channel.messages[str(parent.thread_ts)]
        return parent

    def _count_reply(self, channel: Channel, parent: Message, reply: Message) -> None:
        parent.replies.append(reply.ts)
        self._recount(channel, parent)

    def _uncount_reply(self, channel: Channel, reply: Message) -> None:
        parent = channel.messages.get(str(reply.thread_ts)) if reply.is_reply else None
        if parent is not None:
            parent.replies.remove(reply.ts)
            self._recount(channel, parent)

    def _recount(self, channel: Channel, parent: Message) -> None:
        replies = [channel.messages[ts] for ts in parent.replies]
        people = list(dict.fromkeys(str(reply.body["user"]) for reply in replies))
        parent.body = parent.body | {
            "thread_ts": parent.ts,
            "reply_count": len(replies),
            "reply_users_count": len(people),
            "latest_reply": replies[-1].ts if replies else parent.ts,
            "reply_users": people,
            "is_locked": False,
            "subscribed": False,
        }
        self.shown(channel, parent)

    def _tell(self, channel: Channel, event: Json) -> None:
        readers = self._workspace.readers(channel)
        self._hub.tell({**event, "channel": channel.id}, readers)


def _mentions(body: Json) -> frozenset[str]:
    """Whom a message mentions, in its text or its blocks."""
    said = body["text"] + json.dumps(body.get("blocks") or [])
    return frozenset(
        found for pair in _MENTION.findall(said) for found in pair if found
    )
