"""Private replies to `/crew`: lists, one run, help."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from approvals.crews import CrewVersion
from approvals.ids import RunCode
from approvals.requests import ApprovalRequest
from approvals.runs import Run
from bot.blocks.elements import button, context, header, section
from bot.blocks.ids import Action, CardRef, RunRef
from bot.blocks.message import Block, Message, note
from bot.blocks.run_message import run_message, run_title
from bot.blocks.run_state import state_text
from bot.blocks.run_view import RunView
from bot.blocks.subject import headline, version_text
from bot.commands import Scope, UnknownWord, Unreadable
from bot.forms.form import Form
from bot.problem_table import problem
from bot.problems import ProblemCode
from bot.wording.formats import NAME_LENGTH, count, date_mark
from bot.wording.text import escape, inline, one_line, sentence

MOST: Final = 15
"""Rows of a list: longer ones are cut, and say so."""

MOST_OF_EACH: Final = 10
"""Rows of each of the three lists that `/crew` alone shows: 50 blocks hold them all."""

_LINK: Final = re.compile(r"https?://[^\s<>|\"]+")
_TITLE: Final = 80
_DESCRIPTION: Final = 200
_SAID: Final = 700

_EMPTY: Final[Mapping[Scope, str]] = {
    Scope.MINE: "You have not started a run yet.",
    Scope.OPEN: "No run is under way.",
    Scope.ALL: "There has been no run yet.",
}
_HEADING: Final[Mapping[Scope, str]] = {
    Scope.MINE: "Your runs",
    Scope.OPEN: "Runs under way",
    Scope.ALL: "The newest runs",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PendingItem:
    """A request that waits for the reader; `link` leads to its card, where known."""

    request: ApprovalRequest
    run: Run
    link: str = ""


def now_list(
    command: str,
    *,
    pending: Sequence[PendingItem],
    mine: Sequence[RunView],
    crews: Sequence[CrewVersion],
) -> Message:
    """Say what this person can do now: decide, look after runs, start a crew."""
    able = [crew for crew in crews if crew.can_start]
    blocks: list[Block] = []
    if pending:
        blocks.append(header("Waiting for you"))
        blocks += [_pending_row(item) for item in _urgent(pending)[:MOST_OF_EACH]]
        blocks += _cut(len(pending), MOST_OF_EACH)
    if mine:
        blocks.append(header("Your runs under way"))
        blocks += [_run_row(view) for view in mine[:MOST_OF_EACH]]
        blocks += _cut(len(mine), MOST_OF_EACH)
    blocks.append(header("Start a crew"))
    blocks += _crew_rows(command, able[:MOST_OF_EACH], crews)
    blocks += _cut(len(able), MOST_OF_EACH)
    blocks.append(context(_hint(command)))
    waits = f"{count(len(pending), 'decision')} waiting for you" if pending else ""
    runs = f"{count(len(mine), 'run')} of yours under way" if mine else ""
    parts = [part for part in (waits, runs) if part]
    text = f"{'; '.join(parts)}." if parts else "Nothing waits for you. Start a crew?"
    return Message(escape(text[:1].upper() + text[1:]), tuple(blocks))


def crews_list(command: str, crews: Sequence[CrewVersion]) -> Message:
    """List the crews; those that cannot be started say why."""
    able = [crew for crew in crews if crew.can_start]
    broken = [crew for crew in crews if not crew.can_start]
    blocks: list[Block] = [header("Crews")]
    blocks += _crew_rows(command, able, crews)
    blocks += _cut(len(able))
    blocks += [_broken_row(crew) for crew in broken[:MOST]]
    text = f"{count(len(able), 'crew')} to start"
    if broken:
        text += f", {count(len(broken), 'crew')} with a problem"
    return Message(f"{text}.", tuple(blocks))


def runs_list(runs: Sequence[RunView], scope: Scope) -> Message:
    """List runs, newest first."""
    if not runs:
        return note(_EMPTY[scope])
    rows = [_run_row(view) for view in runs[:MOST]]
    blocks = (header(_HEADING[scope]), *rows, *_cut(len(runs)))
    return Message(f"{_HEADING[scope]}: {len(runs)}.", blocks)


def pending_list(items: Sequence[PendingItem]) -> Message:
    """List what waits for the reader's decision, the most urgent first."""
    if not items:
        return note("Nothing waits for your decision.")
    urgent = _urgent(items)
    rows = [_pending_row(item) for item in urgent[:MOST]]
    first = headline(urgent[0].request.ask.subject)
    text = f"{count(len(items), 'decision')} waiting for you, first: {first}."
    return Message(escape(text), (header("Waiting for you"), *rows, *_cut(len(items))))


def shown_run(view: RunView) -> Message:
    """Show one run to one person."""
    return run_message(view)


def no_such_run(code: RunCode, known: Sequence[RunCode]) -> Message:
    """Say that no run has a code, and which is close to it."""
    close = get_close_matches(code, known, n=1, cutoff=0.6)
    hint = f" Did you mean `{close[0]}`?" if close else " `runs all` lists the newest."
    return note(f"There is no run `{code}` here.{hint}")


