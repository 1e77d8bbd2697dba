"""Slack's JSON objects for what the workspace holds."""

import mimetypes
from datetime import datetime
from zoneinfo import ZoneInfo

from emulator.records import (
    Channel,
    ChannelKind,
    Guest,
    Json,
    Message,
    Person,
    StoredFile,
)
from emulator.workspace import SLACKBOT, Workspace

_SIZES = (24, 32, 48, 72, 192, 512)
_NEVER_READ = "0000000000.000000"
#: Counting stops here.
_MOST_UNREAD = 1000


def user_object(workspace: Workspace, person: Person, *, now: float) -> Json:
    """A user object, as `users.info` gives it."""
    user: Json = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.handle,
        "deleted": person.deleted,
        "profile": _profile(workspace, person),
        "is_bot": person.is_bot and person.id != SLACKBOT,
        "updated": person.updated,
        "is_app_user": False,
    }
    if person.external:
        user["is_stranger"] = not _shares_a_channel(workspace, person)
    if person.deleted:
        return user
    here = datetime.fromtimestamp(now, ZoneInfo(person.tz))
    offset = here.utcoffset()
    return user | {
        "color": person.color,
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": here.tzname() or person.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": person.admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.guest is not None,
        "is_ultra_restricted": person.guest is Guest.SINGLE,
        "is_email_confirmed": not person.is_bot,
        "who_can_share_contact_card": "EVERYONE",
    }


def _profile(workspace: Workspace, person: Person) -> Json:
    profile: Json = {
        "title": person.title,
        "phone": "",
        "skype": "",
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.handle,
        "display_name_normalized": person.handle,
        "status_text": "",
        "status_emoji": "",
        "status_expiration": 0,
        "avatar_hash": f"g{person.id.lower()}",
        "team": person.team_id,
    }
    if person.is_bot:
        profile |= {"bot_id": person.bot_id, "api_app_id": workspace.app.id}
        profile["always_active"] = True
    elif "users:read.email" in workspace.app.scopes:
        profile["email"] = person.email
    first, _, last = person.real_name.partition(" ")
    profile |= {"first_name": first, "last_name": last}
    return profile | {f"image_{size}": _avatar(person.id, size) for size in _SIZES}


def _avatar(name: str, size: int) -> str:
    return f"https://avatars.example/{name}/{size}.png"


def _shares_a_channel(workspace: Workspace, person: Person) -> bool:
    bot = workspace.bot.id
    channels = workspace.channels.values()
    return any(person.id in c.members and bot in c.members for c in channels)


def channel_object(workspace: Workspace, channel: Channel, *, reader: Person) -> Json:
    """A conversation object, as `conversations.info` gives it to the reader."""
    base: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.archived,
        "is_im": channel.kind is ChannelKind.IM,
        "is_org_shared": False,
        "context_team_id": workspace.team.id,
        "updated": channel.created * 1000,
    }
    if channel.kind is ChannelKind.IM:
        others = [member for member in channel.members if member != reader.id]
        return base | {"user": next(iter(others), reader.id), "priority": 0}
    return base | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind is not ChannelKind.MPIM,
        "is_group": channel.kind is ChannelKind.MPIM,
        "is_mpim": channel.kind is ChannelKind.MPIM,
        "is_private": channel.is_private,
        "is_general": channel.name == "general",
        "is_member": reader.id in channel.members,
        "creator": channel.creator,
        "unlinked": 0,
        "is_shared": channel.ext_shared,
        "is_ext_shared": channel.ext_shared,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "shared_team_ids": _teams(workspace, channel),
        "topic": _noted(channel, channel.topic),
        "purpose": _noted(channel, channel.purpose),
        "previous_names": [],
    }


def _teams(workspace: Workspace, channel: Channel) -> list[str]:
    teams = {workspace.people[member].team_id for member in channel.members}
    return sorted(teams | {workspace.team.id})


def _noted(channel: Channel, text: str) -> Json:
    creator = channel.creator if text else ""
    return {
        "value": text,
        "creator": creator,
        "last_set": channel.created if text else 0,
    }


