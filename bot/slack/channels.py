"""Whether a run may be shown in a channel, asked before anything starts."""

from collections.abc import Sequence
from typing import Final

from approvals.ids import ChannelId, UserId
from approvals.runs import Run
from bot.problem_table import problem
from bot.problems import Problem, ProblemCode
from bot.slack.gateway import (
    SlackBusyError,
    SlackGateway,
    SlackRefusedError,
    SlackUnreachableError,
)

CHANNEL_SCOPES: Final = frozenset({"channels:read", "groups:read"})
"""With both, a channel can be looked at; without, it can only be tried."""

TRY_WITHIN: Final = 1.5
"""Seconds: the answer is part of an ack."""


class Channels:
    """Looks at channels as far as the app's scopes allow."""

    def __init__(
        self, slack: SlackGateway, *, scopes: frozenset[str], bot_name: str
    ) -> None:
        self._slack = slack
        self._may_look = scopes >= CHANNEL_SCOPES
        self._bot_name = bot_name

    async def refusal(
        self, channel: ChannelId, user: UserId, greeting: str
    ) -> Problem | None:
        """Say why a run cannot be shown there; None when it can.

        Without the scopes to look, the greeting to the requester is the test: Slack
        refuses it exactly where it would refuse the run's message.
        """
        if channel.startswith("U"):  # a person's own DM with the app always works
            return None
        try:
            if self._may_look:
                shared = await self._is_shared(channel)
                if shared is not None:
                    return shared
            await self._slack.whisper(channel, user, greeting, timeout=TRY_WITHIN)
        except SlackRefusedError as error:
            return self._why(error.code)
        except (SlackBusyError, SlackUnreachableError) as error:
            return problem(
                ProblemCode.SLACK_UNREACHABLE, url="Slack", reason=str(error)
            )
        return None

    async def members(self, run: Run, people: Sequence[UserId]) -> frozenset[UserId]:
        """Give those of these people who are known to be in the run's channel."""
        if run.channel == ChannelId(run.requester):
            return frozenset({run.requester})
        if not self._may_look:
            return frozenset()
        try:
            inside = await self._slack.members(run.channel)
        except (SlackBusyError, SlackRefusedError, SlackUnreachableError):
            return frozenset()
        return inside & frozenset(people)

    async def _is_shared(self, channel: ChannelId) -> Problem | None:
        found = await self._slack.conversation(channel)
        if found.get("is_ext_shared") or found.get("is_pending_ext_shared"):
            return problem(ProblemCode.CHANNEL_SHARED, channel="This channel")
        return None

    def _why(self, code: str) -> Problem | None:
        match code:
            case "user_not_in_channel":  # we are in it, the requester only looks
                return None
            case "not_in_channel":
                met = ProblemCode.BOT_NOT_IN_CHANNEL
            case _:
                met = ProblemCode.CHANNEL_PRIVATE
        return problem(met, channel="this channel", bot=self._bot_name)
