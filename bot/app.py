"""The composition root of the bot: the only place that knows all its parts."""

import asyncio
import contextlib
import logging
import os
import socket
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from approvals.ports import Clock
from approvals.service import ApprovalService
from bot.chores import Chores
from bot.courier import Courier
from bot.crossing import Crossing
from bot.drawing import Drawing
from bot.front import Front
from bot.listeners import register
from bot.router import Router
from bot.rules.rules_file import RulesFile
from bot.settings import Settings
from bot.slack.channels import Channels
from bot.slack.directory import Directory
from bot.slack.gateway import SlackGateway
from bot.slack.identity import Identity, identify
from bot.slack.sockets import Sockets
from bot.slack.strays import Strays
from bot.timers import Timers
from storage.audit import AuditTrail
from storage.database import Database
from storage.people import SqlPeople
from storage.policies import SqlPolicyFiles
from storage.postings import SqlPostings
from storage.segment_queue import SegmentQueue
from storage.store import SqlStore

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bot:
    """A bot process: listeners on two sockets, and its loops."""

    identity: Identity
    front: Front
    sockets: Sockets
    courier: Courier
    router: Router
    timers: Timers
    database: Database

    async def run(self, stop: asyncio.Event, started: asyncio.Event) -> None:
        """Work until told to stop; open clicks are answered first."""
        courier = asyncio.create_task(self.courier.run(), name="courier")
        router = asyncio.create_task(self.router.run(), name="router")
        try:
            await self.timers.start()
            await self.sockets.connect()
            started.set()
            logger.info(
                "connected to Slack",
                extra={"team": self.identity.team_name, "bot": self.identity.bot_name},
            )
            await stop.wait()
        finally:
            await self.sockets.close()
            self.timers.stop()
            router.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await router
            self.courier.stop()
            await courier
            await self.front.finish()
            self.front.core.close()
            self.database.close()


async def build(settings: Settings, clock: Clock) -> Bot:
    """Put a bot together from its settings.

    Raises:
        ProblemsFound: Slack does not accept the bot token or its scopes.

    """
    token = settings.slack_bot_token.get_secret_value()
    client = AsyncWebClient(
        token=token, base_url=settings.slack_api_url, retry_handlers=[]
    )
    identity = await identify(client)
    core = Crossing()
    database = Database(settings.database_url)
    store = SqlStore(database, clock)
    rules = RulesFile(settings.approvals_file)
    service = ApprovalService(store=store, rules=rules, clock=clock)
    slack = SlackGateway(client)
    people = SqlPeople(database)
    directory = Directory(rows=people, slack=slack, core=core, clock=clock)
    channels = Channels(slack, scopes=identity.scopes, bot_name=identity.bot_name)
    postings = SqlPostings(database)
    courier = Courier(
        owner=f"{socket.gethostname()}:{os.getpid()}",
        rows=postings,
        draw=Drawing(store),
        slack=slack,
        core=core,
        clock=clock,
    )
    chores = Chores(
        team=identity.team,
        store=store,
        rules=rules,
        files=SqlPolicyFiles(database),
        people=people,
        directory=directory,
        trail=AuditTrail(database),
        queue=SegmentQueue(database),
        core=core,
        clock=clock,
    )
    timers = Timers(
        service=service,
        store=store,
        core=core,
        clock=clock,
        chores=chores,
        changed=courier.wake,
    )
    router = Router(
        service=service,
        store=store,
        rules=rules,
        directory=directory,
        members=channels.members,
        core=core,
        clock=clock,
        routed=courier.wake,
    )
    front = Front(
        service=service,
        store=store,
        rules=rules,
        directory=directory,
        channels=channels,
        slack=slack,
        core=core,
        clock=clock,
        strays=Strays(postings=postings, slack=slack, core=core),
        committed=courier.wake,
        command=settings.command,
    )
    app = bolt_app(client, identity, token)
    register(app, front)
    return Bot(
        identity=identity,
        front=front,
        sockets=Sockets(app, client, settings.slack_app_token.get_secret_value()),
        courier=courier,
        router=router,
        timers=timers,
        database=database,
    )


def bolt_app(client: AsyncWebClient, identity: Identity, token: str) -> AsyncApp:
    """Make the Bolt app; it never asks Slack who we are, for we know."""
    authorization = identity.authorization(token)

    async def authorize() -> AuthorizeResult:
        return authorization

    return AsyncApp(
        client=client,
        authorize=authorize,
        logger=logging.getLogger("slack_bolt"),  # Bolt would take the root's level
    )
