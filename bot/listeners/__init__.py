"""Everything that can come from Slack, on one page."""

from slack_bolt.async_app import AsyncApp

from bot.front import Front
from bot.listeners import (
    commands,
    copies,
    events,
    leftovers,
    looking,
    presses,
    runs,
    starting,
)


def register(app: AsyncApp, front: Front) -> None:
    """Register every listener; a test holds them against `manifest.yml`."""
    copies.register(app, front)  # whatever is clicked: is it a copy of a message?
    commands.register(app, front)  # /crew …
    starting.register(app, front)  # the form that starts a run
    presses.register(app, front)  # Approve, Reject…, Revise…, and their forms
    looking.register(app, front)  # Open, More…, Details, and pages
    runs.register(app, front)  # Cancel, Retry
    events.register(app, front)  # user_change
    leftovers.register(app, front)  # all else
