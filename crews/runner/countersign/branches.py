"""Which branches of a run move, run, or wait: how a segment knows that it is over.

Theory of operation. crewAI runs a flow as a tree of coroutines: a step runs its method
and then, inside itself, the steps that listen to it; a nested flow runs inside the call
of a method. So a branch that has children is blocked in them, and only the leaves tell
what happens. A leaf *moves* while crewAI decides what comes next; the scheduler does
nothing until no leaf moves, which gives every run, and every replay of it, one order.
"""

import asyncio
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from countersign.calls import Address


class Stance(StrEnum):
    """What a branch without children does."""

    MOVING = "moving"  #: crewAI decides what comes next
    RUNNING = "running"  #: A method's body is being executed
    HELD = "held"  #: Waits for its turn, or for a decision
    ASIDE = "aside"  #: Waits no more: it has lost a race


class Turn(StrEnum):
    """What a held branch waits for."""

    JOURNAL = "journal"  #: To go on with what the journal holds: a result, a decision
    DECISION = "decision"  #: To go on with a decision that is new
    BODY = "body"  #: To execute a method's body
    PERSON = "person"  #: For people, after this segment
    NEVER = "never"  #: For nothing: overtaken, or behind a failure


@dataclass(eq=False, kw_only=True, slots=True)
class Hold:
    """A branch that waits for its turn. `rank` orders those of one kind."""

    turn: Turn
    rank: tuple[int, ...]
    address: Address
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[None]
    ask: dict[str, Any] | None = None
    told: bool = False


@dataclass(eq=False, kw_only=True, slots=True)
class Race:
    """An `or_` that several methods of one batch could fire: the first one does."""

    members: frozenset[str]
    winner: "Branch | None" = None
    won: bool = False


@dataclass(eq=False, kw_only=True, slots=True)
class Branch:
    """A node of the tree: a step of a flow, or (with `body`) a method's execution."""

    name: str
    parent: "Branch | None"
    body: bool = False
    stance: Stance = Stance.MOVING
    hold: Hold | None = None
    address: Address | None = None
    racing: Race | None = None  # the race that this branch takes part in
    hosting: Race | None = None  # the race that this branch's listeners run
    children: list["Branch"] = field(default_factory=list)
    nested: int = 0  # how many flows this body has started

    def enter(self) -> None:
        """Become a child of the parent."""
        if self.parent is not None:
            self.parent.children.append(self)

    def leave(self) -> None:
        """Stop being one."""
        if self.parent is not None and self in self.parent.children:
            self.parent.children.remove(self)

    def leaves(self) -> Iterator["Branch"]:
        """List the branches below that block the others, or this one."""
        todo = [self]
        while todo:
            branch = todo.pop()
            blocking = branch.blocking()
            todo.extend(blocking)
            if not blocking:
                yield branch

    def below(self) -> Iterator["Branch"]:
        """List this branch and all below it."""
        todo = [self]
        while todo:
            branch = todo.pop()
            todo.extend(branch.children)
            yield branch

    def overtaken(self) -> bool:
        """Tell whether this branch, or one around it, has lost a race."""
        branch: Branch | None = self
        while branch is not None:
            race = branch.racing
            if race is not None and race.winner not in {None, branch}:
                return True
            branch = branch.parent
        return False

    def blocking(self) -> list["Branch"]:
        """List the children that this branch waits for.

        Once the winner of a race is through with its whole chain, crewAI cancels the
        others: this branch goes on, whatever they do.
        """
        race = self.hosting
        if race is None or not race.won:
            return self.children
        return [child for child in self.children if child.racing is not race]


branch_here: ContextVar[Branch | None] = ContextVar("branch_here", default=None)
"""The innermost branch that this code runs for."""
