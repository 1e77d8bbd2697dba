"""A copy of a message that we do not know of: dealt with when it is first clicked.

A post whose answer never came is posted again under its key, so Slack may hold a
second copy. Its buttons are as good as any; it only must not keep them: it is adopted
as the thing's message there, or deleted where the thing has one already.
"""

from collections.abc import Sequence

from approvals.ids import ChannelId, UserId
from approvals.showing import Thing
from bot.crossing import Crossing
from bot.slack.gateway import SlackGateway
from storage.postings import Posting, SqlPostings


class Strays:
    """Finds strays, and adopts or deletes them."""

    def __init__(
        self, *, postings: SqlPostings, slack: SlackGateway, core: Crossing
    ) -> None:
        self._postings = postings
        self._slack = slack
        self._core = core

    async def look(
        self, thing: Thing, channel: ChannelId, ts: str, user: UserId
    ) -> None:
        """Deal with the thing's message that this person clicked, if it is a stray."""
        if await self._core(self._postings.find, channel, ts) is not None:
            return
        copies = await self._core(self._postings.of_thing, thing)
        here = _at(copies, channel, user)
        if here is None:
            return
        if not await self._core(self._postings.adopt, here.key, channel, ts):
            await self._slack.delete(channel, ts)


def _at(copies: Sequence[Posting], channel: ChannelId, user: UserId) -> Posting | None:
    """Find the thing's posting at this place: a channel, or this person's DM."""
    for copy in copies:
        place = copy.wanted.place.conversation
        if channel in (place, copy.channel):
            return copy
    in_dm = channel.startswith("D")
    return next(
        (c for c in copies if in_dm and c.wanted.place.conversation == user), None
    )
