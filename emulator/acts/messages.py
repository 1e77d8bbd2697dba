"""People's own messages: said, edited, deleted, reacted to."""

import re

from emulator import ids
from emulator.acts.payloads import acting, refuse_read_only
from emulator.blocks import stored_blocks
from emulator.errors import Refusal
from emulator.records import Channel, Json, Message, Person, StoredFile
from emulator.slack import LocalSlack
from emulator.workspace import Workspace

_NAME = re.compile(r"(?<![\w@<])@([a-z0-9._-]+)")
_BROADCASTS = frozenset({"here", "channel", "everyone"})
_MENTION = re.compile(r"<@(U[A-Z0-9]+)>|<!(here|channel|everyone)>")


def say(slack: LocalSlack, body: Json) -> Message:
    """Say something in a conversation, or upload files there.

    Raises:
        Refusal: the person or the place is wrong, or there is nothing to say.
    """
    person = acting(slack, body.get("as"))
    channel = slack.workspace.readable(person, body.get("channel"))
    _refuse_outsider(person, channel)
    refuse_read_only(slack, channel)
    content = _typed(slack.workspace, str(body.get("text") or ""))
    files = [_own_file(slack, person, file_id) for file_id in body.get("files") or []]
    if not content["text"] and not files:
        raise Refusal("no_text", "There is nothing to say.")
    content["client_msg_id"] = ids.fresh("m")
    if body.get("thread_ts"):
        content["thread_ts"] = str(body["thread_ts"])
        if body.get("broadcast"):
            content["subtype"] = "thread_broadcast"
    if files:
        return slack.memberships.share(channel, files, content, author=person)
    return slack.posts.post(channel, content, author=person)


def edit(slack: LocalSlack, body: Json) -> Message:
    """Change one's own message."""
    person, channel, message = _own_message(slack, body)
    changed = message.body | _typed(slack.workspace, str(body.get("text") or ""))
    slack.posts.change(channel, message, changed, editor=person)
    return message


def delete(slack: LocalSlack, body: Json) -> None:
    """Take one's own message away; a private note can be dismissed by its reader."""
    person = acting(slack, body.get("as"))
    channel = slack.workspace.readable(person, body.get("channel"))
    message = slack.posts.find(channel, body.get("ts"))
    if person.id not in {message.only_for, message.body.get("user")}:
        raise Refusal("cant_delete_message", "This is somebody else's message.")
    slack.posts.delete(channel, message)


def react(slack: LocalSlack, body: Json) -> None:
    """Add or remove one's reaction."""
    person = acting(slack, body.get("as"))
    channel = slack.workspace.readable(person, body.get("channel"))
    message = slack.posts.find(channel, body.get("ts"))
    name = str(body.get("name") or "thumbsup").strip(":")
    reactions = message.body.get("reactions", [])
    reacted = any(r["name"] == name and person.id in r["users"] for r in reactions)
    if body.get("remove") and reacted:
        slack.memberships.unreact(channel, message, name, person.id)
    elif not body.get("remove") and not reacted:
        slack.memberships.react(channel, message, name, person.id)


def _typed(workspace: Workspace, text: str) -> Json:
    """What somebody typed, as Slack stores it: escaped, mentions resolved."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    handles = {person.handle: person.id for person in workspace.people.values()}

    def mention(found: re.Match[str]) -> str:
        name = found[1]
        if name in _BROADCASTS:
            return f"<!{name}>"
        return f"<@{handles[name]}>" if name in handles else found[0]

    stored = _NAME.sub(mention, escaped)
    section = {"type": "rich_text_section", "elements": _elements(stored)}
    block = {"type": "rich_text", "elements": [section]}
    return {"text": stored, "blocks": stored_blocks([block]) if stored else []}


def _elements(stored: str) -> list[Json]:
    elements: list[Json] = []
    end = 0
    for found in _MENTION.finditer(stored):
        elements += _plain(stored[end : found.start()])
        user, broadcast = found.groups()
        elements.append(
            {"type": "user", "user_id": user}
            if user
            else {"type": "broadcast", "range": broadcast}
        )
        end = found.end()
    return elements + _plain(stored[end:])


def _plain(stored: str) -> list[Json]:
    text = stored.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return [{"type": "text", "text": text}] if text else []


def _refuse_outsider(person: Person, channel: Channel) -> None:
    if channel.archived:
        raise Refusal("is_archived", "This channel is archived.")
    if person.id not in channel.members:
        raise Refusal("not_in_channel", f"{person.real_name} has not joined it.")


def _own_file(slack: LocalSlack, person: Person, file_id: object) -> StoredFile:
    file = slack.workspace.files.get(str(file_id))
    if file is None or file.owner != person.id:
        raise Refusal("file_not_found", "There is no such file of theirs.")
    return file


def _own_message(slack: LocalSlack, body: Json) -> tuple[Person, Channel, Message]:
    person = acting(slack, body.get("as"))
    channel = slack.workspace.readable(person, body.get("channel"))
    message = slack.posts.find(channel, body.get("ts"))
    if message.body.get("user") != person.id:
        raise Refusal("cant_update_message", "This is somebody else's message.")
    return person, channel, message
