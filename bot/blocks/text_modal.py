"""The whole of a text, page by page, however long it is."""

from typing import Final

from approvals.requests import ApprovalRequest
from approvals.runs import Run
from bot.blocks import rich
from bot.blocks.elements import actions, button, context
from bot.blocks.ids import Action, Callback, TextRef
from bot.blocks.markdown import markdown_blocks
from bot.blocks.message import Block, Element, View
from bot.blocks.modals import modal
from bot.blocks.pages import PAGE, readable, split
from bot.blocks.subject import headline
from bot.wording.text import length, one_line

_TITLE: Final = 80


def request_text(request: ApprovalRequest, page: int = 0) -> View:
    """Show a page of the text that a request is about."""
    subject = request.ask.subject
    ref = TextRef(of=request.id, is_result=False, page=page)
    return _text(headline(subject), subject.body, ref)


def result_text(run: Run, page: int = 0) -> View:
    """Show a page of what a run came to."""
    title = f"Result of {one_line(run.crew_title, _TITLE)}"
    return _text(title, run.result, TextRef(of=run.id, is_result=True, page=page))


def _text(title: str, text: str, ref: TextRef) -> View:
    source = readable(text)
    pages = split(source, PAGE)
    page = min(ref.page, len(pages) - 1)
    size = f"{length(source):,} characters"
    where = f"Page {page + 1} of {len(pages)} · {size}" if len(pages) > 1 else size
    blocks: list[Block] = [
        rich.rich_text(rich.section(rich.bold(title))),
        context(where),
        *(markdown_blocks(pages[page]) or [context("_No text._")]),
    ]
    turns = _turns(ref, page, len(pages))
    if turns:
        blocks.append(actions(*turns))
    return modal(Callback.TEXT, "The whole text", blocks, about=ref)


def _turns(ref: TextRef, page: int, pages: int) -> list[Element]:
    """Give the buttons to the pages beside this one."""
    turns = []
    if page > 0:
        turns.append(("Previous", Action.PAGE_BACK, page - 1))
    if page < pages - 1:
        turns.append(("Next", Action.PAGE_NEXT, page + 1))
    return [
        button(
            label,
            action,
            TextRef(of=ref.of, is_result=ref.is_result, page=target),
            spoken_label=f"{label} page, {target + 1} of {pages}",
        )
        for label, action, target in turns
    ]
