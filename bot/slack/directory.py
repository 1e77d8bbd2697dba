"""Who people are, as Slack says, and how fresh that is."""

import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final, Protocol

from approvals.ids import TeamId, UserId
from approvals.people import Person
from approvals.ports import Clock
from bot.crossing import Crossing
from bot.slack.gateway import (
    SlackBusyError,
    SlackGateway,
    SlackRefusedError,
    SlackUnreachableError,
)

logger = logging.getLogger(__name__)

FRESH_FOR: Final = timedelta(minutes=10)
"""How old a row may be when somebody decides (research: user cache, 10 minutes)."""

READ_WITHIN: Final = 1.0
"""Seconds that a click may wait for `users.info` (DESIGN.md 4)."""


class CouldNotCheckError(Exception):
    """Slack did not say who this is; nothing is decided on a guess."""

    def __init__(self) -> None:
        super().__init__("Slack did not answer in time. Please press again.")


class PeopleRows(Protocol):
    """Where people are kept."""

    def get(self, team: TeamId, user: UserId) -> Person | None: ...
    def put(self, person: Person) -> None: ...


class Directory:
    """Reads people from rows, and from Slack when a row is missing or old."""

    def __init__(
        self, *, rows: PeopleRows, slack: SlackGateway, core: Crossing, clock: Clock
    ) -> None:
        self._rows = rows
        self._slack = slack
        self._core = core
        self._clock = clock

    async def person(self, team: TeamId, user: UserId) -> Person:
        """Give a person as fresh as a decision needs.

        Raises:
            CouldNotCheckError: the row is missing or old, and Slack did not answer.

        """
        known = await self._core(self._rows.get, team, user)
        if known is not None and self._clock.now() - known.read_at <= FRESH_FOR:
            return known
        try:
            return await self._read(team, user)
        except (SlackBusyError, SlackRefusedError, SlackUnreachableError) as error:
            logger.warning("could not read a person", extra={"why": str(error)})
            raise CouldNotCheckError from error

    async def refresh(
        self, team: TeamId, users: Iterable[UserId]
    ) -> dict[UserId, Person]:
        """Give those of these people whom Slack knows, freshly where the row is old.

        Raises:
            CouldNotCheckError: Slack does not answer, and somebody has no row yet.

        """
        found: dict[UserId, Person] = {}
        for user in users:
            try:
                found[user] = await self.person(team, user)
            except CouldNotCheckError as error:
                known = await self._core(self._rows.get, team, user)
                if known is not None:
                    found[user] = known
                elif not isinstance(error.__cause__, SlackRefusedError):
                    raise
        return found

    async def learn(self, team: TeamId, user: Mapping[str, Any]) -> Person:
        """Keep what Slack says of a person: a `users.info` answer or a `user_change`."""
        person = Person(
            team=team,
            user=UserId(str(user["id"])),
            name=_name(user),
            home_team=TeamId(str(user.get("team_id") or team)),
            is_bot=bool(user.get("is_bot")) or bool(user.get("is_workflow_bot")),
            is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
            is_deactivated=bool(user.get("deleted")),
            tz=str(user.get("tz") or "UTC"),
            read_at=self._clock.now(),
        )
        await self._core(self._rows.put, person)
        return person

    async def _read(self, team: TeamId, user: UserId) -> Person:
        return await self.learn(team, await self._slack.user(user, READ_WITHIN))


def _name(user: Mapping[str, Any]) -> str:
    profile = user.get("profile") or {}
    candidates = (  # the full name first: an auditor reads these
        user.get("real_name"),
        profile.get("real_name"),
        profile.get("display_name"),
        user.get("name"),
    )
    return next((str(name) for name in candidates if name), str(user["id"]))
