"""What is done to a run as a whole: cancelled, or let go on after a failure."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from approvals.ids import RunId
from bot.blocks.ids import Action, RunRef
from bot.front import Front
from bot.listeners.answering import (
    NOT_ACTIVE,
    NotActive,
    answer,
    refusals_told,
)
from bot.listeners.payloads import Click


def register(app: AsyncApp, front: Front) -> None:
    """Listen to the buttons of a run's message."""

    async def cancel(ack: AsyncAck, body: dict[str, Any]) -> None:
        click = Click.model_validate(body)
        async with refusals_told(front, click):
            actor = await front.actor(click.team.id, click.user.id)
            run = await front.core(front.service.cancel, actor, _run(click))
            front.committed()
            if click.view is not None:
                answer(front, click, f"Run {run.code} is cancelled.")
        await ack()

    async def retry(ack: AsyncAck, body: dict[str, Any]) -> None:
        click = Click.model_validate(body)
        async with refusals_told(front, click):
            actor = await front.actor(click.team.id, click.user.id)
            await front.core(front.service.retry, actor, _run(click))
            front.committed()
        await ack()

    app.action(Action.RUN_CANCEL)(cancel)
    app.action(Action.RUN_RETRY)(retry)


def _run(click: Click) -> RunId:
    ref = RunRef.parse(click.value)
    if ref is None:
        raise NotActive(NOT_ACTIVE)
    return ref.run
