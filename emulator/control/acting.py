"""POST: what people do."""

from emulator.acts import clicks, commands, messages, submissions
from emulator.acts.payloads import acting
from emulator.control.routing import post
from emulator.errors import Refusal
from emulator.interactions import Interaction
from emulator.modals import shown_view
from emulator.objects import conversation
from emulator.records import Channel, ChannelKind, Json, Person
from emulator.slack import LocalSlack


@post("/say")
async def say(slack: LocalSlack, body: Json) -> Json:
    """Say something."""
    return {"message": messages.say(slack, body).body}


@post("/edit")
async def edit(slack: LocalSlack, body: Json) -> Json:
    """Change one's own message."""
    return {"message": messages.edit(slack, body).body}


@post("/delete")
async def delete(slack: LocalSlack, body: Json) -> Json:
    """Take one's own message away."""
    messages.delete(slack, body)
    return {}


@post("/react")
async def react(slack: LocalSlack, body: Json) -> Json:
    """React to a message."""
    messages.react(slack, body)
    return {}


@post("/slash")
async def slash(slack: LocalSlack, body: Json) -> Json:
    """Type a slash command."""
    return _started(commands.slash(slack, body))


@post("/click")
async def click(slack: LocalSlack, body: Json) -> Json:
    """Use a control."""
    return _started(clicks.click(slack, body))


@post("/input")
async def input_(slack: LocalSlack, body: Json) -> Json:
    """Type or choose without telling anybody."""
    clicks.fill_in(slack, clicks.place_of(slack, body), body.get("values") or {})
    return {}


@post("/submit")
async def submit(slack: LocalSlack, body: Json) -> Json:
    """Submit a modal."""
    return _started(submissions.submit(slack, body))


@post("/close")
async def close(slack: LocalSlack, body: Json) -> Json:
    """Close a modal."""
    submissions.close(slack, body)
    return {}


@post("/options")
async def options(slack: LocalSlack, body: Json) -> Json:
    """Ask the app for options, and wait for them."""
    interaction, found = submissions.ask_options(slack, body)
    await interaction.ended.wait()
    if not found:
        raise Refusal("no_answer", interaction.note or "The app did not answer.")
    return found


@post("/open_home")
async def open_home(slack: LocalSlack, body: Json) -> Json:
    """Look at the app's Home tab."""
    view = submissions.open_home(slack, body)
    return {"view": shown_view(view) if view else None}


@post("/open_dm")
async def open_dm(slack: LocalSlack, body: Json) -> Json:
    """Open a direct message."""
    person = acting(slack, body.get("as"))
    wanted = body.get("with")
    others = wanted if isinstance(wanted, list) else [wanted]
    people = [slack.workspace.person(other).id for other in others]
    channel, _ = slack.posts.open_direct([person.id, *people])
    return _as_seen(channel, person)


@post("/read")
async def read(slack: LocalSlack, body: Json) -> Json:
    """Mark a conversation as read."""
    person = acting(slack, body.get("as"))
    channel = slack.workspace.readable(person, body.get("channel"))
    newest = next(reversed(channel.messages), "0000000000.000000")
    channel.last_read[person.id] = str(body.get("ts") or newest)
    slack.posts.conversation_changed(channel, person)
    return _as_seen(channel, person)


@post("/join")
async def join(slack: LocalSlack, body: Json) -> Json:
    """Join a public channel."""
    person = acting(slack, body.get("as"))
    channel = slack.workspace.readable(person, body.get("channel"))
    if channel.kind is not ChannelKind.PUBLIC:
        raise Refusal("method_not_supported", "Only public channels can be joined.")
    slack.memberships.add(channel, person)
    return _as_seen(channel, person)


@post("/leave")
async def leave(slack: LocalSlack, body: Json) -> Json:
    """Leave a channel."""
    person = acting(slack, body.get("as"))
    channel = slack.workspace.readable(person, body.get("channel"))
    if channel.is_direct:
        raise Refusal("method_not_supported", "Nobody leaves a direct message.")
    slack.memberships.remove(channel, person)
    return {}


def _started(interaction: Interaction) -> Json:
    return {"interaction": interaction.id}


def _as_seen(channel: Channel, person: Person) -> Json:
    return {"conversation": conversation(channel, reader=person)}
