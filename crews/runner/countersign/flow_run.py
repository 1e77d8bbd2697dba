"""One flow object of a run, instrumented: each method call is answered from the journal
or executed once, and each checkpoint is handed what people decided.

Theory of operation. crewAI keeps a flow's bound methods in `_methods`; each is replaced
by a coroutine that asks the journal first. Four of the object's own coroutines are
shadowed on the object (never on its class): the two that run a step, to keep the tree
of branches; the one that runs a race; and the one that asks for human feedback, which
is replaced, so that no provider, console or model stands between a person's verdict
and the flow's label.
"""

import functools
import inspect
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from crewai.flow.flow import Flow
from crewai.flow.flow_definition import FlowHumanFeedbackDefinition
from crewai.flow.human_feedback import HumanFeedbackResult

from countersign.asks import ask_of
from countersign.branches import Branch, Race, Stance, Turn
from countersign.calls import Address, RunningCall, running_call
from countersign.checkpoints import Checkpoint, CheckpointBroken
from countersign.codec import CannotDecode, CannotEncode, Encoded, decode, encode
from countersign.decisions import Wrong, label_of
from countersign.digest import digest_of
from countersign.failures import FailureKind
from countersign.messages import Answer
from countersign.run_context import RunContext
from countersign.states import encode_state, restore_state
from countersign.visits import Visits

Method = Callable[..., Any]

branch_here: ContextVar[Branch | None] = ContextVar("branch_here", default=None)
_race_here: ContextVar[Race | None] = ContextVar("race_here", default=None)
_again_here: ContextVar[Callable[[], Awaitable[Any]] | None] = ContextVar(
    "again_here", default=None
)


@dataclass(frozen=True, slots=True)
class _Originals:
    """What crewAI's own object does, as it was before."""

    methods: Mapping[Any, Method]
    execute_method: Method
    execute_start_method: Method
    execute_single_listener: Method
    execute_racing_listeners: Method


