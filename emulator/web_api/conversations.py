"""conversations.* and reactions.*: channels, DMs, who is in them, what was said."""

from emulator.errors import Refusal, invalid_arguments
from emulator.objects import channel_object
from emulator.records import Channel, ChannelKind, Json, Message
from emulator.slack import LocalSlack
from emulator.web_api.paging import page
from emulator.web_api.registry import Call, method

_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_WRITE_DIRECT = ("im:write", "mpim:write")
_MOST_PEOPLE = 8
_KINDS = {
    "public_channel": ChannelKind.PUBLIC,
    "private_channel": ChannelKind.PRIVATE,
    "im": ChannelKind.IM,
    "mpim": ChannelKind.MPIM,
}
_FAMILY = {
    ChannelKind.PUBLIC: "channels",
    ChannelKind.PRIVATE: "groups",
    ChannelKind.IM: "im",
    ChannelKind.MPIM: "mpim",
}


@method("conversations.open", *_WRITE_DIRECT)
def open_direct(slack: LocalSlack, call: Call) -> Json:
    """Open a DM with one person or several."""
    workspace = slack.workspace
    if call.has("channel"):
        channel, is_new = visible(slack, call.text("channel")), False
        if not channel.is_direct:
            raise Refusal("method_not_supported_for_channel_type")
    else:
        people = _people(slack, call)
        channel, is_new = slack.posts.open_direct([workspace.bot.id, *people])
    found: Json = {"id": channel.id}
    if call.flag("return_im"):
        found = channel_object(workspace, channel, reader=workspace.bot)
        found |= {"is_open": True, "last_read": "0000000000.000000", "latest": None}
        found |= {"unread_count": 0, "unread_count_display": 0}
    known = {} if is_new else {"no_op": True, "already_open": True}
    return {**known, "channel": found}


def _people(slack: LocalSlack, call: Call) -> list[str]:
    wanted = [name.strip() for name in call.text("users").split(",") if name.strip()]
    if not wanted:
        raise Refusal("users_list_not_supplied")
    if len(wanted) > _MOST_PEOPLE:
        raise Refusal("too_many_users")
    people = [slack.workspace.people.get(name) for name in wanted]
    found = [person for person in people if person is not None]
    if len(found) < len(wanted):
        raise Refusal("user_not_found")
    if any(person.deleted for person in found):
        raise Refusal("user_disabled")
    return [person.id for person in found]


@method("conversations.info", *_READ)
def info(slack: LocalSlack, call: Call) -> Json:
    """One conversation."""
    (wanted,) = call.needed("channel")
    channel = visible(slack, wanted)
    _need_scope(slack, channel, "read")
    shown = channel_object(slack.workspace, channel, reader=slack.workspace.bot)
    if call.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


@method("conversations.list", *_READ)
def list_(slack: LocalSlack, call: Call) -> Json:
    """Conversations, by page."""
    names = (call.text("types") or "public_channel").split(",")
    unknown = [name for name in names if name.strip() not in _KINDS]
    if unknown:
        raise Refusal("invalid_types")
    kinds = [_KINDS[name.strip()] for name in names]
    for kind in kinds:
        _need_family(slack, kind, "read")
    workspace = slack.workspace
    seen = [c for c in workspace.channels.values() if c.kind in kinds]
    seen = [c for c in seen if workspace.may_read(workspace.bot, c)]
    if call.flag("exclude_archived"):
        seen = [c for c in seen if not c.archived]
    channels, metadata = page(call, seen, default=100)
    shown = []
    for channel in channels:
        one = channel_object(workspace, channel, reader=workspace.bot)
        for key in ("context_team_id", "updated", "priority"):
            one.pop(key, None)  # only conversations.info tells
        shown.append(one | {"num_members": len(channel.members)})
    return {"channels": shown, **metadata}


@method("conversations.members", *_READ)
def members(slack: LocalSlack, call: Call) -> Json:
    """Who is in a conversation, by page."""
    (wanted,) = call.needed("channel")
    channel = visible(slack, wanted)
    _need_scope(slack, channel, "read")
    found, metadata = page(call, channel.members, default=100)
    return {"members": found, **metadata}


@method("conversations.history", *_HISTORY)
def history(slack: LocalSlack, call: Call) -> Json:
    """A conversation's own messages, newest first, by page."""
    (wanted,) = call.needed("channel")
    channel = _readable(slack, wanted)
    seen = [m for m in channel.messages.values() if m.in_channel]
    seen = [m for m in seen if _in_range(call, m)]
    seen.reverse()
    messages, metadata = page(call, seen, default=100)
    return {
        "messages": [_shown(call, message) for message in messages],
        "has_more": bool(metadata["response_metadata"]["next_cursor"]),
        "pin_count": 0,
        "channel_actions_ts": None,
        "channel_actions_count": 0,
        **metadata,
    }


@method("conversations.replies", *_HISTORY)
def replies(slack: LocalSlack, call: Call) -> Json:
    """A thread: its parent, then its replies, oldest first, by page."""
    wanted, ts = call.needed("channel", "ts")
    channel = _readable(slack, wanted)
    parent = channel.messages.get(ts)
    if parent is None:
        raise Refusal("thread_not_found")
    thread = [parent, *(channel.messages[reply] for reply in parent.replies)]
    seen = [m for m in thread if m is parent or _in_range(call, m)]
    messages, metadata = page(call, seen, default=1000)
    return {
        "messages": [_shown(call, message) for message in messages],
        "has_more": bool(metadata["response_metadata"]["next_cursor"]),
        **metadata,
    }


