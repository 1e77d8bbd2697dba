"""Who is where, who reacted, what was shared; and the events that tell of it."""

from emulator.clock import Clock
from emulator.events import Events
from emulator.hub import Hub
from emulator.objects import control_user, file_object, user_object, usergroup_object
from emulator.posts import Posts
from emulator.records import (
    Channel,
    ChannelKind,
    Json,
    Message,
    Person,
    StoredFile,
    UserGroup,
)
from emulator.workspace import Workspace

_CHANNEL_LETTER = {ChannelKind.PUBLIC: "C", ChannelKind.PRIVATE: "G"}


class Memberships:
    """Changes to people, groups, channels and what hangs on messages."""

    def __init__(
        self,
        workspace: Workspace,
        clock: Clock,
        hub: Hub,
        events: Events,
        *,
        posts: Posts,
        base_url: str,
    ) -> None:
        self._workspace = workspace
        self._clock = clock
        self._hub = hub
        self._events = events
        self._posts = posts
        self._base_url = base_url

    def add(self, channel: Channel, person: Person, *, inviter: str = "") -> None:
        """Make somebody a member."""
        if person.id in channel.members:
            return
        channel.members.append(person.id)
        event = self._membership("member_joined_channel", channel, person)
        self._events.emit(event | ({"inviter": inviter} if inviter else {}))
        self._tell_members(channel, person)

    def remove(self, channel: Channel, person: Person) -> None:
        """Take somebody out."""
        if person.id not in channel.members:
            return
        channel.members.remove(person.id)
        self._events.emit(self._membership("member_left_channel", channel, person))
        self._tell_members(channel, person)

    def archive(self, channel: Channel, *, archived: bool, actor: str) -> None:
        """Archive a channel, or bring it back."""
        channel.archived = archived
        private = channel.kind is ChannelKind.PRIVATE
        verb = "archive" if archived else "unarchive"
        event = f"{'group' if private else 'channel'}_{verb}"
        self._events.emit({"type": event, "channel": channel.id, "user": actor})
        self._tell_members(channel)

    def rename(self, channel: Channel, name: str) -> None:
        """Give a channel another name."""
        channel.name = name
        now = int(self._clock.now())
        renamed = {"id": channel.id, "name": name, "created": channel.created}
        event = {"type": "channel_rename", "channel": renamed, "event_ts": f"{now}"}
        self._events.emit(event)
        self._tell_members(channel)

    def changed(self, channel: Channel) -> None:
        """Tell everybody how a channel now stands."""
        self._tell_members(channel)

    def person_changed(self, person: Person) -> None:
        """Tell app and pages that somebody's profile or state changed."""
        now = self._clock.now()
        person.updated = int(now)
        user = user_object(self._workspace, person, now=now)
        self._events.emit({"type": "user_change", "user": user, "cache_ts": int(now)})
        self._hub.tell_all({"type": "people", "user": control_user(person)})

    def set_group(self, group: UserGroup, users: list[str]) -> None:
        """Replace who is in a user group."""
        added = [user for user in users if user not in group.users]
        removed = [user for user in group.users if user not in users]
        previous, now = group.updated, int(self._clock.now())
        group.users, group.updated = users, now
        self._events.emit(
            {
                "type": "subteam_members_changed",
                "subteam_id": group.id,
                "team_id": self._workspace.team.id,
                "date_previous_update": previous,
                "date_update": now,
                "added_users": added,
                "added_users_count": len(added),
                "removed_users": removed,
                "removed_users_count": len(removed),
            }
        )
        shown = usergroup_object(self._workspace, group.id, users=True)
        self._events.emit({"type": "subteam_updated", "subteam": shown})

    def react(self, channel: Channel, message: Message, name: str, by: str) -> None:
        """Add somebody's reaction."""
        reactions = message.body.setdefault("reactions", [])
        for reaction in reactions:
            if reaction["name"] == name:
                reaction["users"].append(by)
                reaction["count"] += 1
                break
        else:
            reactions.append({"name": name, "users": [by], "count": 1})
        self._reacted("reaction_added", channel, message, name, by)

    def unreact(self, channel: Channel, message: Message, name: str, by: str) -> None:
        """Take somebody's reaction back."""
        left = []
        for reaction in message.body.get("reactions", []):
            if reaction["name"] == name:
                reaction["users"].remove(by)
                reaction["count"] -= 1
            if reaction["users"]:
                left.append(reaction)
        message.body["reactions"] = left
        self._reacted("reaction_removed", channel, message, name, by)

    def share(
        self, channel: Channel, files: list[StoredFile], body: Json, *, author: Person
    ) -> Message:
        """Post files into a conversation."""
        for file in files:
            if channel.id not in file.channels:
                file.channels.append(channel.id)
        shown = [file_object(file, base_url=self._base_url) for file in files]
        body = {**body, "files": shown, "upload": True, "display_as_bot": False}
        if not author.is_bot:
            body["subtype"] = "file_share"
        message = self._posts.post(channel, body, author=author)
        where = "private" if channel.is_private else "public"
        share = {"ts": message.ts, "channel_name": channel.name}
        if message.is_reply:
            share["thread_ts"] = str(message.thread_ts)
        for file, object_ in zip(files, shown, strict=True):
            shares = file.shares.setdefault(where, {})
            shares.setdefault(channel.id, []).append(share)
            object_ |= {"shares": file.shares, "is_public": "public" in file.shares}
        return message

    def _membership(self, event: str, channel: Channel, person: Person) -> Json:
        return {
            "type": event,
            "user": person.id,
            "channel": channel.id,
            "channel_type": _CHANNEL_LETTER.get(channel.kind, "C"),
            "team": self._workspace.team.id,
        }

    def _tell_members(self, channel: Channel, *also: Person) -> None:
        people = self._workspace.people
        readers = self._workspace.readers(channel) | {person.id for person in also}
        for reader in readers:
            self._posts.conversation_changed(channel, people[reader])

    def _reacted(
        self, event: str, channel: Channel, message: Message, name: str, by: str
    ) -> None:
        self._posts.shown(channel, message)
        item = {"type": "message", "channel": channel.id, "ts": message.ts}
        if self._workspace.bot.id in channel.members:
            author = message.body.get("user")
            self._events.emit(
                {
                    "type": event,
                    "user": by,
                    "reaction": name,
                    "item": item,
                    "item_user": author,
                }
            )
