"""chat.*: messages by the app."""

from typing import Any

from emulator.blocks import stored_blocks
from emulator.errors import Refusal
from emulator.limits import POSTED_TEXT, UPDATED_TEXT
from emulator.objects import bot_profile
from emulator.records import Channel, ChannelKind, Json, Message
from emulator.slack import LocalSlack
from emulator.validation import (
    check_attachments,
    check_blocks,
    check_markdown_text,
    check_metadata,
)
from emulator.web_api.registry import Call, method

_UPDATED_KEYS = frozenset(
    [
        "app_id",
        "blocks",
        "bot_id",
        "bot_profile",
        "display_as_bot",
        "edited",
        "files",
        "metadata",
        "team",
        "text",
        "type",
        "upload",
        "user",
    ]
)
_POSTED_KEYS = frozenset(
    [
        "app_id",
        "attachments",
        "blocks",
        "bot_id",
        "bot_profile",
        "icons",
        "metadata",
        "parent_user_id",
        "root",
        "subtype",
        "team",
        "text",
        "thread_ts",
        "ts",
        "type",
        "user",
        "username",
    ]
)


@method("chat.postMessage", "chat:write")
def post_message(slack: LocalSlack, call: Call) -> Json:
    """Post to a channel, a DM or a person."""
    (wanted,) = call.needed("channel")
    channel = writable_channel(slack, wanted)
    body = authored(slack) | content(call)
    body["text"] = body["text"][:POSTED_TEXT]
    body |= _looks(slack, call)
    if call.has("thread_ts"):
        body["thread_ts"] = call.text("thread_ts")
        if call.flag("reply_broadcast"):
            body["subtype"] = "thread_broadcast"
    message = slack.posts.post(channel, body, author=slack.workspace.bot)
    shown = {k: v for k, v in message.body.items() if k in _POSTED_KEYS}
    return {"channel": channel.id, "ts": message.ts, "message": shown}


@method("chat.update", "chat:write")
def update(slack: LocalSlack, call: Call) -> Json:
    """Replace one of the app's own messages."""
    wanted, ts = call.needed("channel", "ts")
    channel = _known_channel(slack, wanted)
    message = own_message(slack, channel, ts, "cant_update_message")
    if len(call.text("text")) > UPDATED_TEXT:
        raise Refusal("msg_too_long")
    body = {**message.body, **_updated(call, message.body)}
    slack.posts.change(channel, message, body, editor=slack.workspace.bot)
    text = str(message.body["text"])
    shown = {k: v for k, v in message.body.items() if k in _UPDATED_KEYS}
    return {"channel": channel.id, "ts": ts, "text": text, "message": shown}


@method("chat.delete", "chat:write")
def delete(slack: LocalSlack, call: Call) -> Json:
    """Take away one of the app's own messages."""
    wanted, ts = call.needed("channel", "ts")
    channel = _known_channel(slack, wanted)
    message = own_message(slack, channel, ts, "cant_delete_message")
    slack.posts.delete(channel, message)
    return {"channel": channel.id, "ts": ts}


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(slack: LocalSlack, call: Call) -> Json:
    """Post a note that only one person sees."""
    wanted, user = call.needed("channel", "user")
    channel = writable_channel(slack, wanted)
    person = slack.workspace.people.get(user)
    if person is None or person.id not in channel.members:
        raise Refusal("user_not_in_channel")
    body = authored(slack) | content(call)
    if len(body["text"]) > POSTED_TEXT:
        raise Refusal("msg_too_long")
    if call.has("thread_ts"):
        body["thread_ts"] = call.text("thread_ts")
    note = slack.posts.note(channel, body, reader=person)
    return {"message_ts": note.ts}


@method("chat.getPermalink")
def get_permalink(slack: LocalSlack, call: Call) -> Json:
    """A link to a message."""
    wanted, ts = call.needed("channel", "message_ts")
    channel = _known_channel(slack, wanted)
    message = channel.messages.get(ts)
    if message is None:
        raise Refusal("message_not_found")
    return {"channel": channel.id, "permalink": permalink(slack, channel, message)}