@method("conversations.join", "channels:join")
def join(slack: LocalSlack, call: Call) -> Json:
    """Make the bot a member of a public channel."""
    (wanted,) = call.needed("channel")
    channel = visible(slack, wanted)
    if channel.kind is not ChannelKind.PUBLIC:
        raise Refusal("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refusal("is_archived")
    workspace = slack.workspace
    already = workspace.bot.id in channel.members
    slack.memberships.add(channel, workspace.bot)
    shown = channel_object(workspace, channel, reader=workspace.bot)
    if not already:
        return {"channel": shown}
    warning = "already_in_channel"
    metadata = {"warnings": [warning]}
    return {"channel": shown, "warning": warning, "response_metadata": metadata}


@method("conversations.invite", "channels:manage", "groups:write")
def invite(slack: LocalSlack, call: Call) -> Json:
    """Make people members of a channel that the bot is in."""
    wanted, users = call.needed("channel", "users")
    channel = visible(slack, wanted)
    workspace = slack.workspace
    if channel.is_direct:
        raise Refusal("method_not_supported_for_channel_type")
    if workspace.bot.id not in channel.members:
        raise Refusal("not_in_channel")
    people = []
    for name in users.split(","):
        person = workspace.people.get(name.strip())
        if person is None or person.deleted:
            raise Refusal("user_not_found")
        if person.id == workspace.bot.id:
            raise Refusal("cant_invite_self")
        if person.id in channel.members:
            raise Refusal("already_in_channel")
        people.append(person)
    for person in people:
        slack.memberships.add(channel, person, inviter=workspace.bot.id)
    return {"channel": channel_object(workspace, channel, reader=workspace.bot)}


@method("reactions.add", "reactions:write")
def add_reaction(slack: LocalSlack, call: Call) -> Json:
    """React to a message."""
    channel, message, name = _reaction(slack, call)
    bot = slack.workspace.bot.id
    if bot in people_who_reacted(message, name):
        raise Refusal("already_reacted")
    slack.memberships.react(channel, message, name, bot)
    return {}


@method("reactions.remove", "reactions:write")
def remove_reaction(slack: LocalSlack, call: Call) -> Json:
    """Take a reaction back."""
    channel, message, name = _reaction(slack, call)
    bot = slack.workspace.bot.id
    if bot not in people_who_reacted(message, name):
        raise Refusal("no_reaction")
    slack.memberships.unreact(channel, message, name, bot)
    return {}


def people_who_reacted(message: Message, name: str) -> list[str]:
    """Who reacted to a message with this emoji."""
    for reaction in message.body.get("reactions", []):
        if reaction["name"] == name:
            found: list[str] = reaction["users"]
            return found
    return []


def _reaction(slack: LocalSlack, call: Call) -> tuple[Channel, Message, str]:
    name, wanted, ts = call.needed("name", "channel", "timestamp")
    channel = visible(slack, wanted)
    message = channel.messages.get(ts)
    if message is None:
        raise Refusal("message_not_found")
    if not name.replace("_", "").replace("-", "").replace("+", "").isalnum():
        raise Refusal("invalid_name")
    return channel, message, name


def visible(slack: LocalSlack, wanted: str) -> Channel:
    """A conversation that the app can see, by its id.

    Raises:
        Refusal: `channel_not_found`.
    """
    channel = slack.workspace.channels.get(wanted)
    bot = slack.workspace.bot
    if channel is None or not slack.workspace.may_read(bot, channel):
        raise Refusal("channel_not_found")
    return channel


def _readable(slack: LocalSlack, wanted: str) -> Channel:
    channel = visible(slack, wanted)
    _need_scope(slack, channel, "history")
    if slack.workspace.bot.id not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def _need_scope(slack: LocalSlack, channel: Channel, what: str) -> None:
    _need_family(slack, channel.kind, what)


def _need_family(slack: LocalSlack, kind: ChannelKind, what: str) -> None:
    needed = f"{_FAMILY[kind]}:{what}"
    granted = slack.workspace.app.scopes
    if needed not in granted:
        raise Refusal("missing_scope", needed=needed, provided=",".join(granted))


def _in_range(call: Call, message: Message) -> bool:
    oldest, latest = _bound(call, "oldest"), _bound(call, "latest")
    ts = float(message.ts)
    if call.flag("inclusive"):
        return (oldest or 0.0) <= ts and (latest is None or ts <= latest)
    return (oldest or 0.0) < ts and (latest is None or ts < latest)


def _bound(call: Call, name: str) -> float | None:
    try:
        return float(call.text(name)) if call.has(name) else None
    except ValueError as error:
        raise invalid_arguments(f"invalid timestamp [json-pointer:/{name}]") from error


def _shown(call: Call, message: Message) -> Json:
    keep_metadata = call.flag("include_all_metadata")
    hidden = set() if keep_metadata else {"metadata"}
    return {k: v for k, v in message.body.items() if k not in hidden}
