"""What a listener may use: the whole of it, and nothing else."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from approvals.ids import ChannelId, TeamId, UserId
from approvals.people import Person
from approvals.ports import Clock, Rules, Store
from approvals.service import ApprovalService
from bot.crossing import Crossing
from bot.slack.channels import Channels
from bot.slack.directory import Directory
from bot.slack.gateway import SlackGateway, SlackRefusedError
from bot.slack.strays import Strays

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Front:
    """The desk at which listeners stand.

    `committed` tells the loops of this process that something was committed.
    `command` is the slash command's name, for texts.
    """

    service: ApprovalService
    store: Store
    rules: Rules
    directory: Directory
    channels: Channels
    slack: SlackGateway
    core: Crossing
    clock: Clock
    strays: Strays
    committed: Callable[[], None]
    command: str
    _later: set[asyncio.Task[None]] = field(default_factory=set)

    async def actor(self, team: TeamId, user: UserId) -> Person:
        """Give the person whom the envelope names.

        Raises:
            CouldNotCheckError: Slack did not say in time who that is.

        """
        return await self.directory.person(team, user)

    def whisper(
        self,
        channel: ChannelId,
        user: UserId,
        text: str,
        *,
        thread_ts: str | None = None,
        response_url: str = "",
    ) -> None:
        """Tell one person something, without making their click wait for it.

        Who only looks at a channel is told by the click's own `response_url`.
        """
        self.later(self._whisper(channel, user, text, thread_ts, response_url))

    async def _whisper(
        self,
        channel: ChannelId,
        user: UserId,
        text: str,
        thread_ts: str | None,
        response_url: str,
    ) -> None:
        try:
            await self.slack.whisper(channel, user, text, thread_ts=thread_ts)
        except SlackRefusedError:
            if not response_url:
                raise
            await self.slack.respond(response_url, text, thread_ts=thread_ts)

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that nothing depends on, beside the listener."""
        task = asyncio.create_task(_logged(work))
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def finish(self) -> None:
        """Wait for what was left for later."""
        await asyncio.gather(*self._later)


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception as error:  # noqa: BLE001  a lost private note must not become more
        logger.warning("a private note was lost", extra={"why": str(error)})
