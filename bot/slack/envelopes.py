"""Answers what Slack says twice just as the first time.

What an envelope changes is changed once in any case: each change carries its origin.
This is for what is only shown or said: no form is opened twice, and nobody is told
that they came too late for what they have just done.
"""

import asyncio
from collections import OrderedDict
from typing import Final

from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.request import SocketModeRequest

REMEMBERED: Final = 500
"""Envelopes: more than come in the seconds in which Slack may repeat one."""


class Envelopes:
    """The latest envelopes and their answers; shared by all connections."""

    def __init__(self, app: AsyncApp) -> None:
        self._app = app
        self._answers: OrderedDict[str, asyncio.Task[BoltResponse]] = OrderedDict()

    async def answer(self, request: SocketModeRequest) -> BoltResponse:
        """Give an envelope's answer, once there is one."""
        name = _name(request)
        answer = self._answers.get(name)
        if answer is None:
            answer = asyncio.create_task(run_async_bolt_app(self._app, request))
            self._answers[name] = answer
            if len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)
        return await asyncio.shield(answer)


def _name(request: SocketModeRequest) -> str:
    """Name what an envelope is about; the same if it comes in another one again."""
    about = request.payload
    return str(about.get("trigger_id") or about.get("event_id") or request.envelope_id)
