"""Everything about a run that people may want to look up."""

from typing import Final

from approvals.requests import ApprovalRequest
from bot.blocks import rich
from bot.blocks.elements import actions, button, context, divider, header, section
from bot.blocks.ids import Action, Callback, CardRef, RunRef
from bot.blocks.message import Block, View
from bot.blocks.modals import modal
from bot.blocks.run_message import run_title, spoken_inputs
from bot.blocks.run_state import state_element
from bot.blocks.run_view import RunView
from bot.blocks.settled import outcome_text, words_elements
from bot.blocks.steps import steps_elements
from bot.blocks.subject import headline
from bot.wording.formats import NAME_LENGTH, date_mark
from bot.wording.text import escape, inline

_REQUESTS_SHOWN: Final = 25
_INPUT: Final = 1_000
_TITLE: Final = 200
_INPUTS_SHOWN: Final = 40


def details(view: RunView) -> View:
    """Show a run: its inputs, its steps, every request and what became of it."""
    run = view.run
    who = inline(run.requester_name, NAME_LENGTH)
    blocks: list[Block] = [
        rich.rich_text(rich.section(rich.bold(run_title(view)))),
        context(
            f"Run `{run.code}` · started by *{who}*, {date_mark(run.created_at)}"
            f" · priority {run.priority.value} · version `{run.crew_version[:8]}`"
        ),
        rich.rich_text(state_element(view), *steps_elements(view)),
        *_inputs(view),
        *_requests(view),
    ]
    if run.result:
        result = button("Open the result", Action.RESULT_OPEN, RunRef.of(run))
        blocks.append(actions(result))
    return modal(Callback.DETAILS, f"Run {run.code}", blocks, about=RunRef.of(run))


def _inputs(view: RunView) -> list[Block]:
    inputs = spoken_inputs(view, limit=_INPUT)[:_INPUTS_SHOWN]
    if not inputs:
        return []
    rows = [[rich.bold(f"{label}: "), rich.span(value)] for label, value in inputs]
    return [divider(), header("Inputs"), rich.rich_text(rich.lines(rows))]


def _requests(view: RunView) -> list[Block]:
    """Show the requests, newest first; the oldest of very many are left out."""
    shown = list(reversed(view.requests))[:_REQUESTS_SHOWN]
    if not shown:
        return []
    blocks = [divider(), header("What people were asked")]
    for request in shown:
        blocks.append(_request(view, request))
        said = words_elements(request.closing) if request.closing else []
        blocks += [rich.rich_text(*said)] if said else []
    rest = len(view.requests) - len(shown)
    return [*blocks, context(f"and {rest} earlier ones")] if rest else blocks


def _request(view: RunView, request: ApprovalRequest) -> Block:
    ask, closing = request.ask, request.closing
    version = f", version {ask.revision}" if ask.revision > 1 else ""
    title = inline(f"{headline(ask.subject)}{version}", _TITLE)
    if request.is_open:
        who = escape(view.approvers_of(request))
        line = f"Waits for {who}, until {date_mark(request.expires_at)}"
    else:
        line = escape(outcome_text(request, view.run))
        line += f" · {date_mark(closing.at)}" if closing else ""
    opener = button("Open", Action.OPEN, CardRef.of(request))
    return section(f"*{title}*\n{line}", accessory=opener)