class FlowRun:
    """A flow object on its way through a run."""

    def __init__(self, flow: Flow[Any], path: str, context: RunContext) -> None:
        self.flow = flow
        self.path = path
        self._context = context
        self._turns = context.turns
        self._journal = context.journal
        self._calls: Counter[str] = Counter()
        self._visits: defaultdict[str, Visits] = defaultdict(Visits)
        self._state_seq = 0
        self._base = branch_here.get() or context.turns.root
        self._before = _originals_of(flow)

    def instrument(self) -> None:
        """Put this run between crewAI and the flow's methods."""
        for name, method in self._before.methods.items():
            self.flow._methods[name] = self._journalled(str(name), method)
        for name, shadow in (
            ("_execute_method", self._execute_method),
            ("_execute_start_method", self._execute_start_method),
            ("_execute_single_listener", self._execute_single_listener),
            ("_execute_racing_listeners", self._execute_racing_listeners),
            ("_run_human_feedback_step", self._review),
        ):
            object.__setattr__(self.flow, name, shadow)

    # What crewAI calls instead of its own -------------------------------------------

    async def _execute_start_method(self, name: Any) -> None:
        with self._step(str(name)):
            await self._before.execute_start_method(name)

    async def _execute_single_listener(self, name: Any, *args: Any, **kw: Any) -> Any:
        with self._step(str(name)):
            return await self._before.execute_single_listener(name, *args, **kw)

    async def _execute_racing_listeners(
        self, members: frozenset[Any], *args: Any, **kw: Any
    ) -> None:
        race = Race(members=frozenset(str(member) for member in members))
        host = self._branch()
        host.hosting = race
        token = _race_here.set(race)
        try:
            await self._before.execute_racing_listeners(members, *args, **kw)
        finally:
            _race_here.reset(token)
            host.hosting = None

    async def _execute_method(
        self, name: Any, method: Method, *args: Any, **kw: Any
    ) -> Any:
        token = _again_here.set(lambda: method(*args, **kw))
        try:
            done = await self._before.execute_method(name, method, *args, **kw)
        finally:
            _again_here.reset(token)
        branch = self._branch()
        if not self._turns.win(branch):
            await self._turns.aside(branch, self._address(branch))
        return done

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
        call.__signature__ = inspect.signature(original)  # type: ignore[attr-defined]
        return call

    async def _call(
        self, name: str, original: Method, args: Any, kwargs: Mapping[str, Any]
    ) -> Any:
        branch = self._branch()
        self._calls[name] += 1
        address = Address(self.path, name, self._calls[name])
        branch.address = address
        known = self._journal.entry(address)
        if known is not None:
            seq, entry = known
            await self._turns.wait(branch, Turn.JOURNAL, address, rank=(seq, 1, 0))
            return await self._replayed(branch, seq, entry.result, entry.state)
        await self._turns.wait(branch, Turn.BODY, address)
        seq, value = await self._executed(branch, address, original, args, kwargs)
        await self._turns.wait(branch, Turn.JOURNAL, address, rank=(seq, 1, 0))
        self._state_seq = max(seq, self._state_seq)
        return value

    async def _replayed(
        self, branch: Branch, seq: int, result: Encoded, state: Encoded
    ) -> Any:
        try:
            # Branches that ran side by side may come back in another order; the state
            # is the one after the latest of them, as it was then.
            if seq > self._state_seq:
                self._state_seq = seq
                restore_state(self.flow, state)
            return decode(result)
        except CannotDecode as error:
            return await self._fail(branch, FailureKind.CODEC, str(error), error)

    async def _executed(
        self,
        branch: Branch,
        address: Address,
        original: Method,
        args: Any,
        kwargs: Mapping[str, Any],
    ) -> tuple[int, Any]:
        with self._body(branch, address):
            try:
                value = await self._context.execute(original, args, kwargs)
            except Exception as error:
                if self.path:  # the step that started this flow may expect it
                    raise
                return await self._fail(branch, FailureKind.STEP, None, error)
            try:
                result = encode(value)
                state = encode_state(self.flow)
            except CannotEncode as error:
                return await self._fail(branch, FailureKind.CODEC, str(error), error)
            too_large = self._context.too_large(result, state)
            if too_large is not None:
                return await self._fail(branch, FailureKind.LIMIT, too_large, None)
            return await self._journal.write(address, result=result, state=state), value

    @contextmanager
    def _body(self, branch: Branch, address: Address) -> Iterator[None]:
        body = Branch(
            name=branch.name,
            parent=branch,
            body=True,
            stance=Stance.RUNNING,
            address=address,
        )
        self._turns.enter(body)
        running = RunningCall(run=self._context.run_id, address=address)
        branch_token = branch_here.set(body)
        call_token = running_call.set(running)
        self._context.step_started(address, self._title(address.method))
        try:
            yield
        finally:
            running_call.reset(call_token)
            branch_here.reset(branch_token)
            self._turns.leave(body)

    # Checkpoints ----------------------------------------------------------------------

    async def _review(
        self, name: Any, feedback: FlowHumanFeedbackDefinition, output: Any
    ) -> Any:
        branch = self._branch()
        again = _again_here.get()
        try:
            checkpoint = Checkpoint.of(str(name), feedback)
        except CheckpointBroken as error:
            return await self._fail(branch, FailureKind.FLOW, str(error), error)
        while True:
            answer = await self._decision(branch, checkpoint, output)
            label = await self._label(branch, checkpoint, answer)
            result = self._take(checkpoint, answer, label, output)
            if label is not None:
                self.flow._human_feedback_method_outputs[name] = result
                return label
            if answer.verdict in {"reject", "expired"}:
                self._context.end_run(answer)
                await self._turns.aside(branch, answer.address)
            if answer.verdict != "revise" or again is None:
                return result
            # The next version sees what this one was told, as after a loop.
            self.flow._method_outputs.append({"method": str(name), "output": result})
            output = await again()

    async def _decision(
        self, branch: Branch, checkpoint: Checkpoint, output: Any
    ) -> Answer:
        address = self._address(branch)
        visits = self._visits[checkpoint.name]
        visit, revision = visits.arrive()
        encoded = encode(output)
        known = self._journal.decided(address)
        if known is not None and known.rank is not None:
            await self._turns.wait(branch, Turn.JOURNAL, address, rank=known.rank)
            answer = known.answer
        elif known is not None or self._passes(checkpoint):
            rank = (self._journal.turn_of(address),)
            answer = known.answer if known else _unticked(address, checkpoint)
            await self._turns.wait(branch, Turn.DECISION, address, rank=rank)
            self._context.apply(answer)
        else:
            ask = ask_of(
                checkpoint,
                flow=self.flow,
                address=address,
                visit=visit,
                revision=revision,
                output=output,
                encoded=encoded,
                inputs=self._context.inputs,
            )
            await self._turns.wait(branch, Turn.PERSON, address, ask=ask)
            raise AssertionError(address)  # nobody waits for people beyond a segment
        if answer.digest_output not in {None, digest_of(encoded)}:
            message = "what was decided on is not what the flow would be handed"
            await self._fail(branch, FailureKind.MISMATCH, message, None)
        visits.decided(answer.verdict)
        self._context.decided(checkpoint, answer)
        return answer

    async def _label(
        self, branch: Branch, checkpoint: Checkpoint, answer: Answer
    ) -> str | None:
        try:
            return label_of(checkpoint.labels, answer)
        except Wrong as error:
            await self._fail(branch, FailureKind.MISMATCH, str(error), None)
            raise

    def _take(
        self, checkpoint: Checkpoint, answer: Answer, label: str | None, output: Any
    ) -> HumanFeedbackResult:
        result = HumanFeedbackResult(
            output=output,
            feedback=answer.words,
            outcome=label,
            # crewAI's own time here is the local one, without an offset.
            timestamp=_local(answer.at),
            method_name=checkpoint.name,
            metadata=checkpoint.raw_metadata
            | {"countersign": {"verdict": answer.verdict, "by": answer.by}},
        )
        self.flow.human_feedback_history.append(result)
        self.flow.last_human_feedback = result
        return result

    def _passes(self, checkpoint: Checkpoint) -> bool:
        # One that is not optional is held, whatever the list says.
        return checkpoint.metadata.optional and not self._context.holds(
            self.path, checkpoint.name
        )

    # ----------------------------------------------------------------------------------

    async def _fail(
        self,
        branch: Branch,
        kind: FailureKind,
        message: str | None,
        error: BaseException | None,
    ) -> Any:
        address = self._address(branch)
        self._context.fail(kind, address, message, error)
        await self._turns.aside(branch, address)

    def _branch(self) -> Branch:
        branch = branch_here.get()
        return branch if branch is not None else self._base

    def _address(self, branch: Branch) -> Address:
        return branch.address or Address(self.path, branch.name, 1)

    def _title(self, method: str) -> str:
        return method.replace("_", " ").strip().capitalize()


def _originals_of(flow: Flow[Any]) -> _Originals:
    # A flow object may be started twice: the second time, it is instrumented already.
    found: _Originals | None = flow.__dict__.get("_countersign_originals")
    if found is None:
        kind = type(flow)
        found = _Originals(
            methods=dict(flow._methods),
            execute_method=functools.partial(kind._execute_method, flow),
            execute_start_method=functools.partial(kind._execute_start_method, flow),
            execute_single_listener=functools.partial(
                kind._execute_single_listener, flow
            ),
            execute_racing_listeners=functools.partial(
                kind._execute_racing_listeners, flow
            ),
        )
        object.__setattr__(flow, "_countersign_originals", found)
    return found


def _unticked(address: Address, checkpoint: Checkpoint) -> Answer:
    return Answer(
        path=address.path,
        method=address.method,
        call=address.call,
        verdict="approve",
        label=checkpoint.labels.approve,
        at=datetime.now(UTC).isoformat(),
        unticked=True,
    )


def _local(at: str | None) -> datetime:
    moment = datetime.fromisoformat(at) if at else datetime.now(UTC)
    return moment.astimezone().replace(tzinfo=None)
