"""A running workspace, clients of it, and stock Bolt apps connected to it."""

from collections.abc import AsyncIterator, Iterator

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from emulator.client import Person, Workspace
from emulator.seed import WorkspaceSeed, read_seed
from emulator.server import serving
from emulator.slack import LocalSlack
from tests.emulator.processes import a_process

#: Everything, so that a test says what it takes away.
ALL_SCOPES = [
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "commands",
    "dnd:read",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "mpim:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users:read",
    "users:read.email",
]


@pytest.fixture
def seed() -> WorkspaceSeed:
    """The default workspace with an app that may do everything."""
    seed = read_seed()
    seed.app.scopes = list(ALL_SCOPES)
    return seed


@pytest.fixture
async def slack(seed: WorkspaceSeed) -> AsyncIterator[LocalSlack]:
    """A running workspace."""
    async with serving(seed) as slack:
        yield slack


@pytest.fixture
async def workspace(slack: LocalSlack) -> AsyncIterator[Workspace]:
    """The running workspace, through its control surface."""
    async with Workspace(slack.ready_line["control_url"]) as workspace:
        yield workspace


@pytest.fixture
def ana(workspace: Workspace) -> Person:
    return workspace.as_user("ana")


@pytest.fixture
def ben(workspace: Workspace) -> Person:
    return workspace.as_user("ben")


@pytest.fixture
def web(slack: LocalSlack) -> AsyncWebClient:
    """A stock client with the bot's token."""
    line = slack.ready_line
    return AsyncWebClient(token=line["bot_token"], base_url=line["api_url"])


@pytest.fixture
def app(web: AsyncWebClient) -> AsyncApp:
    """A stock Bolt app, not connected yet."""
    return AsyncApp(client=web)


@pytest.fixture
def ready() -> Iterator[dict[str, str]]:
    """The ready line of a workspace that runs as its own process."""
    with a_process() as process:
        yield process.ready