def permalink(slack: LocalSlack, channel: Channel, message: Message) -> str:
    """Where the page shows a message."""
    link = f"{slack.base_url}archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return link


def authored(slack: LocalSlack) -> Json:
    """What every message of the app carries."""
    return {
        "bot_id": slack.workspace.bot.bot_id,
        "app_id": slack.workspace.app.id,
        "bot_profile": bot_profile(slack.workspace),
    }


def content(call: Call) -> Json:
    """A message's checked content.

    Raises:
        Refusal: `no_text`, or what is wrong with a part of it.
    """
    markdown = call.text("markdown_text")
    if markdown:
        return _markdown(call, markdown)
    body: Json = {"text": call.text("text")}
    body |= _structures(call)
    if not body["text"] and not body.get("blocks") and not body.get("attachments"):
        raise Refusal("no_text")
    return body


def _markdown(call: Call, markdown: str) -> Json:
    if call.has("text") or call.has("blocks"):
        raise Refusal("markdown_text_conflict")
    check_markdown_text(markdown)
    block = {"type": "markdown", "text": markdown}
    return {"text": markdown, "blocks": stored_blocks([block])}


def _structures(call: Call) -> Json:
    body: Json = {}
    blocks = _parsed(call, "blocks", "invalid_blocks_format")
    if blocks:
        body["blocks"] = stored_blocks(check_blocks(blocks))
    attachments = _parsed(call, "attachments", "invalid_attachments")
    if attachments:
        body["attachments"] = check_attachments(attachments)
    metadata = _parsed(call, "metadata", "invalid_metadata_format")
    if metadata:
        body["metadata"] = check_metadata(metadata)
    return body


def _parsed(call: Call, name: str, code: str) -> Any:
    try:
        return call.structure(name)
    except ValueError as error:
        raise Refusal(code) from error


def _updated(call: Call, before: Json) -> Json:
    """What an update changes: text alone takes the blocks away."""
    new = content(call)
    if call.has("text") and not call.has("blocks") and "blocks" in before:
        new.setdefault("blocks", [])
    if not call.has("text") and call.has("blocks") and not new["text"]:
        new["text"] = before["text"]
    return new


def _looks(slack: LocalSlack, call: Call) -> Json:
    wanted = {k: call.text(k) for k in ("username", "icon_emoji") if call.has(k)}
    if not wanted or "chat:write.customize" not in slack.workspace.app.scopes:
        return {}
    looks: Json = {"subtype": "bot_message"}
    if "username" in wanted:
        looks["username"] = wanted["username"]
    if "icon_emoji" in wanted:
        looks["icons"] = {"emoji": wanted["icon_emoji"]}
    return looks


def writable_channel(slack: LocalSlack, wanted: str) -> Channel:
    """Where the app may post; a person's id means their DM.

    Raises:
        Refusal: `channel_not_found`, `not_in_channel`, `is_archived`, `user_disabled`.
    """
    workspace = slack.workspace
    person = workspace.people.get(wanted)
    if person is not None:
        if person.deleted:
            raise Refusal("user_disabled")
        channel, _ = slack.posts.open_direct([workspace.bot.id, person.id])
        return channel
    channel = _known_channel(slack, wanted)
    if channel.archived:
        raise Refusal("is_archived")
    member = workspace.bot.id in channel.members
    if not member and "chat:write.public" not in workspace.app.scopes:
        raise Refusal("not_in_channel")
    return channel


def _known_channel(slack: LocalSlack, wanted: str) -> Channel:
    channel = slack.workspace.channel(wanted)
    bot = slack.workspace.bot.id
    if channel.kind is not ChannelKind.PUBLIC and bot not in channel.members:
        raise Refusal("channel_not_found")
    return channel


def own_message(slack: LocalSlack, channel: Channel, ts: str, refused: str) -> Message:
    """A message of the app's own.

    Raises:
        Refusal: `message_not_found`, or the given code where it is somebody else's.
    """
    message = channel.messages.get(ts)
    if message is None or message.body.get("subtype") == "tombstone":
        raise Refusal("message_not_found")
    if message.body.get("app_id") != slack.workspace.app.id:
        raise Refusal(refused)
    return message