def conversation(channel: Channel, *, reader: Person) -> Json:
    """A conversation as the control surface shows it to a person."""
    last_read = channel.last_read.get(reader.id, _NEVER_READ)
    unread = _unread(channel, reader, last_read)
    pings = [m for m in unread if channel.is_direct or reader.id in m.mentions]
    latest = next(
        (m.ts for m in reversed(channel.messages.values()) if m.in_channel), None
    )
    return control_channel(channel) | {
        "user": next((m for m in channel.members if m != reader.id), reader.id)
        if channel.kind is ChannelKind.IM
        else None,
        "is_member": reader.id in channel.members,
        "unread": len(unread),
        "mentions": len(pings),
        "last_read": last_read,
        "latest": latest,
    }


def _unread(channel: Channel, reader: Person, last_read: str) -> list[Message]:
    found: list[Message] = []
    if reader.id not in channel.members:
        return found
    for message in reversed(channel.messages.values()):
        if message.ts <= last_read or len(found) == _MOST_UNREAD:
            break
        if message.in_channel and message.body.get("user") != reader.id:
            found.append(message)
    return found


def control_channel(channel: Channel) -> Json:
    """A conversation as the control surface shows it to nobody in particular."""
    return {
        "id": channel.id,
        "name": channel.name,
        "is_private": channel.is_private,
        "is_im": channel.kind is ChannelKind.IM,
        "is_mpim": channel.kind is ChannelKind.MPIM,
        "is_ext_shared": channel.ext_shared,
        "archived": channel.archived,
        "members": list(channel.members),
        "topic": channel.topic,
        "purpose": channel.purpose,
        "user": None,
    }


def control_user(person: Person) -> Json:
    """A person as the control surface shows them."""
    return {
        "id": person.id,
        "handle": person.handle,
        "name": person.handle,
        "real_name": person.real_name,
        "title": person.title,
        "tz": person.tz,
        "color": person.color,
        "is_bot": person.is_bot,
        "deleted": person.deleted,
        "guest": person.guest,
        "external": person.external,
        "presence": person.presence,
        "dnd": person.dnd,
        "offered": person.offered,
    }


def bot_profile(workspace: Workspace) -> Json:
    """The profile that the app's messages carry."""
    bot = workspace.bot
    icons = {f"image_{size}": _avatar(bot.id, size) for size in (36, 48, 72)}
    return {
        "id": bot.bot_id,
        "app_id": workspace.app.id,
        "name": workspace.app.name,
        "icons": icons,
        "deleted": False,
        "updated": bot.updated,
        "team_id": workspace.team.id,
    }


def file_object(file: StoredFile, *, base_url: str) -> Json:
    """A file object, as `files.info` and messages carry it."""
    kind = mimetypes.guess_type(file.name)[0] or "text/plain"
    suffix = file.name.rpartition(".")[2].lower() if "." in file.name else "text"
    url = f"{base_url}files-pri/{file.id}/{file.name}"
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": kind,
        "filetype": {"md": "markdown", "txt": "text"}.get(suffix, suffix),
        "pretty_type": suffix.upper(),
        "user": file.owner,
        "user_team": file.team,
        "editable": False,
        "size": len(file.content or b""),
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": bool(file.shares.get("public")),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": url,
        "url_private_download": f"{url}?download=1",
        "permalink": f"{base_url}files/{file.owner}/{file.id}/{file.name}",
        "has_rich_preview": False,
        "file_access": "visible",
        "shares": file.shares,
    }


def usergroup_object(workspace: Workspace, group_id: str, *, users: bool) -> Json:
    """A user group, as `usergroups.list` gives it; with its users where asked."""
    group = workspace.usergroups[group_id]
    found: Json = {
        "id": group.id,
        "team_id": workspace.team.id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": group.updated,
        "date_update": group.updated,
        "date_delete": 0,
        "auto_provision": False,
        "enterprise_subteam_id": "",
        "created_by": SLACKBOT,
        "updated_by": SLACKBOT,
        "deleted_by": None,
        "prefs": {"channels": [], "groups": []},
        "user_count": len(group.users),
        "channel_count": 0,
    }
    return found | ({"users": list(group.users)} if users else {})
