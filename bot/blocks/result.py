"""A run's final text, in its thread."""

from typing import Final

from approvals.ids import UserId
from approvals.runs import Run
from bot.blocks import rich
from bot.blocks.elements import actions, button, context, header
from bot.blocks.ids import Action, RunRef
from bot.blocks.message import Message, Upload
from bot.blocks.pages import PREVIEW
from bot.blocks.subject import body_blocks
from bot.wording.formats import NAME_LENGTH
from bot.wording.text import escape, inline, one_line

_TITLE: Final = 80


def result_file(run: Run) -> Upload:
    """Give what a run came to as a file: all of it, as it is."""
    title = one_line(run.crew_title, _TITLE)
    return Upload(
        name=f"{run.crew}-{run.code}.md",
        title=f"Result of {title}, run {run.code}",
        text=run.result,
    )


def result(run: Run, *, ping: tuple[UserId, ...] = ()) -> Message:
    """Draw what a run came to.

    `ping` are the people whom this post shall mention: a thread under our own message
    notifies nobody by itself.
    """
    title = one_line(run.crew_title, _TITLE)
    who = inline(run.requester_name, NAME_LENGTH)
    mark = "*Practice run* · " if run.practice else ""
    blocks = (
        header(f"Result of {title}"),
        *rich.addressed(ping, "here it is."),
        context(f"{mark}Run `{run.code}`, started by *{who}*"),
        *body_blocks(run.result, PREVIEW, where="*Open*"),
        actions(button("Open", Action.RESULT_OPEN, RunRef.of(run))),
    )
    practice = "Practice: " if run.practice else ""
    text = f"{practice}{title} is finished: the result is here (run {run.code})."
    return Message(escape(text), blocks)
