"""A copy of a card that we do not know of: dealt with when somebody first clicks it.

A post whose answer never came is posted again under its key, so Slack may hold a
second copy. Its buttons are as good as any card's; it only must not keep them: it is
adopted as the card's message, or deleted where the card has one there already.
"""

from collections.abc import Sequence

from approvals.ids import ChannelId, RequestId, UserId
from approvals.placing import card_thing
from bot.crossing import Crossing
from bot.gateway import SlackGateway
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
        self, request: RequestId, channel: ChannelId, ts: str, user: UserId
    ) -> None:
        """Deal with the card's message that this person clicked, if we do not know it."""
        if await self._core(self._postings.find, channel, ts) is not None:
            return
        copies = await self._core(self._postings.of_thing, card_thing(request))
        here = _at(copies, channel, user)
        if here is None:
            return
        if not await self._core(self._postings.adopt, here.key, channel, ts):
            await self._slack.delete(channel, ts)


def _at(copies: Sequence[Posting], channel: ChannelId, user: UserId) -> Posting | None:
    """Find the card's posting at this place: a channel, or this person's DM."""
    for copy in copies:
        place = copy.wanted.place.conversation
        if channel in (place, copy.channel):
            return copy
    in_dm = channel.startswith("D")
    return next(
        (c for c in copies if in_dm and c.wanted.place.conversation == user), None
    )
