"""The news that nobody can decide a request, for its requester and the admins."""

from typing import Final

from bot.blocks import rich
from bot.blocks.card import CardView
from bot.blocks.elements import context
from bot.blocks.message import Message
from bot.blocks.settled import outcome_text
from bot.blocks.subject import headline
from bot.wording.formats import NAME_LENGTH, date_mark
from bot.wording.text import escape, inline, one_line

_REASON: Final = 600
_TITLE: Final = 80


def unroutable(view: CardView) -> Message:
    """Say why nobody can decide, what to do, and what happens meanwhile."""
    request, run = view.request, view.run
    title = headline(request.ask.subject)
    if not request.is_open:
        return _short(f"{title}: {outcome_text(request, run)}.")
    if request.is_routed:
        return _short(f"{title}: settled, {view.approvers} may decide.")
    reason = one_line(request.unroutable, _REASON).rstrip(".") or "no reason is known"
    todo = (
        "An admin can name approvers in the rules file. It is read again by itself, and"
        " this is then sent to them. Nothing is decided until then."
    )
    blocks = (
        *rich.addressed(view.ping, "this run waits."),
        rich.rich_text(
            rich.section(rich.bold("Nobody can decide this yet: "), rich.span(title)),
            rich.quote(rich.span(f"{reason}.")),
            rich.section(rich.span(todo)),
        ),
        context(
            f"{inline(run.crew_title, _TITLE)}, run `{run.code}`, started by"
            f" *{inline(run.requester_name, NAME_LENGTH)}*"
            f" · expires {date_mark(request.expires_at)}, never as an approval"
        ),
    )
    return Message(escape(f"Nobody can decide “{title}” yet: {reason}."), blocks)


def _short(said: str) -> Message:
    text = escape(said)
    return Message(text, (context(text),))
