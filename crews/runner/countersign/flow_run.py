"""One flow object of a run: each method call is answered from the journal or made once.

Theory of operation. crewAI keeps a flow's bound methods in a table; each is replaced by
a coroutine that asks the journal first. Five of the object's own coroutines are shadowed
on the object (never on its class): three that run steps and races, to keep the tree of
branches; the one that executes a method, to know when it is through; and the one that
asks for human feedback, so that no provider, console or model stands between a person's
verdict and the flow's label.
"""

import inspect
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from countersign.branches import Branch, Race, Stance, Turn, branch_here
from countersign.calls import Address, RunningCall, running_call
from countersign.codec import CannotDecode, CannotEncode, decode, encode
from countersign.consoles import NobodyThere
from countersign.failures import FailureKind
from countersign.inside import AnyFlow, Method, originals_of, shadow
from countersign.messages import Entry
from countersign.review import Reviewer
from countersign.run_context import RunContext
from countersign.states import encode_state, restore_state

_race_here: ContextVar[Race | None] = ContextVar("race_here", default=None)
_again_here: ContextVar[Callable[[], Awaitable[Any]] | None] = ContextVar(
    "again_here", default=None
)


class _StepFailed(Exception):
    def __init__(
        self, kind: FailureKind, error: BaseException | None, words: str | None
    ) -> None:
        self.kind = kind
        self.error = error
        self.words = words
        super().__init__(words)


