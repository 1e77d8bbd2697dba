"""The workspace file and the app manifest, read and checked."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from emulator.errors import BadWorkspaceFile
from emulator.records import Guest

DEFAULT_FILE = Path(__file__).with_name("workspace.yaml")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TeamSeed(_Part):
    """The workspace itself."""

    id: str = "T0LOCALTEAM"
    name: str = "Local workspace"
    domain: str = "local-workspace"


class BotSeed(_Part):
    """The app's bot user."""

    id: str = "U0LOCALBOT0"
    bot_id: str = "B0LOCALBOT0"
    handle: str = "bot"


class CommandSeed(_Part):
    """A slash command of the app."""

    command: str = Field(pattern=r"^/[a-z0-9_-]+$")
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


class AppSeed(_Part):
    """The app that will connect, and what it was granted."""

    id: str = "A0LOCALAPP0"
    name: str = "Local app"
    bot: BotSeed = BotSeed()
    commands: list[CommandSeed] = []
    scopes: list[str] = []
    events: list[str] = []
    #: Whether it has a Home tab, and whether people may write to it.
    home_tab: bool = True
    messages_read_only: bool = False


class PersonSeed(_Part):
    """Somebody; `offered` ones are shown first to act as."""

    id: str
    handle: str = Field(pattern=r"^[a-z0-9._-]+$")
    real_name: str
    title: str = ""
    tz: str = "UTC"
    color: str = Field(default="616061", pattern=r"^[0-9a-f]{6}$")
    email: str | None = None
    guest: Guest | None = None
    deleted: bool = False
    external: bool = False
    team_id: str | None = None
    admin: bool = False
    presence: str = "active"
    dnd: bool = False
    offered: bool = False


class UserGroupSeed(_Part):
    """A user group; its users are handles or ids."""

    id: str
    handle: str
    name: str
    users: list[str] = []


class ChannelSeed(_Part):
    """A channel; its members are handles or ids."""

    id: str
    name: str = Field(pattern=r"^[a-z0-9_-]{1,80}$")
    private: bool = False
    ext_shared: bool = False
    archived: bool = False
    topic: str = ""
    purpose: str = ""
    members: list[str] = []


class WelcomeSeed(_Part):
    """What the page says on a first visit: a line, and a command to try in a channel."""

    text: str
    command: str | None = None
    channel: str | None = None


class WorkspaceSeed(_Part):
    """All of a workspace file."""

    team: TeamSeed = TeamSeed()
    app: AppSeed = AppSeed()
    people: list[PersonSeed] = Field(min_length=1)
    usergroups: list[UserGroupSeed] = []
    channels: list[ChannelSeed] = []
    welcome: WelcomeSeed | None = None


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadWorkspaceFile(f"{path}: {error.strerror}.") from error
    except yaml.YAMLError as error:
        raise BadWorkspaceFile(f"{path} is not valid YAML: {error}") from error
    if not isinstance(content, dict):
        raise BadWorkspaceFile(f"{path} holds no mapping at its top.")
    return content


def read_seed(
    path: Path = DEFAULT_FILE, *, manifest: Path | None = None
) -> WorkspaceSeed:
    """Read a workspace file; a manifest replaces what it says of the app.

    Raises:
        BadWorkspaceFile: a file is missing or wrong; the message names file and field.
    """
    content = _read(path)
    if manifest is not None:
        content["app"] = {**content.get("app", {}), **_app_of(_read(manifest))}
    try:
        return WorkspaceSeed.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadWorkspaceFile(f"{path}: {place}: {first['msg']}.") from error


def _app_of(manifest: dict[str, Any]) -> dict[str, Any]:
    """What a Slack app manifest says, in the words of a workspace file."""
    features = manifest.get("features", {})
    settings = manifest.get("settings", {})
    tabs = features.get("app_home", {})
    known = CommandSeed.model_fields
    return {
        "name": manifest.get("display_information", {}).get("name", "App"),
        "commands": [
            {key: value for key, value in command.items() if key in known}
            for command in features.get("slash_commands", [])
        ],
        "scopes": manifest.get("oauth_config", {}).get("scopes", {}).get("bot", []),
        "home_tab": tabs.get("home_tab_enabled", False),
        "messages_read_only": tabs.get("messages_tab_read_only_enabled", False),
        "events": settings.get("event_subscriptions", {}).get("bot_events", []),
    }
