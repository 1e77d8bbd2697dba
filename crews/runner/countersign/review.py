"""What happens at a checkpoint: a decision reaches the flow, or people are asked."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, NoReturn

from crewai.flow.flow_definition import FlowHumanFeedbackDefinition
from crewai.flow.human_feedback import HumanFeedbackResult

from countersign.asks import ask_of
from countersign.branches import Branch, Turn
from countersign.calls import Address
from countersign.checkpoints import Checkpoint, CheckpointBroken
from countersign.codec import encode
from countersign.decisions import REFUSALS, Wrong, label_of
from countersign.digest import digest_of
from countersign.failures import FailureKind
from countersign.inside import AnyFlow, add_output, keep_feedback
from countersign.messages import Answer
from countersign.run_context import RunContext
from countersign.visits import Visits

Again = Callable[[], Awaitable[Any]]
"""Runs the checkpoint's method once more, for the next revision."""


class Reviewer:
    """Stands where crewAI would ask on a console: at the checkpoints of one flow."""

    def __init__(self, flow: AnyFlow, path: str, context: RunContext) -> None:
        self._flow = flow
        self._path = path
        self._context = context
        self._visits: defaultdict[str, Visits] = defaultdict(Visits)

    async def review(
        self,
        branch: Branch,
        name: str,
        feedback: FlowHumanFeedbackDefinition,
        output: Any,
        *,
        again: Again | None,
    ) -> Any:
        """Give what crewAI expects of a review: the label, or the whole feedback."""
        try:
            checkpoint = Checkpoint.of(name, feedback)
        except CheckpointBroken as error:
            await self._context.fail_in(branch, FailureKind.FLOW, error, str(error))
        while True:
            answer, new = await self._decision(branch, checkpoint, output)
            await self._check_digest(branch, answer, output)
            label = await self._label(branch, checkpoint, answer)
            self._visits[name].decided(answer.verdict)
            self._context.decided(checkpoint, answer, label, new=new)
            result = self._take(checkpoint, answer, label, output)
            if label is not None:
                keep_feedback(self._flow, name, result)
                return label
            if answer.verdict in REFUSALS:
                self._context.end_run(answer)
                await self._context.turns.aside(branch)
            if answer.verdict != "revise" or again is None:
                return result
            # The next version may read what this one was told, as in a loop.
            add_output(self._flow, name, result)
            output = await again()

    async def _decision(
        self, branch: Branch, checkpoint: Checkpoint, output: Any
    ) -> tuple[Answer, bool]:
        """Wait for the decision's turn; tell it, and whether it is new to the flow."""
        turns, journal = self._context.turns, self._context.journal
        address = branch.address or Address(self._path, checkpoint.name, 1)
        arrival = self._visits[checkpoint.name].arrive()
        known = journal.decided(address)
        if known is not None and known.rank is not None:
            await turns.wait(branch, Turn.JOURNAL, address, rank=known.rank)
            return known.answer, False
        if known is None and not self._passes(checkpoint):
            await self._ask(branch, checkpoint, address, arrival, output)
        answer = known.answer if known else _unticked(address, checkpoint)
        rank = (journal.turn_of(address),)
        await turns.wait(branch, Turn.DECISION, address, rank=rank)
        return answer.model_copy(update={"at": answer.at or _now()}), True

    async def _ask(
        self,
        branch: Branch,
        checkpoint: Checkpoint,
        address: Address,
        arrival: tuple[int, int],
        output: Any,
    ) -> NoReturn:
        ask = ask_of(
            checkpoint,
            flow=self._flow,
            address=address,
            arrival=arrival,
            output=output,
            inputs=self._context.inputs,
        )
        await self._context.turns.wait(branch, Turn.PERSON, address, ask=ask)
        raise AssertionError(address)  # people are waited for after the segment

    async def _check_digest(self, branch: Branch, answer: Answer, output: Any) -> None:
        if answer.digest_output in {None, digest_of(encode(output))}:
            return
        message = "what was decided on is not what the flow would be handed"
        await self._context.fail_in(branch, FailureKind.MISMATCH, None, message)

    async def _label(
        self, branch: Branch, checkpoint: Checkpoint, answer: Answer
    ) -> str | None:
        try:
            return label_of(checkpoint.labels, answer)
        except Wrong as error:
            words = str(error)
            await self._context.fail_in(branch, FailureKind.MISMATCH, error, words)

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
        self._flow.human_feedback_history.append(result)
        self._flow.last_human_feedback = result
        return result

    def _passes(self, checkpoint: Checkpoint) -> bool:
        # One that is not optional is held, whatever the list says.
        return checkpoint.metadata.optional and not self._context.holds(
            self._path, checkpoint.name
        )


def _unticked(address: Address, checkpoint: Checkpoint) -> Answer:
    return Answer(
        path=address.path,
        method=address.method,
        call=address.call,
        verdict="approve",
        label=checkpoint.labels.approve,
        unticked=True,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _local(at: str | None) -> datetime:
    moment = datetime.fromisoformat(at or _now())
    return moment.astimezone().replace(tzinfo=None)
