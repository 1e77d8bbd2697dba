"""What the payloads of interactions have in common."""

from emulator.errors import Refusal
from emulator.records import Channel, ChannelKind, Json, Person
from emulator.slack import LocalSlack

TOKEN = "local-verification-token"  # noqa: S105  # Slack's deprecated one, no secret


def interaction_payload(slack: LocalSlack, kind: str, person: Person) -> Json:
    """The keys that every interaction's payload has."""
    team = slack.workspace.team
    return {
        "type": kind,
        "user": {
            "id": person.id,
            "username": person.handle,
            "name": person.handle,
            "team_id": person.team_id,
        },
        "api_app_id": slack.workspace.app.id,
        "token": TOKEN,
        "team": {"id": team.id, "domain": team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def channel_name(channel: Channel) -> str:
    """What payloads call a conversation."""
    match channel.kind:
        case ChannelKind.PUBLIC:
            return channel.name
        case ChannelKind.PRIVATE | ChannelKind.MPIM:
            return "privategroup"
        case ChannelKind.IM:
            return "directmessage"


def refuse_read_only(slack: LocalSlack, channel: Channel) -> None:
    """Refuse to write to an app that takes no messages.

    Raises:
        Refusal: `messages_tab_disabled`.
    """
    workspace = slack.workspace
    to_app = channel.kind is ChannelKind.IM and workspace.bot.id in channel.members
    if to_app and workspace.app.messages_read_only:
        sentence = "Sending messages to this app has been turned off."
        raise Refusal("messages_tab_disabled", sentence)


def acting(slack: LocalSlack, wanted: object) -> Person:
    """The person who acts.

    Raises:
        Refusal: `user_not_found`, or `account_inactive` for somebody who left.
    """
    person = slack.workspace.person(wanted)
    if person.deleted:
        sentence = f"{person.real_name} is deactivated and cannot do anything."
        raise Refusal("account_inactive", sentence)
    if person.is_bot:
        raise Refusal("not_a_person", "Nobody can act as a bot.")
    return person
