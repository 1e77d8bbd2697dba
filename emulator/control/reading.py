"""GET: what there is, as a person sees it."""

import asyncio
import heapq
from collections.abc import Iterator

from aiohttp import web

from emulator.control.routing import get
from emulator.errors import Refusal
from emulator.modals import shown_view
from emulator.objects import control_channel, control_user, conversation
from emulator.records import Channel, Json, Message, Person
from emulator.slack import LocalSlack

_PAGE = 100
_MOST = 1000


@get("/workspace")
async def workspace(slack: LocalSlack, request: web.Request) -> Json:
    """Who and what there is."""
    del request
    held = slack.workspace
    bot = held.bot
    return {
        "team": held.team.model_dump(),
        "app": {
            "id": held.app.id,
            "name": held.app.name,
            "bot_user_id": bot.id,
            "bot_id": bot.bot_id,
            "connections": len(slack.sockets.connections),
            "home_tab": held.app.home_tab,
            "messages_read_only": held.app.messages_read_only,
            "commands": [c.model_dump() for c in held.app.commands],
        },
        "users": [control_user(person) for person in held.people.values()],
        "channels": [
            control_channel(c) for c in held.channels.values() if not c.is_direct
        ],
        "usergroups": [
            {"id": g.id, "handle": g.handle, "name": g.name, "users": g.users}
            for g in held.usergroups.values()
        ],
        "welcome": held.welcome.model_dump() if held.welcome else None,
        "strict": slack.strict,
        "now": slack.clock.now(),
    }


@get("/conversations")
async def conversations(slack: LocalSlack, request: web.Request) -> Json:
    """What a person can open."""
    person = slack.workspace.person(request.query.get("as"))
    held = slack.workspace
    found = [
        conversation(channel, reader=person)
        for channel in held.channels.values()
        if held.may_read(person, channel)
    ]
    return {"conversations": found}


@get("/messages")
async def messages(slack: LocalSlack, request: web.Request) -> Json:
    """What a person reads in a conversation or a thread."""
    query = request.query
    person = slack.workspace.person(query.get("as"))
    channel = slack.workspace.readable(person, query.get("channel"))
    limit = _limit(query.get("limit"))
    found: list[Message] = []
    has_more = False
    for message in _newest_first(channel, person, query.get("thread_ts")):
        if "before" in query and message.ts >= query["before"]:
            continue
        if len(found) == limit:
            has_more = True
            break
        found.append(message)
    found.reverse()
    return {"messages": [_shown(m, person) for m in found], "has_more": has_more}


def _newest_first(
    channel: Channel, person: Person, thread_ts: str | None
) -> Iterator[Message]:
    """What stands in a channel or a thread, without looking at all of it."""
    if thread_ts is None:
        said = (m for m in reversed(channel.messages.values()) if m.in_channel)
    else:
        parent = channel.messages.get(thread_ts)
        if parent is None:
            raise Refusal("thread_not_found", "There is no such thread here.")
        thread = [parent.ts, *parent.replies]
        said = (channel.messages[ts] for ts in reversed(thread))
    notes = (
        note
        for note in reversed(channel.notes.values())
        if note.only_for == person.id
        and (note.thread_ts == thread_ts if thread_ts else not note.is_reply)
    )
    return heapq.merge(said, notes, key=lambda message: message.ts, reverse=True)


def _limit(wanted: str | None) -> int:
    if wanted is None:
        return _PAGE
    if not wanted.isdigit() or not 1 <= int(wanted) <= _MOST:
        raise Refusal("invalid_limit", f"limit is a number from 1 to {_MOST}.")
    return int(wanted)


def _shown(message: Message, person: Person) -> Json:
    chosen = message.chosen.get(person.id)
    return message.body | ({"state": chosen} if chosen else {})


@get("/view")
async def view(slack: LocalSlack, request: web.Request) -> Json:
    """A person's open modals."""
    person = slack.workspace.person(request.query.get("as"))
    return {"views": [shown_view(view) for view in slack.modals.stack(person.id)]}


@get("/home")
async def home(slack: LocalSlack, request: web.Request) -> Json:
    """A person's Home tab."""
    person = slack.workspace.person(request.query.get("as"))
    published = slack.modals.home(person.id)
    return {"view": shown_view(published) if published else None}


@get("/interactions/{number}")
async def interaction(slack: LocalSlack, request: web.Request) -> Json:
    """What became of an interaction; `wait` seconds at most until it has ended."""
    number = request.match_info["number"]
    found = slack.interactions.find(int(number) if number.isdigit() else 0)
    wait = request.query.get("wait")
    if wait is not None:
        try:
            await asyncio.wait_for(found.ended.wait(), timeout=float(wait))
        except TimeoutError:
            pass  # then it is told as it stands
        except ValueError as error:
            raise Refusal("invalid_wait", "wait is a number of seconds.") from error
    more = {"response": found.response, "envelopes": found.envelopes}
    return found.as_json() | more


@get("/calls")
async def calls(slack: LocalSlack, request: web.Request) -> Json:
    """Web API calls so far."""
    method = request.query.get("method")
    since = _since(request)
    return {"calls": slack.inspector.calls(method=method, since=since)}


@get("/envelopes")
async def envelopes(slack: LocalSlack, request: web.Request) -> Json:
    """Envelopes so far."""
    return {"envelopes": slack.inspector.envelopes(since=_since(request))}


@get("/connections")
async def connections(slack: LocalSlack, request: web.Request) -> Json:
    """The app's open connections."""
    del request
    found = [
        {"n": c.n, "opened_at": c.opened_at, "envelopes": c.envelopes}
        for c in slack.sockets.connections
    ]
    return {"connections": found}


@get("/clock")
async def clock(slack: LocalSlack, request: web.Request) -> Json:
    """What time it is."""
    del request
    return {"now": slack.clock.now(), "offset": slack.clock.world.offset}


@get("/faults")
async def faults(slack: LocalSlack, request: web.Request) -> Json:
    """What trouble is arranged."""
    del request
    return {"faults": slack.faults.arranged()}


def _since(request: web.Request) -> int:
    wanted = request.query.get("since", "0")
    if not wanted.isdigit():
        raise Refusal("invalid_since", "since is the number of a record.")
    return int(wanted)
