"""Answering a click: privately in the conversation, or in the modal it came from."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from approvals.errors import NobodyToAsk, Refused, StoreUnavailable, Unknown
from bot.blocks.message import View
from bot.blocks.modals import notice
from bot.front import Front
from bot.listeners.payloads import Click
from bot.problem_table import problem
from bot.problems import ProblemCode
from bot.slack.directory import CouldNotCheckError
from bot.slack.gateway import SlackBusyError, SlackRefusedError, SlackUnreachableError

WITHIN: Final = 2.5
"""Seconds: what is left of Slack's three belongs to the ack's own way."""

SLOW: Final = (
    "That took too long. Look at the card: if it has not changed, please press again."
)

NOT_ACTIVE: Final = "This control is not active any more."

DATABASE_AWAY: Final = (
    "The database does not answer just now; nothing was changed. Please try again."
)

FORM_LOST: Final = "Slack did not open the form in time. Please press again."

TOLD = (
    Refused,
    Unknown,
    CouldNotCheckError,
    StoreUnavailable,
    SlackBusyError,
    SlackRefusedError,
    SlackUnreachableError,
    TimeoutError,
)
"""What is said to the person who met it, instead of Slack's own warning sign."""


class NotActive(Refused):
    """A button whose value we did not write, or do not know any more."""


def sentence(error: BaseException) -> str:
    """Say what went wrong, in a sentence for the person who met it."""
    match error:
        case TimeoutError():
            return SLOW
        case NobodyToAsk():
            nobody = problem(
                ProblemCode.NOBODY_TO_DECIDE,
                checkpoint=error.checkpoint,
                why=error.why,
            )
            return str(nobody)
        case StoreUnavailable():
            return DATABASE_AWAY
        case SlackBusyError() | SlackRefusedError() | SlackUnreachableError():
            return FORM_LOST
        case _:
            return str(error)


@asynccontextmanager
async def refusals_told(front: Front, click: Click) -> AsyncIterator[None]:
    """Tell the clicker privately what the block could not do, and why."""
    try:
        async with asyncio.timeout(WITHIN):
            yield
    except TOLD as why:
        answer(front, click, sentence(why))


def answer(front: Front, click: Click, said: str) -> None:
    """Tell the person who clicked something, without making the ack wait."""
    if click.view is not None:
        front.later(front.slack.update_view(click.view.id, notice(said)))
        return
    if click.at is None:
        return
    channel, thread = click.at
    front.whisper(
        channel,
        click.user.id,
        said,
        thread_ts=thread,
        response_url=click.response_url,
    )


async def offer(front: Front, click: Click, view: View) -> None:
    """Show a modal: within three seconds of the click, or not at all.

    One that is opened from a modal stands on top of it.
    """
    if click.view is None:
        await front.slack.open_view(click.trigger_id, view)
    else:
        await front.slack.push_view(click.trigger_id, view)
