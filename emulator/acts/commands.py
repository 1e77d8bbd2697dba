"""Slash commands."""

import re

from emulator.acts.answers import post_answer
from emulator.acts.payloads import TOKEN, acting, channel_name, refuse_read_only
from emulator.errors import Refusal
from emulator.interactions import Errand, Interaction
from emulator.records import Channel, Json, Person
from emulator.seed import CommandSeed
from emulator.slack import LocalSlack
from emulator.workspace import SLACKBOT, Workspace

_PERSON = re.compile(r"(?<![\w<])@([a-z0-9._-]+)")
_CHANNEL = re.compile(r"(?<![\w<&])#([a-z0-9_-]+)")


def slash(slack: LocalSlack, body: Json) -> Interaction:
    """Type a slash command.

    Raises:
        Refusal: `slash_in_thread`, `unknown_command`, or the place is not theirs.
    """
    person = acting(slack, body.get("as"))
    channel = slack.workspace.readable(person, body.get("channel"))
    name, _, text = str(body.get("text") or "").strip().partition(" ")
    command = _known(slack, person, name)
    if body.get("thread_ts"):
        sentence = f"{name} is not supported in threads. Sorry!"
        raise Refusal("slash_in_thread", sentence)
    if channel.archived:
        raise Refusal("is_archived", "This channel is archived.")
    refuse_read_only(slack, channel)
    text = text.strip()
    if command.should_escape:
        text = _escaped(slack.workspace, text)
    payload = _payload(slack, person, channel, name, text)

    def fail(status: str) -> str:
        note = _failure(name, status)
        slack.posts.note(channel, {"user": SLACKBOT, "text": note}, reader=person)
        return note

    errand = Errand(
        envelope_type="slash_commands",
        payload=payload,
        on_ack=lambda ack: post_answer(slack, channel, person, ack),
        on_failure=fail,
    )
    return slack.interactions.start(errand, "slash", person, channel=channel.id)


def _known(slack: LocalSlack, person: Person, name: str) -> CommandSeed:
    for command in slack.workspace.app.commands:
        if command.command == name and not person.external:
            return command
    known = ", ".join(c.command for c in slack.workspace.app.commands) or "none"
    sentence = f"{name} is not a valid command. There are: {known}."
    raise Refusal("unknown_command", sentence)


def _payload(
    slack: LocalSlack, person: Person, channel: Channel, name: str, text: str
) -> Json:
    team = slack.workspace.team
    return {
        "token": TOKEN,
        "team_id": team.id,
        "team_domain": team.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": person.id,
        "user_name": person.handle,
        "command": name,
        "text": text,
        "api_app_id": slack.workspace.app.id,
        "is_enterprise_install": "false",
        "response_url": slack.response_urls.new(person.id, channel.id),
        "trigger_id": slack.triggers.new(person.id, here=channel.id),
    }


def _escaped(workspace: Workspace, text: str) -> str:
    people = {person.handle: person.id for person in workspace.people.values()}
    channels = {channel.name: channel.id for channel in workspace.channels.values()}

    def person(found: re.Match[str]) -> str:
        name = found[1]
        return f"<@{people[name]}|{name}>" if name in people else found[0]

    def channel(found: re.Match[str]) -> str:
        name = found[1]
        return f"<#{channels[name]}|{name}>" if name in channels else found[0]

    return _CHANNEL.sub(channel, _PERSON.sub(person, text))


def _failure(name: str, status: str) -> str:
    match status:
        case "timed_out":
            return (
                f"{name} failed because the app did not respond. "
                "Please try again or contact the app developer."
            )
        case "undelivered":
            return f'{name} failed with the error "dispatch_failed"'
        case _:
            code = status.removeprefix("refused: ")
            return f'{name} failed with the error "{code}"'
