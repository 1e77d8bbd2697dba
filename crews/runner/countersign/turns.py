"""Who goes on next. One branch at a time between two steps, bodies side by side."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from countersign.branches import Branch, Hold, Stance, Turn
from countersign.calls import Address


class SegmentOver(asyncio.CancelledError):
    """Raised in every branch that still waits when its segment has ended.

    It is a cancellation: it passes every `except Exception`, and nobody logs it.
    """


class Turns:
    """Holds branches until it is their turn.

    While any branch moves, nobody else goes on. Then, in this order: what the journal
    holds, oldest first; decisions, one by one; the bodies of methods, all together.
    When nothing is left but waiting for people, the segment is quiet.

    Nested flows may run in threads with loops of their own, so everything here is
    guarded by one lock, and futures are only touched by the loop that made them.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        asked: Callable[[Sequence[dict[str, Any]]], None],
        overtaken: Callable[[Address], None],
    ) -> None:
        self.root = Branch(name="", parent=None)
        self.quiet = asyncio.Event()
        self._loop = loop
        self._asked = asked
        self._overtaken = overtaken
        self._lock = threading.RLock()
        self._holds: list[Hold] = []
        self._arrivals = 0
        self._stopping = False
        self._over = False

    @property
    def stopping(self) -> bool:
        """Tell whether nothing new may begin."""
        return self._stopping

    def enter(self, branch: Branch) -> None:
        """Add a branch to the tree."""
        with self._lock:
            self.check()
            branch.enter()

    def check(self) -> None:
        """Raise `SegmentOver` when the segment has ended: nothing counts any more."""
        if self._over:
            raise SegmentOver

    def leave(self, branch: Branch) -> None:
        """Take a branch out of the tree."""
        with self._lock:
            branch.leave()
        self.look_again()

    def flow_ended(self) -> None:
        """Note that the crew's own flow has returned or raised."""
        with self._lock:
            self.root.stance = Stance.ASIDE
        self.look_again()

    def stop(self) -> None:
        """Let what runs come to its end, and nothing new begin."""
        with self._lock:
            self._stopping = True
        self.look_again()

    def open_asks(self) -> list[dict[str, Any]]:
        """List what people are asked now."""
        with self._lock:
            return [
                branch.hold.ask
                for branch in self.root.leaves()
                if branch.hold is not None
                and branch.hold.ask is not None
                and branch.stance is Stance.HELD
            ]

    async def wait(
        self,
        branch: Branch,
        turn: Turn,
        address: Address,
        *,
        rank: tuple[int, ...] = (),
        ask: dict[str, Any] | None = None,
    ) -> None:
        """Wait for a turn; forever, if the branch has been overtaken."""
        loop = asyncio.get_running_loop()
        with self._lock:
            self.check()
            self._arrivals += 1
            hold = Hold(
                turn=turn,
                rank=(*rank, self._arrivals),
                address=address,
                loop=loop,
                future=loop.create_future(),
                ask=ask,
            )
            self._holds.append(hold)
            branch.hold = hold
            branch.stance = Stance.HELD
            if branch.overtaken():
                self._set_aside([branch])
        self._look_again_soon(loop)
        try:
            await hold.future
        finally:
            with self._lock:
                self._holds.remove(hold)
                branch.hold = None

    async def aside(self, branch: Branch) -> None:
        """Wait for nothing, until the segment is over or crewAI cancels the branch."""
        address = branch.address or Address("", branch.name, 1)
        await self.wait(branch, Turn.NEVER, address)

    def win(self, branch: Branch) -> bool:
        """Decide a race for a branch, unless another has won; tell who won."""
        race = branch.racing
        if race is None:
            return True
        with self._lock:
            if race.winner is None:
                race.winner = branch
                self._set_aside(self._losers(branch))
            return race.winner is branch

    def end(self) -> None:
        """Raise `SegmentOver` in all that still waits."""
        with self._lock:
            self._over = True
            holds = list(self._holds)
        for hold in holds:
            _settle(hold, over=True)

    def look_again(self) -> None:
        """Have the scheduler look at the tree, once."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: all is over
            self._loop.call_soon_threadsafe(self._look)

    def _look_again_soon(self, loop: asyncio.AbstractEventLoop) -> None:
        # crewAI starts the listeners of an event together: in the next turn of their
        # loop all of them stand in the tree.
        loop.call_soon(self.look_again)

    def _look(self) -> None:
        with self._lock:
            if self._over:
                return
            leaves = list(self.root.leaves())
            if any(leaf.stance is Stance.MOVING for leaf in leaves):
                return
            if not self._stopping and self._go_on(leaves):
                return
            if not any(leaf.stance is Stance.RUNNING for leaf in leaves):
                self.quiet.set()

    def _go_on(self, leaves: Sequence[Branch]) -> bool:
        held = [leaf for leaf in leaves if leaf.stance is Stance.HELD]
        for turn in (Turn.JOURNAL, Turn.DECISION):
            waiting = [leaf for leaf in held if _turn_of(leaf) is turn]
            if waiting:
                self._release(min(waiting, key=_rank_of))
                return True
        self._tell_asks(held)
        bodies = [leaf for leaf in held if _turn_of(leaf) is Turn.BODY]
        for leaf in sorted(bodies, key=_rank_of):
            self._release(leaf)
        return bool(bodies)

    def _release(self, branch: Branch) -> None:
        hold = branch.hold
        if hold is None:
            return
        branch.stance = Stance.MOVING
        _settle(hold, over=False)

    def _tell_asks(self, held: Iterable[Branch]) -> None:
        new = [
            leaf.hold
            for leaf in held
            if leaf.hold is not None
            and leaf.hold.ask is not None
            and not leaf.hold.told
        ]
        for hold in new:
            hold.told = True
        if new:
            self._asked([hold.ask for hold in new if hold.ask is not None])

    def _losers(self, winner: Branch) -> list[Branch]:
        siblings = winner.parent.children if winner.parent is not None else []
        return [
            branch
            for sibling in siblings
            if sibling is not winner and sibling.racing is winner.racing
            for branch in sibling.below()
        ]

    def _set_aside(self, branches: Iterable[Branch]) -> None:
        for branch in branches:
            hold = branch.hold
            if hold is None or branch.stance is not Stance.HELD:
                continue
            branch.stance = Stance.ASIDE
            if hold.turn in {Turn.PERSON, Turn.DECISION}:
                self._overtaken(hold.address)


def _turn_of(branch: Branch) -> Turn | None:
    return branch.hold.turn if branch.hold is not None else None


def _rank_of(branch: Branch) -> tuple[int, ...]:
    return branch.hold.rank if branch.hold is not None else ()


def _settle(hold: Hold, *, over: bool) -> None:
    def settle() -> None:
        if hold.future.done():
            return
        if over:
            hold.future.cancel()
        else:
            hold.future.set_result(None)

    with contextlib.suppress(RuntimeError):  # its loop is closed: nobody waits there
        hold.loop.call_soon_threadsafe(settle)
