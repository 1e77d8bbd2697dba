"""POST: what the workspace, the clock and the wires are made to do."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from emulator.clock import seconds_of
from emulator.control.routing import post
from emulator.errors import Refusal
from emulator.objects import control_channel, control_user
from emulator.records import Channel, Guest, Json
from emulator.slack import LocalSlack


def _guest(value: Any) -> Guest | None:
    return None if value is None else Guest(value)


def _tz(value: Any) -> str:
    return ZoneInfo(str(value)).key


_CHANGEABLE: dict[str, Callable[[Any], Any]] = {
    "deleted": bool,
    "guest": _guest,
    "presence": str,
    "dnd": bool,
    "tz": _tz,
    "real_name": str,
    "title": str,
}


@post("/people")
async def people(slack: LocalSlack, body: Json) -> Json:
    """Change somebody."""
    person = slack.workspace.person(body.get("user"))
    for name, value in body.items():
        if name == "user":
            continue
        if name not in _CHANGEABLE:
            sentence = f"{name} cannot be changed; these can: {', '.join(_CHANGEABLE)}."
            raise Refusal("invalid_change", sentence)
        try:
            setattr(person, name, _CHANGEABLE[name](value))
        except (ValueError, ZoneInfoNotFoundError) as error:
            raise Refusal("invalid_change", f"{name} cannot be {value!r}.") from error
    slack.memberships.person_changed(person)
    return {"user": control_user(person)}


@post("/usergroup")
async def usergroup(slack: LocalSlack, body: Json) -> Json:
    """Replace who is in a user group."""
    group = slack.workspace.usergroup(body.get("usergroup"))
    users = [slack.workspace.person(user).id for user in body.get("users") or []]
    slack.memberships.set_group(group, users)
    return {"usergroup": {"id": group.id, "users": users}}


@post("/channels")
async def channels(slack: LocalSlack, body: Json) -> Json:
    """Create a channel or change one."""
    if body.get("create"):
        return {"channel": control_channel(_created(slack, body))}
    channel = slack.workspace.channel(body.get("channel"))
    if "name" in body:
        slack.memberships.rename(channel, str(body["name"]))
    if "is_ext_shared" in body:
        channel.ext_shared = bool(body["is_ext_shared"])
        slack.memberships.changed(channel)
    if "archived" in body:
        archived = bool(body["archived"])
        slack.memberships.archive(channel, archived=archived, actor=channel.creator)
    return {"channel": control_channel(channel)}


def _created(slack: LocalSlack, body: Json) -> Channel:
    members = [slack.workspace.person(m).id for m in body.get("members") or []]
    channel = slack.workspace.create_channel(
        str(body["create"]).removeprefix("#"),
        private=bool(body.get("is_private")),
        members=members,
        creator=next(iter(members), slack.workspace.bot.id),
    )
    slack.memberships.changed(channel)
    return channel


@post("/invite")
async def invite(slack: LocalSlack, body: Json) -> Json:
    """Make anybody, also the bot, a member."""
    person = slack.workspace.person(body.get("user"))
    channel = slack.workspace.channel(body.get("channel"))
    slack.memberships.add(channel, person)
    return {"channel": control_channel(channel)}


@post("/kick")
async def kick(slack: LocalSlack, body: Json) -> Json:
    """Take anybody, also the bot, out."""
    person = slack.workspace.person(body.get("user"))
    channel = slack.workspace.channel(body.get("channel"))
    slack.memberships.remove(channel, person)
    return {"channel": control_channel(channel)}


@post("/clock")
async def clock(slack: LocalSlack, body: Json) -> Json:
    """Let time pass."""
    seconds = seconds_of(body.get("advance", ""))
    slack.clock.world.advance(seconds)
    if body.get("in_flight"):
        slack.clock.flight.advance(seconds)
    told = {"now": slack.clock.now(), "offset": slack.clock.world.offset}
    slack.hub.tell_all({"type": "clock", **told})
    return told


@post("/fault")
async def fault(slack: LocalSlack, body: Json) -> Json:
    """Arrange trouble."""
    return {"fault": slack.faults.add(body).as_json()}


@post("/socket")
async def socket(slack: LocalSlack, body: Json) -> Json:
    """Do to connections what Slack or the network does to them."""
    await slack.sockets.arrange(str(body.get("do")), body.get("connection"))
    return {"connections": len(slack.sockets.connections)}