def no_such_crew(command: str, name: str, crews: Sequence[CrewVersion]) -> Message:
    """Say that no crew has a name, and which is close to it."""
    shown = one_line(name, _TITLE)
    able = {crew.name.casefold(): crew.name for crew in crews if crew.can_start}
    broken = [crew for crew in crews if not crew.can_start and crew.name == name]
    if broken:
        return note(_why_broken(broken[0]))
    close = get_close_matches(name.casefold(), able, n=1, cutoff=0.5)
    hint = f"Did you mean `{command} create {able[close[0]]}`? " if close else ""
    unknown = problem(ProblemCode.UNKNOWN_CREW, crew=shown, hint=hint, command=command)
    return note(str(unknown))


def unknown_word(command: str, unknown: UnknownWord) -> Message:
    """Say that a word is no command, and what may have been meant."""
    shown = one_line(unknown.word, _TITLE)
    meant = " or ".join(f"`{command} {word}`" for word in unknown.meant)
    hint = f"Did you mean {meant}?" if meant else f"`{command} help` lists them."
    return note(f"I do not know “{shown}”. {hint}")


def unreadable(unreadable: Unreadable) -> Message:
    """Say why a command could not be read."""
    return note(unreadable.why)


def help_text(command: str) -> Message:
    """List the commands."""
    rows = "\n".join(f"`{command}{rest}`  {what}" for rest, what in _COMMANDS)
    blocks = (
        header("What you can write"),
        section(rows),
        context(
            "A run's code is on its message. Only the people named on a card decide"
            " it, whoever sees its buttons."
        ),
    )
    return Message(f"What you can write after {command}.", blocks)


_COMMANDS: Final = (
    ("", "what you can do now"),
    (" create", "start a crew with a form"),
    (' create content topic="…"', "start it at once"),
    (" crews", "the crews there are"),
    (" runs", "runs under way; also `runs mine`, `runs all`"),
    (" pending", "what waits for your decision"),
    (" show CODE", "where a run stands"),
    (" cancel CODE", "end a run of yours"),
    (" try", "a practice run in your own DM, which you may approve yourself"),
    (" help", "this list"),
)


def _pending_row(item: PendingItem) -> Block:
    request, run = item.request, item.run
    title = inline(headline(request.ask.subject), _TITLE * 2)
    version = version_text(request.ask)
    parts = [
        f"{inline(run.requester_name, NAME_LENGTH)} asks",
        version,
        f"until {date_mark(request.expires_at)}",
        f"run `{run.code}`",
    ]
    if _LINK.fullmatch(item.link):
        parts.append(f"<{item.link}|go to the card>")
    small = " · ".join(part for part in parts if part)
    opener = button("Open", Action.OPEN, CardRef.of(request))
    return section(f"*{title}*\n{small}", accessory=opener)


def _run_row(view: RunView) -> Block:
    run = view.run
    title = inline(run_title(view), _TITLE * 2)
    state = inline(state_text(view), _DESCRIPTION)
    who = inline(run.requester_name, NAME_LENGTH)
    started = f"`{run.code}` · {who} · {date_mark(run.created_at)}"
    more = button("Details", Action.RUN_DETAILS, RunRef.of(run))
    return section(f"*{title}*\n{state}\n{started}", accessory=more)


def _crew_rows(
    command: str, able: Sequence[CrewVersion], crews: Sequence[CrewVersion]
) -> list[Block]:
    """Show the crews that can be started, or why there is none."""
    rows = [_crew_row(crew) for crew in able[:MOST]]
    return rows or [_nothing_to_start(command, crews)]


def _crew_row(crew: CrewVersion) -> Block:
    title = inline(crew.title or crew.name, _TITLE)
    description = inline(crew.description, _DESCRIPTION)
    needed = [field.name for field in Form.of(crew).fields if field.is_required]
    needs = f" · needs {inline(', '.join(needed), _TITLE)}" if needed else ""
    opener = button("Start…", Action.START_CREW, crew.name)
    text = f"*{title}*  `{inline(crew.name, _TITLE)}`{needs}\n{description}"
    return section(text.rstrip(), accessory=opener)


def _broken_row(crew: CrewVersion) -> Block:
    return section(f":warning: {sentence(_why_broken(crew))}")


def _why_broken(crew: CrewVersion) -> str:
    """Say where a crew's files are wrong, and what to do."""
    said = "; ".join(str(one).rstrip(".") for one in crew.problems)
    name, reason = one_line(crew.name, _TITLE), one_line(said, _SAID)
    return str(problem(ProblemCode.CREW_BROKEN, crew=name, reason=reason))


def _nothing_to_start(command: str, crews: Sequence[CrewVersion]) -> Block:
    if not crews:
        return section(str(problem(ProblemCode.NO_CREWS)))
    return section(
        f"No crew can be started just now. `{command} crews` shows what is wrong."
    )


def _urgent(items: Sequence[PendingItem]) -> list[PendingItem]:
    return sorted(items, key=lambda item: item.request.expires_at)


def _cut(number: int, most: int = MOST) -> list[Block]:
    return [context(f"and {number - most} more")] if number > most else []


def _hint(command: str) -> str:
    return f"`{command} help` lists what you can write."
