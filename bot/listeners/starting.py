"""Starting a run: from one line, from the form, or as a practice run."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

from slack_bolt.async_app import AsyncAck, AsyncApp

from approvals.crews import CrewVersion
from approvals.errors import Refused
from approvals.ids import ChannelId, TeamId, UserId
from approvals.runs import Priority, Run
from approvals.starting import Start, can_be_unticked
from bot.blocks.create_modal import CreateView, create, read_chosen
from bot.blocks.form_fields import read_state
from bot.blocks.ids import Action, Callback, CreateRef, Input
from bot.blocks.lists import no_such_crew
from bot.blocks.message import Message, View, note
from bot.commands import Create
from bot.forms.form import Form
from bot.front import Front
from bot.listeners.answering import (
    NOT_ACTIVE,
    TOLD,
    WITHIN,
    NotActive,
    offer,
    refusals_told,
    sentence,
)
from bot.listeners.payloads import Click, SlashCommand, Submission
from bot.problem_table import problem
from bot.problems import ProblemCode

PRACTICE_CREW: Final = "content"

WORKER_SEEN: Final = timedelta(seconds=10)
"""A worker's heart beats each second; one that is silent so long is gone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What somebody wants to start, before anything is checked."""

    team: TeamId
    user: UserId
    crew: CrewVersion
    inputs: Mapping[str, Any]
    channel: ChannelId
    origin: str
    priority: Priority = Priority.MEDIUM
    unticked: tuple[str, ...] = ()
    practice: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed:
    """What a form begins with."""

    crew: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""
    channel: ChannelId | None = None


class ChannelRefused(Refused):
    """The run cannot be shown where it was asked for."""


