"""The small forms behind a card's buttons, and the notice in a form's place."""

from typing import Final

from approvals.requests import ApprovalRequest
from approvals.verdicts import Verdict
from bot.blocks import limits, rich
from bot.blocks.consequences import what_follows
from bot.blocks.elements import context, input_block, placeholder, plain, section
from bot.blocks.ids import VALUE, Callback, CardRef, Input
from bot.blocks.message import Block, Element, View
from bot.blocks.subject import headline, version_text
from bot.wording.text import clean, escape, sentence, shorten

WORDS: Final = limits.TYPED
"""Characters that a person can type as a reason, as feedback or as a note."""


def reject(request: ApprovalRequest) -> View:
    """Ask for the reason of a rejection."""
    return _form(
        Callback.REJECT,
        request,
        title="Reject",
        submit="Reject",
        follows=what_follows(request.ask, Verdict.REJECT),
        field=_words("Why?", "The requester and the crew read this."),
    )


def revise(request: ApprovalRequest) -> View:
    """Ask what should change."""
    ask = request.ask
    left = None if ask.max_revisions is None else ask.max_revisions - ask.revision
    again = ". This is the last time it can be sent back" if left == 0 else ""
    return _form(
        Callback.REVISE,
        request,
        title="Revise",
        submit="Send back",
        follows=f"{what_follows(ask, Verdict.REVISE)}{again}",
        field=_words(
            "What should change?", "The crew reads exactly this. Be concrete."
        ),
    )


def approve_note(request: ApprovalRequest) -> View:
    """Offer a note beside an approval."""
    return _form(
        Callback.APPROVE_NOTE,
        request,
        title="Approve with a note",
        submit="Approve",
        follows=what_follows(request.ask, Verdict.APPROVE),
        field=_words("Your note", "It goes on the record, and to the crew."),
    )


def notice(said: str, words: str = "") -> View:
    """Say something in a form's place; what was typed there is kept to be copied."""
    blocks: list[Block] = [section(sentence(said))]
    typed = shorten(clean(words).strip(), limits.TYPED)
    if typed:
        kept = rich.section(rich.bold("Your text, to copy:"))
        blocks.append(rich.rich_text(kept, rich.preformatted(typed)))
    return modal(Callback.NOTICE, "Please note", blocks)


def modal(
    callback: Callback,
    title: str,
    blocks: list[Block],
    *,
    about: object = "",
    submit: str = "",
    close: str = "Close",
) -> View:
    """Make a modal; `about` is what comes back with it."""
    made: View = {
        "type": "modal",
        "callback_id": callback.value,
        "title": plain(title, limits.VIEW_TITLE),
        "close": plain(close, limits.VIEW_TITLE),
        "private_metadata": str(about),
        "blocks": blocks,
    }
    return made | ({"submit": plain(submit, limits.VIEW_TITLE)} if submit else {})


def _form(
    callback: Callback,
    request: ApprovalRequest,
    *,
    title: str,
    submit: str,
    follows: str,
    field: Block,
) -> View:
    what = headline(request.ask.subject)
    version = version_text(request.ask)
    about = rich.section(
        rich.bold(what), rich.span(f" · {version}" if version else " ")
    )
    return modal(
        callback,
        title,
        [rich.rich_text(about), field, context(f"*{submit}* → {escape(follows)}")],
        about=CardRef.of(request),
        submit=submit,
        close="Back",
    )


def _words(label: str, hint: str) -> Block:
    element: Element = {
        "type": "plain_text_input",
        "action_id": VALUE,
        "multiline": True,
        "max_length": WORDS,
        "focus_on_load": True,
        "placeholder": placeholder("In your own words"),
    }
    return input_block(Input.WORDS, label, element, hint=hint)
