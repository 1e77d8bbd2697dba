"""The Slack app's manifest, the listeners and the API calls hold together."""

import re
from pathlib import Path

import pytest
import yaml

from bot.blocks.ids import Action, Callback
from bot.listeners import payloads
from bot.slack.identity import CORE_SCOPES

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = yaml.safe_load((ROOT / "manifest.yml").read_text())

SCOPE_OF_CALL = {
    "auth.test": None,
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.info": "channels:read",  # only where granted: bot/slack/channels.py
    "conversations.members": "channels:read",  # only where granted: bot/slack/channels.py
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "users.info": "users:read",
    "users.list": "users:read",
    "views.open": None,
    "views.push": None,
    "views.update": None,
}
"""Each method's scope (docs.slack.dev/reference/methods); None: any token may."""

EVENT_SCOPES = {"user_change": "users:read"}

WITHOUT_A_CALL = {
    "commands",  # the slash command itself
    "im:write",  # a post to a person's id opens the DM
}


def sources() -> str:
    return "\n".join(path.read_text() for path in (ROOT / "bot").rglob("*.py"))


def calls() -> set[str]:
    """Find the Web API methods that the bot's code names."""
    groups = "auth|chat|conversations|files|users|views"
    named = set(re.findall(rf'"((?:{groups})\.[a-zA-Z.]+)"', sources()))
    by_method = {"auth_test": "auth.test", "users_list": "users.list"}
    found = re.findall(r"client\.([a-z]+_[a-z_]+)\(", sources())
    return named | {by_method[one] for one in found if one in by_method}


def test_every_call_is_allowed_by_the_manifest() -> None:
    """No feature of the core meets a missing scope in a real workspace."""
    optional = {"channels:read"}
    granted = set(MANIFEST["oauth_config"]["scopes"]["bot"])

    needed = {SCOPE_OF_CALL[call] for call in calls()} - {None}

    assert needed - optional <= granted


def test_no_scope_is_asked_for_without_use() -> None:
    """An admin is asked for nothing that is not needed."""
    granted = set(MANIFEST["oauth_config"]["scopes"]["bot"])
    used = {SCOPE_OF_CALL[call] for call in calls()} | WITHOUT_A_CALL
    used |= {EVENT_SCOPES[event] for event in events()}

    assert granted == {scope for scope in used if scope in granted}
    assert granted == CORE_SCOPES


def events() -> list[str]:
    return list(MANIFEST["settings"]["event_subscriptions"]["bot_events"])


def test_the_events_of_the_manifest_are_listened_to() -> None:
    """Slack sends nothing in vain, and nothing that is listened to is missing."""
    listened = set(re.findall(r'app\.event\("([a-z_.]+)"\)', sources()))

    assert set(events()) == listened


def test_the_manifest_has_the_default_command() -> None:
    """A fresh installation answers to `/crew`."""
    commands = MANIFEST["features"]["slash_commands"]

    assert [command["command"] for command in commands] == ["/crew"]
    assert all(command["should_escape"] for command in commands)


SUBMITTED = ("CREATE", "REJECT", "REVISE", "APPROVE_NOTE")
"""The modals that have a submit button; the others only show something."""


@pytest.mark.parametrize(
    "named",
    [
        *(f"Action.{name}" for name in Action.__members__),
        *(f"Callback.{name}" for name in SUBMITTED),
    ],
)
def test_every_control_has_its_listener(named: str) -> None:
    """A button or form that nobody listens to would end in Slack's warning sign."""
    folder = ROOT / "bot" / "listeners"
    listeners = "\n".join(path.read_text() for path in folder.glob("*.py"))

    assert named in listeners


def test_the_submitted_modals_are_modals() -> None:
    """The list above names what there is."""
    assert set(SUBMITTED) <= set(Callback.__members__)


def test_a_payload_of_another_shape_is_refused_at_the_edge() -> None:
    """Past this file nothing sees a raw body."""
    with pytest.raises(ValueError, match="actions"):
        payloads.Click.model_validate(
            {"user": {"id": "U1"}, "team": {"id": "T1"}, "trigger_id": "t"}
        )
