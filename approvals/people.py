"""A person, as far as the rules care."""

from dataclasses import dataclass
from datetime import datetime

from approvals.ids import TeamId, UserId


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody in a Slack workspace, as last read from Slack.

    `home_team` is the workspace the person belongs to; it differs from `team`
    for people of another organisation in a shared channel.
    """

    team: TeamId
    user: UserId
    name: str
    home_team: TeamId
    is_bot: bool = False
    is_guest: bool = False
    is_deactivated: bool = False
    tz: str = "UTC"
    read_at: datetime

    @property
    def may_ever_decide(self) -> bool:
        """Bots, guests, external and deactivated people never decide anything."""
        return not (self.is_bot or self.is_guest or self.is_deactivated) and (
            self.home_team == self.team
        )