def register(app: AsyncApp, front: Front) -> None:
    """Listen to the form and to the buttons that open it."""

    async def open_form(ack: AsyncAck, body: dict[str, Any]) -> None:
        click = Click.model_validate(body)
        async with refusals_told(front, click):
            who = (click.team.id, click.user.id)
            typed = Typed(crew=click.value)
            await offer(front, click, await front.core(_form, front, who, typed))
        await ack()

    async def choose_crew(ack: AsyncAck, body: dict[str, Any]) -> None:
        click = Click.model_validate(body)
        async with refusals_told(front, click):
            await _redraw(front, click)
        await ack()

    async def submit(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack(**await _submit(front, Submission.model_validate(body)))

    app.action(Action.START_CREW)(open_form)
    app.action(Action.CREW)(choose_crew)
    app.view(Callback.CREATE)(submit)


async def create_from_command(
    front: Front, sent: SlashCommand, command: Create
) -> Message | None:
    """Start at once when nothing is missing; else open the form with what is there."""
    crews = await front.core(_crews, front)
    crew = _named(crews, command.crew)
    if command.crew and crew is None:
        return no_such_crew(front.command, command.crew, crews)
    typed = Typed(crew=command.crew)
    if crew is not None and command.arguments:
        form = Form.of(crew)
        filled = form.read_arguments(dict(command.arguments))
        if filled.unknown:
            return note(" ".join(filled.unknown))
        if filled.is_complete:
            wish = _wish_of(sent, crew, filled.inputs)
            await start(front, wish)
            return None
        typed = Typed(
            crew=crew.name,
            inputs=filled.inputs,
            problem=_told(form, filled.errors),
        )
    view = await front.core(_form, front, (sent.team_id, sent.user_id), typed)
    await front.slack.open_view(sent.trigger_id, view)
    return None


async def practice_run(front: Front, sent: SlashCommand) -> Message | None:
    """Start a practice run in the person's own DM, with the crew's example inputs."""
    crews = await front.core(_crews, front)
    able = [crew for crew in crews if crew.can_start]
    crew = _named(able, PRACTICE_CREW) or (able[0] if able else None)
    if crew is None:
        return note(str(problem(ProblemCode.NO_CREWS)))
    form = Form.of(crew)
    filled = form.completed(_examples(crew))
    if not filled.is_complete:
        missing = problem(
            ProblemCode.INPUTS_MISSING,
            crew=crew.name,
            names=", ".join(form.labels(filled.errors)),
            command=front.command,
        )
        return note(str(missing))
    wish = replace(
        _wish_of(sent, crew, filled.inputs),
        channel=ChannelId(sent.user_id),
        practice=True,
    )
    await start(front, wish)
    return note(
        f"A practice run of *{crew.title}* begins in your messages with me."
        " It uses a scripted model, and you may decide it yourself."
    )


async def start(front: Front, wish: Wish) -> Run:
    """Check everything, then start; nothing is paid for before.

    Raises:
        Refused: and why.
        Unknown: the crew is gone.
        CouldNotCheckError: Slack did not say who that is.

    """
    requester = await front.actor(wish.team, wish.user)
    wanted = Start(
        requester=requester,
        crew=wish.crew.name,
        inputs=wish.inputs,
        channel=wish.channel,
        origin=wish.origin,
        priority=wish.priority,
        unticked=wish.unticked,
        practice=wish.practice,
    )
    await front.core(front.service.check_start, wanted)
    greeting = await front.core(_greeting, front, wish)
    refusal = await front.channels.refusal(wish.channel, wish.user, greeting)
    if refusal is not None:
        raise ChannelRefused(str(refusal))
    run = await front.core(front.service.start, wanted)
    front.committed()
    return run


async def _submit(front: Front, submission: Submission) -> dict[str, Any]:
    """Start what the form says; give what its ack says."""
    ref = CreateRef.parse(submission.view.private_metadata)
    state = submission.view.state.values
    crews = await front.core(_crews, front)
    crew = next((c for c in crews if ref and c.hash == ref.crew_version), None)
    if ref is None or crew is None:
        return {"response_action": "errors", "errors": {Input.CREW: _CREW_CHANGED}}
    form = Form.of(crew)
    filled = read_state(form, state)
    if not filled.is_complete:
        errors = form.errors_by_block(filled.errors)
        return {"response_action": "errors", "errors": errors}
    chosen = read_chosen(crew, state)
    own_dm = ChannelId(submission.user.id)
    wish = Wish(
        team=submission.team.id,
        user=submission.user.id,
        crew=crew,
        inputs=filled.inputs,
        channel=own_dm if ref.practice else chosen.channel or own_dm,
        origin=submission.view.id,
        priority=chosen.priority,
        unticked=chosen.unticked,
        practice=ref.practice,
    )
    try:
        async with asyncio.timeout(WITHIN):
            await start(front, wish)
    except ChannelRefused as why:
        return {"response_action": "errors", "errors": {Input.CHANNEL: str(why)}}
    except TOLD as why:
        return await front.core(_again, front, wish, sentence(why))
    return {}


async def _redraw(front: Front, click: Click) -> None:
    """Draw the form for the crew that was chosen in it."""
    if click.view is None:
        raise NotActive(NOT_ACTIVE)
    who = (click.team.id, click.user.id)
    view = await front.core(_form, front, who, Typed(crew=click.value))
    await front.slack.update_view(click.view.id, view, click.view.hash)


def _form(front: Front, who: tuple[TeamId, UserId], typed: Typed) -> View:
    """Draw the form, with what the person started this crew with the last time."""
    team, user = who
    with front.store.read() as reader:
        crews = tuple(crew for crew in reader.crews() if crew.can_start)
        crew = _named(crews, typed.crew)
        if crew is None and len(crews) == 1:
            crew = crews[0]
        last = reader.last_inputs(team, user, crew.name) if crew else {}
        return create(
            CreateView(
                crews=crews,
                crew=crew,
                prefill={**last, **typed.inputs},
                can_untick=_can_untick(front, crew),
                channel=typed.channel,
                problem=typed.problem,
            )
        )


def _again(front: Front, wish: Wish, why: str) -> dict[str, Any]:
    """Show the form again with what was typed and why it did not start."""
    with front.store.read() as reader:
        crews = tuple(crew for crew in reader.crews() if crew.can_start)
    view = create(
        CreateView(
            crews=crews,
            crew=wish.crew,
            prefill=wish.inputs,
            can_untick=_can_untick(front, wish.crew),
            unticked=frozenset(wish.unticked),
            priority=wish.priority,
            channel=wish.channel,
            problem=why,
            practice=wish.practice,
        )
    )
    return {"response_action": "update", "view": view}


def _can_untick(front: Front, crew: CrewVersion | None) -> frozenset[str]:
    if crew is None:
        return frozenset()
    book = front.rules.current()
    return frozenset(
        point.name for point in crew.checkpoints if can_be_unticked(point, book)
    )


def _greeting(front: Front, wish: Wish) -> str:
    since = front.clock.now() - WORKER_SEEN
    with front.store.read() as reader:
        if reader.live_workers(since) == 0:
            return str(problem(ProblemCode.NO_WORKER))
    return f"*{wish.crew.title}* starts; its message appears here in a moment."


def _crews(front: Front) -> Sequence[CrewVersion]:
    with front.store.read() as reader:
        return reader.crews()


def _named(crews: Sequence[CrewVersion], name: str) -> CrewVersion | None:
    return next((c for c in crews if c.can_start and c.name == name), None)


def _wish_of(sent: SlashCommand, crew: CrewVersion, inputs: Mapping[str, Any]) -> Wish:
    return Wish(
        team=sent.team_id,
        user=sent.user_id,
        crew=crew,
        inputs=inputs,
        channel=sent.channel_id,
        origin=sent.trigger_id,
    )


def _examples(crew: CrewVersion) -> dict[str, Any]:
    """Give what the crew's schema names as examples, for a run that is only for show."""
    properties: Mapping[str, Any] = crew.input_schema.get("properties", {})
    return {
        name: schema["examples"][0]
        for name, schema in properties.items()
        if isinstance(schema, Mapping) and schema.get("examples")
    }


def _told(form: Form, errors: Mapping[str, str]) -> str:
    """Say what is wrong with each input, and once what to do."""
    found = [
        problem(ProblemCode.INPUT_WRONG, name=label, reason=why.rstrip("."))
        for label, why in zip(form.labels(errors), errors.values(), strict=True)
    ]
    return " ".join([*(each.sentence for each in found), found[0].remedy])


_CREW_CHANGED: Final = "This crew has changed meanwhile. Please choose it again."
