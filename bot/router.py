"""Gives open requests their policy and their people.

Only the bot can ask Slack about people, so a worker's transaction leaves a request
unrouted and this loop routes it in a second one. What cannot be routed is shown with
the reason and tried again; it is never decided by itself, and its expiry runs.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from approvals.ids import RequestId, UserId
from approvals.policies import Policy
from approvals.ports import Clock, Rules, Store
from approvals.requests import ApprovalRequest
from approvals.routing import Pings
from approvals.rules import Unroutable
from approvals.runs import Run
from approvals.service import ApprovalService
from bot.crossing import Crossing
from bot.rules.rules_file import NoRules
from bot.slack.directory import CouldNotCheckError, Directory

logger = logging.getLogger(__name__)

POLL: Final = 0.2
AGAIN_AFTER: Final = timedelta(seconds=30)
AGAIN_SOON: Final = timedelta(seconds=3)
"""While Slack does not answer: who can decide is not known, and nothing is wrong."""

Members = Callable[[Run, Sequence[UserId]], Awaitable[frozenset[UserId]]]
"""Which of these people are known to be in the run's channel."""


class Router:
    """Routes until told to stop."""

    def __init__(
        self,
        *,
        service: ApprovalService,
        store: Store,
        rules: Rules,
        directory: Directory,
        members: Members,
        core: Crossing,
        clock: Clock,
        routed: Callable[[], None],
    ) -> None:
        self._service = service
        self._store = store
        self._rules = rules
        self._directory = directory
        self._members = members
        self._core = core
        self._clock = clock
        self._routed = routed
        self._not_before: dict[RequestId, datetime] = {}

    async def run(self) -> None:
        """Route for ever; cancel to stop."""
        while True:
            try:
                await self.route_open()
            except Exception:
                logger.exception("routing stumbled; it goes on")
            await asyncio.sleep(POLL)

    async def route_open(self) -> None:
        """Route what is open and unrouted, once."""
        now = self._clock.now()
        requests = await self._core(self._unrouted)
        open_ids = {request.id for request in requests}
        self._not_before = {
            known: at for known, at in self._not_before.items() if known in open_ids
        }
        for request in requests:
            if self._not_before.get(request.id, now) > now:
                continue
            self._not_before[request.id] = now + AGAIN_AFTER
            try:
                await self._route(request)
            except (Unroutable, NoRules) as why:
                await self._core(self._service.tell_unroutable, request.id, str(why))
                self._routed()
            except CouldNotCheckError:
                self._not_before[request.id] = now + AGAIN_SOON

    def _unrouted(self) -> Sequence[ApprovalRequest]:
        with self._store.read() as reader:
            return reader.unrouted()

    async def _route(self, request: ApprovalRequest) -> None:
        run, policy = await self._core(self._policy, request)
        able = await self._able(run, policy)
        if not able:
            raise Unroutable(_nobody(policy, run))
        inside = await self._members(run, able)
        pings = Pings(
            mention=tuple(user for user in able if user in inside),
            message=tuple(user for user in able if user not in inside),
        )
        if await self._core(self._service.route, request.id, policy, able, pings):
            self._routed()

    def _policy(self, request: ApprovalRequest) -> tuple[Run, Policy]:
        with self._store.read() as reader:
            run = reader.run(request.run)
        if run is None:
            message = "its run is gone"
            raise Unroutable(message)
        return run, self._rules.current().policy_for(run, request.ask)

    async def _able(self, run: Run, policy: Policy) -> tuple[UserId, ...]:
        deciders = policy.deciders(run.requester)
        people = await self._directory.refresh(run.team, deciders)
        return tuple(
            user for user in deciders if user in people and people[user].may_ever_decide
        )


def _nobody(policy: Policy, run: Run) -> str:
    if set(policy.approvers) <= {run.requester}:
        return (
            f"the requester is the only approver of “{policy.name}”, and nobody"
            " approves their own run"
        )
    return f"no approver of “{policy.name}” can decide just now"
