"""Whatever is clicked: if it is on a copy of a message, the copy is dealt with.

See `bot.slack.strays`. This runs beside the listener of the button, which does not know.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from approvals.placing import card_thing, run_thing
from approvals.showing import Thing, ThingKind
from bot.blocks.ids import Action, CardRef, RunRef
from bot.front import Front
from bot.listeners.payloads import Click


def register(app: AsyncApp, front: Front) -> None:
    """Look at every click on a posted message."""

    async def look(
        body: dict[str, Any], next_: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        if body.get("type") == "block_actions":
            _look(front, Click.model_validate(body))
        return await next_()

    app.use(look)


def _look(front: Front, click: Click) -> None:
    thing = _thing(click)
    if thing is not None and click.message is not None:
        channel, ts = click.message
        front.later(front.strays.look(thing, channel, ts, click.user.id))


def _thing(click: Click) -> Thing | None:
    """Tell what the message shows that has this button."""
    card = CardRef.parse(click.value)
    if card is not None:
        return card_thing(card.request)
    run = RunRef.parse(click.value)
    if run is None:
        return None
    if click.actions[0].action_id == Action.RESULT_OPEN:
        return Thing(kind=ThingKind.RESULT, id=run.run)
    return run_thing(run.run)
