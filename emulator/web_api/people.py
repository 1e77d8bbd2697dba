"""users.*, usergroups.* and dnd.*: who there is, and whether they are to be disturbed."""

from emulator.errors import Refusal
from emulator.objects import user_object, usergroup_object
from emulator.records import Json, Person
from emulator.slack import LocalSlack
from emulator.web_api.paging import page
from emulator.web_api.registry import Call, method

_NIGHT = 14 * 3600


@method("users.info", "users:read")
def users_info(slack: LocalSlack, call: Call) -> Json:
    """One person."""
    if not call.has("user"):
        raise Refusal("user_not_found")
    person = _known(slack, call.text("user"))
    return {"user": user_object(slack.workspace, person, now=slack.clock.now())}


@method("users.list", "users:read")
def users_list(slack: LocalSlack, call: Call) -> Json:
    """Everybody, by page."""
    now = slack.clock.now()
    everybody = list(slack.workspace.people.values())
    people, metadata = page(call, everybody, default=1000)
    found = [user_object(slack.workspace, person, now=now) for person in people]
    for user in found:
        user.pop("is_stranger", None)  # only users.info tells
    return {"members": found, "cache_ts": int(now), **metadata}


@method("users.lookupByEmail", "users:read.email")
def users_lookup_by_email(slack: LocalSlack, call: Call) -> Json:
    """The active person with this address."""
    (email,) = call.needed("email")
    for person in slack.workspace.people.values():
        if person.email == email and not person.deleted:
            now = slack.clock.now()
            return {"user": user_object(slack.workspace, person, now=now)}
    raise Refusal("users_not_found")


@method("usergroups.list", "usergroups:read")
def usergroups_list(slack: LocalSlack, call: Call) -> Json:
    """Every user group."""
    users = call.flag("include_users")
    groups = slack.workspace.usergroups
    found = [usergroup_object(slack.workspace, g, users=users) for g in groups]
    return {"usergroups": found}


@method("usergroups.users.list", "usergroups:read")
def usergroups_users_list(slack: LocalSlack, call: Call) -> Json:
    """Who is in a user group."""
    (wanted,) = call.needed("usergroup")
    group = slack.workspace.usergroups.get(wanted)
    if group is None:
        raise Refusal("no_such_subteam")
    return {"users": list(group.users)}


@method("dnd.info", "dnd:read")
def dnd_info(slack: LocalSlack, call: Call) -> Json:
    """Whether somebody is not to be disturbed."""
    person = _known(slack, call.text("user"))
    now = int(slack.clock.now())
    return {
        "dnd_enabled": person.dnd,
        "next_dnd_start_ts": now - 60 if person.dnd else 1,
        "next_dnd_end_ts": now + _NIGHT if person.dnd else 1,
    }


def _known(slack: LocalSlack, wanted: str) -> Person:
    person = slack.workspace.people.get(wanted)
    if person is None:
        raise Refusal("user_not_found")
    return person
