"""The local Slack, put together: the one place that builds its parts."""

from emulator import ids
from emulator.background import Background
from emulator.clock import Clock
from emulator.events import Events
from emulator.faults import Faults
from emulator.hub import Hub
from emulator.inspector import Inspector
from emulator.interactions import Interactions
from emulator.memberships import Memberships
from emulator.modals import Modals
from emulator.posts import Posts
from emulator.rates import Rates
from emulator.seed import WorkspaceSeed
from emulator.socket_mode import SocketMode
from emulator.suggestions import Suggestions
from emulator.triggers import ResponseUrls, Triggers
from emulator.workspace import Workspace


class LocalSlack:
    """One workspace with everything that happens in it.

    Args:
        seed: who and what is there at the beginning.
        base_url: where it is served, as `http://127.0.0.1:8910/`.
        strict: whether rate limits hold.
        bot_token: the app's `xoxb-` token; a random one if None.
        app_token: the app's `xapp-` token; a random one if None.
    """

    def __init__(
        self,
        seed: WorkspaceSeed,
        *,
        base_url: str,
        strict: bool = False,
        bot_token: str | None = None,
        app_token: str | None = None,
    ) -> None:
        self.base_url = base_url
        self.strict = strict
        self.bot_token = bot_token or ids.token("xoxb")
        self.app_token = app_token or ids.token("xapp")
        self.background = Background()
        self.clock = Clock()
        self.hub = Hub()
        self.faults = Faults()
        self.inspector = Inspector(self.hub)
        self.workspace = Workspace(seed, self.clock)
        self.rates = Rates(self.clock)
        self.sockets = SocketMode(
            app_id=self.workspace.app.id,
            clock=self.clock,
            faults=self.faults,
            inspector=self.inspector,
            hub=self.hub,
            background=self.background,
        )
        self.events = Events(self.workspace, self.sockets, self.clock, self.background)
        self.posts = Posts(self.workspace, self.clock, self.hub, self.events)
        self.memberships = Memberships(
            self.workspace,
            self.clock,
            self.hub,
            self.events,
            posts=self.posts,
            base_url=base_url,
        )
        self.modals = Modals(self.workspace, self.clock, self.hub)
        self.suggestions = Suggestions()
        self.triggers = Triggers(self.clock)
        self.response_urls = ResponseUrls(self.clock, base_url)
        self.interactions = Interactions(self.sockets, self.hub, self.background)

    @property
    def ready_line(self) -> dict[str, str]:
        """What a process prints when it serves this workspace."""
        return {
            "url": self.base_url,
            "api_url": f"{self.base_url}api/",
            "bot_token": self.bot_token,
            "app_token": self.app_token,
            "control_url": f"{self.base_url}control",
        }

    async def close(self) -> None:
        """End every stream, connection and errand."""
        self.hub.close()
        await self.sockets.close()
        await self.background.close()
