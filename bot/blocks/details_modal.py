"""Everything about a run that people may want to look up."""

from typing import Final

from approvals.requests import ApprovalRequest
from bot.blocks import rich
from bot.blocks.elements import actions, button, context, divider, header
from bot.blocks.formats import NAME_LENGTH, date_mark
from bot.blocks.ids import Action, Callback, CardRef, RunRef
from bot.blocks.message import Block, Element, View
from bot.blocks.modals import modal
from bot.blocks.run_message import run_title, spoken_inputs
from bot.blocks.run_state import state_element
from bot.blocks.run_view import RunView
from bot.blocks.settled import outcome_text, words_elements
from bot.blocks.steps import steps_elements
from bot.blocks.subject import headline
from bot.blocks.text import inline

_REQUESTS_SHOWN: Final = 25
_INPUT: Final = 1_000
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
        blocks += [_request(view, request), _open(request)]
    rest = len(view.requests) - len(shown)
    return [*blocks, context(f"and {rest} earlier ones")] if rest else blocks


def _request(view: RunView, request: ApprovalRequest) -> Block:
    ask, closing = request.ask, request.closing
    version = f", version {ask.revision}" if ask.revision > 1 else ""
    spans: list[Element] = [rich.bold(f"{headline(ask.subject)}{version}")]
    if request.is_open:
        line = f"\nWaits for {view.approvers_of(request)}, until "
        spans += [rich.span(line), rich.date(request.expires_at)]
        return rich.rich_text(rich.section(*spans))
    spans.append(rich.span(f"\n{outcome_text(request, view.run)}"))
    if closing is None:
        return rich.rich_text(rich.section(*spans))
    spans += [rich.span(" · "), rich.date(closing.at)]
    return rich.rich_text(rich.section(*spans), *words_elements(closing))


def _open(request: ApprovalRequest) -> Block:
    return actions(button("Open the text", Action.OPEN, CardRef.of(request)))
