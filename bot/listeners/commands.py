"""`/crew …`: every answer is private, in the command's own ack."""

import asyncio
from typing import Any, assert_never

from slack_bolt.async_app import AsyncAck, AsyncApp

from approvals.ids import RunCode, TeamId
from approvals.ports import Reader
from bot.blocks.lists import (
    PendingItem,
    crews_list,
    help_text,
    no_such_run,
    now_list,
    pending_list,
    runs_list,
    shown_run,
    unknown_word,
    unreadable,
)
from bot.blocks.message import Message, note
from bot.commands import (
    CancelRun,
    Command,
    Create,
    Help,
    ListCrews,
    ListPending,
    ListRuns,
    Scope,
    ShowNow,
    ShowRun,
    Try,
    UnknownWord,
    Unreadable,
    parse,
)
from bot.drawing import run_view
from bot.front import Front
from bot.listeners.answering import TOLD, WITHIN, sentence
from bot.listeners.payloads import SlashCommand
from bot.listeners.starting import create_from_command, practice_run


def register(app: AsyncApp, front: Front) -> None:
    """Listen to the one slash command."""

    async def command(ack: AsyncAck, body: dict[str, Any]) -> None:
        sent = SlashCommand.model_validate(body)
        try:
            async with asyncio.timeout(WITHIN):
                said = await _answer(front, sent, parse(sent.text))
        except TOLD as why:
            said = note(sentence(why))
        if said is None:
            await ack()
        else:
            await ack(text=said.text, blocks=list(said.blocks))

    app.command(front.command)(command)


async def _answer(front: Front, sent: SlashCommand, command: Command) -> Message | None:
    """Do what a command asks; None where a form or a run is the answer."""
    match command:
        case Create():
            return await create_from_command(front, sent, command)
        case Try():
            return await practice_run(front, sent)
        case CancelRun():
            return await _cancel(front, sent, command.code)
        case _:
            return await front.core(_listing, front, sent, command)


def _listing(
    front: Front,
    sent: SlashCommand,
    command: ShowNow
    | ListCrews
    | ListRuns
    | ListPending
    | ShowRun
    | Help
    | UnknownWord
    | Unreadable,
) -> Message:
    """Answer what only has to be looked up."""
    with front.store.read() as reader:
        match command:
            case ShowNow():
                return _now(front, reader, sent)
            case ListCrews():
                return crews_list(front.command, reader.crews())
            case ListRuns():
                return _runs(reader, sent, command.scope)
            case ListPending():
                return pending_list(_pending(reader, sent))
            case ShowRun():
                return _show(reader, sent.team_id, command.code)
            case _:
                return _words(front, command)


def _words(front: Front, command: Help | UnknownWord | Unreadable) -> Message:
    """Answer what needs no look at the state."""
    match command:
        case Help():
            return help_text(front.command)
        case UnknownWord():
            return unknown_word(front.command, command)
        case Unreadable():
            return unreadable(command)
        case _:
            assert_never(command)


def _now(front: Front, reader: Reader, sent: SlashCommand) -> Message:
    mine = reader.runs(sent.team_id, requester=sent.user_id, open_only=True)
    return now_list(
        front.command,
        pending=_pending(reader, sent),
        mine=[run_view(reader, run) for run in mine],
        crews=reader.crews(),
    )


def _runs(reader: Reader, sent: SlashCommand, scope: Scope) -> Message:
    runs = reader.runs(
        sent.team_id,
        requester=sent.user_id if scope is Scope.MINE else None,
        open_only=scope is Scope.OPEN,
    )
    return runs_list([run_view(reader, run) for run in runs], scope)


def _pending(reader: Reader, sent: SlashCommand) -> list[PendingItem]:
    items = []
    for request in reader.pending_for(sent.team_id, sent.user_id):
        run = reader.run(request.run)
        if run is not None:
            items.append(PendingItem(request=request, run=run))
    return items


def _show(reader: Reader, team: TeamId, code: RunCode) -> Message:
    run = reader.run_by_code(team, code)
    if run is None:
        return _no_such(reader, team, code)
    return shown_run(run_view(reader, run))


def _no_such(reader: Reader, team: TeamId, code: RunCode) -> Message:
    return no_such_run(code, [run.code for run in reader.runs(team)])


async def _cancel(front: Front, sent: SlashCommand, code: RunCode) -> Message:
    actor = await front.actor(sent.team_id, sent.user_id)
    found = await front.core(_find, front, sent.team_id, code)
    if isinstance(found, Message):
        return found
    run = await front.core(front.service.cancel, actor, found)
    front.committed()
    return note(f"Run `{run.code}` is cancelled.")


def _find(front: Front, team: TeamId, code: RunCode) -> Any:
    with front.store.read() as reader:
        run = reader.run_by_code(team, code)
        return _no_such(reader, team, code) if run is None else run.id
