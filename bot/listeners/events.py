"""Slack's events: they only keep what we know fresh, and decide nothing."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from approvals.ids import TeamId
from bot.front import Front


def register(app: AsyncApp, front: Front) -> None:
    """Listen to changes of people."""

    async def user_change(body: dict[str, Any], event: dict[str, Any]) -> None:
        await front.directory.learn(TeamId(body["team_id"]), event["user"])

    app.event("user_change")(user_change)