class FlowRun:
    """A flow object on its way through a run.

    `path` is empty for the crew's own flow. `began_with` is, for a nested one, the
    digest of its inputs.
    """

    def __init__(
        self,
        flow: AnyFlow,
        path: str,
        context: RunContext,
        *,
        began_with: str | None = None,
    ) -> None:
        self._flow = flow
        self._began_with = began_with
        self._path = path
        self._context = context
        self._turns = context.turns
        self._journal = context.journal
        self._reviewer = Reviewer(flow, path, context)
        self._calls: Counter[str] = Counter()
        self._state_seq = 0
        self._base = branch_here.get() or context.turns.root
        self._own = originals_of(flow)

    def instrument(self) -> None:
        """Put this run between crewAI and the flow's methods."""
        shadow(
            self._flow,
            methods={
                name: self._journalled(name, method)
                for name, method in self._own.methods.items()
            },
            ways={
                "execute_method": self._execute_method,
                "execute_start_method": self._execute_start_method,
                "execute_single_listener": self._execute_single_listener,
                "execute_racing_listeners": self._execute_racing_listeners,
                "run_human_feedback_step": self._review,
            },
        )

    # What crewAI calls instead of its own ---------------------------------------------

    async def _execute_start_method(self, name: Any) -> None:
        with self._step(str(name)):
            await self._own.execute_start_method(name)

    async def _execute_single_listener(self, name: Any, *args: Any, **kw: Any) -> Any:
        with self._step(str(name)):
            return await self._own.execute_single_listener(name, *args, **kw)

    async def _execute_racing_listeners(
        self, members: frozenset[Any], *args: Any, **kw: Any
    ) -> None:
        race = Race(members=frozenset(str(member) for member in members))
        host = self._branch()
        host.hosting = race
        token = _race_here.set(race)
        try:
            await self._own.execute_racing_listeners(members, *args, **kw)
        finally:
            _race_here.reset(token)
            host.hosting = None

    async def _execute_method(
        self, name: Any, method: Method, *args: Any, **kw: Any
    ) -> Any:
        token = _again_here.set(lambda: method(*args, **kw))
        try:
            done = await self._own.execute_method(name, method, *args, **kw)
        finally:
            _again_here.reset(token)
        branch = self._branch()
        if not self._turns.win(branch):
            await self._turns.aside(branch)
        return done

    async def _review(self, name: Any, feedback: Any, output: Any) -> Any:
        return await self._reviewer.review(
            self._branch(), str(name), feedback, output, again=_again_here.get()
        )

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        race = _race_here.get()
        branch = Branch(
            name=name,
            parent=branch_here.get() or self._base,
            racing=race if race is not None and name in race.members else None,
        )
        self._turns.enter(branch)
        branch_token = branch_here.set(branch)
        race_token = _race_here.set(None)
        try:
            yield
            if branch.racing is not None and branch.racing.winner is branch:
                branch.racing.won = True
        finally:
            _race_here.reset(race_token)
            branch_here.reset(branch_token)
            self._turns.leave(branch)

    # Calls ----------------------------------------------------------------------------

    def _journalled(self, name: str, original: Method) -> Method:
        async def call(*args: Any, **kwargs: Any) -> Any:
            return await self._call(name, original, args, kwargs)

        call.__name__ = getattr(original, "__name__", name)
        call.__doc__ = original.__doc__
        # crewAI looks at the signature to decide what it hands over.
        call.__signature__ = inspect.signature(original)  # type: ignore[attr-defined]  # a name that `inspect` reads
        return call

    async def _call(
        self, name: str, original: Method, args: Any, kwargs: Mapping[str, Any]
    ) -> Any:
        branch = self._branch()
        self._calls[name] += 1
        address = Address(self._path, name, self._calls[name])
        branch.address = address
        known = self._journal.entry(address)
        if known is not None:
            seq, entry = known
            await self._turns.wait(branch, Turn.JOURNAL, address, rank=(seq, 1, 0))
            return await self._replayed(branch, seq, entry)
        await self._turns.wait(branch, Turn.BODY, address)
        seq, value = await self._executed(branch, address, original, args, kwargs)
        # In line with the others, as at replay: so the order is the same then.
        await self._turns.wait(branch, Turn.JOURNAL, address, rank=(seq, 1, 0))
        self._state_seq = max(seq, self._state_seq)
        return value

    async def _replayed(self, branch: Branch, seq: int, entry: Entry) -> Any:
        if entry.began_with != self._began_with:
            message = (
                "the step that waits in this nested flow was run again, and started it"
                " with other inputs than before"
            )
            await self._context.fail_in(branch, FailureKind.MISMATCH, None, message)
        try:
            # Steps that ran side by side left their marks on one state: what counts is
            # the state after the one that ended last.
            if seq > self._state_seq:
                self._state_seq = seq
                restore_state(self._flow, entry.state)
            return decode(entry.result)
        except CannotDecode as error:
            await self._context.fail_in(branch, FailureKind.CODEC, error, str(error))

    async def _executed(
        self,
        branch: Branch,
        address: Address,
        original: Method,
        args: Any,
        kwargs: Mapping[str, Any],
    ) -> tuple[int, Any]:
        try:
            with self._body(branch, address):
                value = await self._made(original, args, kwargs)
                return await self._kept(address, value), value
        except _StepFailed as failed:
            await self._context.fail_in(branch, failed.kind, failed.error, failed.words)

    async def _made(
        self, original: Method, args: Any, kwargs: Mapping[str, Any]
    ) -> Any:
        try:
            return await self._context.execute(original, args, kwargs)
        except (Exception, NobodyThere) as error:
            if self._path:  # the step that started this flow may expect it
                raise
            raise _StepFailed(FailureKind.STEP, error, None) from error

    async def _kept(self, address: Address, value: Any) -> int:
        self._turns.check()
        try:
            result, state = encode(value), encode_state(self._flow)
        except CannotEncode as error:
            raise _StepFailed(FailureKind.CODEC, error, str(error)) from error
        too_large = self._context.too_large(result, state)
        if too_large is not None:
            raise _StepFailed(FailureKind.LIMIT, None, too_large)
        return await self._journal.write(
            address, result=result, state=state, began_with=self._began_with
        )

    @contextmanager
    def _body(self, branch: Branch, address: Address) -> Iterator[None]:
        body = Branch(
            name=branch.name,
            parent=branch,
            body=True,
            stance=Stance.RUNNING,
            address=address,
        )
        running = RunningCall(run=self._context.run_id, address=address)
        self._turns.enter(body)
        branch_token = branch_here.set(body)
        call_token = running_call.set(running)
        try:
            self._context.step_started(address)
            yield
        finally:
            running_call.reset(call_token)
            branch_here.reset(branch_token)
            self._turns.leave(body)

    def _branch(self) -> Branch:
        return branch_here.get() or self._base
