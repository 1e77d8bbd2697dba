"""One attempt at a segment: a runner does it, the desk is told, people can read why."""

import logging
from collections.abc import Callable

from approvals.ports import Clock, SegmentDesk
from approvals.requests import Ask, CallAddress
from approvals.segments import Ending, Failed, Finished, JournalEntry, Work
from crews import orders
from crews.asking import NotJson, ask_of
from crews.bundles import UnpackedBundle
from crews.endings import ending_of, unusable
from crews.errors import (
    LimitReached,
    RunnerGarbled,
    RunnerProblem,
    RunnerUnfit,
    Unacceptable,
)
from crews.messages import (
    Applied,
    Asked,
    Described,
    Ended,
    FailedThere,
    Message,
    Overtaken,
    Printed,
    Progress,
    Retrying,
    Step,
    StepStarted,
    Unfit,
    Usage,
)
from crews.runner_process import RunnerProcess
from crews.settings import Limits
from crews.watch import Watch
from crews.wording import seconds, size

logger = logging.getLogger(__name__)


class SegmentRun:
    """Drives one runner through one segment; used once.

    `reusable` says at the end whether the runner may be lent again. `stopping` is
    called four times a second and raises what is to end it.
    """

    def __init__(
        self,
        *,
        work: Work,
        runner: RunnerProcess,
        bundle: UnpackedBundle,
        desk: SegmentDesk,
        clock: Clock,
        limits: Limits,
        model: str | None,
        stopping: Callable[[], None],
    ) -> None:
        self.reusable = False
        self._work = work
        self._runner = runner
        self._bundle = bundle
        self._desk = desk
        self._clock = clock
        self._limits = limits
        self._model = model
        self._stopping = stopping
        self._watch = Watch(work=work, runner=runner, desk=desk, limits=limits)
        self._journal = sum(len(entry.entry) for entry in work.journal)
        self._asks: dict[CallAddress, Ask] = {}
        self._overtaken: set[CallAddress] = set()

    def run(self) -> Ending:
        """Give how it ended; a runner that misbehaves is an ending too.

        Raises:
            SegmentLost: it is another's now, or cancelled; the runner must be killed.
            StaleAttempt: the same, noticed when something was written.

        """
        try:
            return self._run()
        except RunnerProblem as problem:
            return Failed(
                step=self._watch.step, reason=str(problem), detail=problem.detail
            )
        except Unacceptable as error:
            return Failed(step=error.step or self._watch.step, reason=str(error))

    def _run(self) -> Ending:
        described = self._runner.describe(self._bundle, self._look)
        if described.errors:
            return unusable(described.errors)
        self._runner.uses += 1
        self._runner.send(
            orders.start(self._work, self._bundle, self._limits, model=self._model)
        )
        for message in self._runner.hear(self._limits.segment, self._look):
            if isinstance(message, Ended | FailedThere):
                return self._ended(message)
            self._take(message, described)
        limit = seconds(self._limits.segment)
        raise LimitReached(f"it went on for longer than {limit}")

    def _take(self, message: Message, described: Described) -> None:
        match message:
            case StepStarted():
                self._watch.started(message)
            case Step():
                self._step_ended(message)
            case Progress():
                self._watch.progressed(message)
            case Retrying():
                self._watch.retrying(message)
            case Asked():
                self._asked(message, described)
            case Overtaken():
                self._overtaken.add(message.address)
            case _:
                self._pass_over(message)

    def _pass_over(self, message: Message) -> None:
        match message:
            case Printed() | Usage() | Applied():
                logger.debug("%s", message, extra={"run": self._work.run_code})
            case Unfit():
                raise RunnerUnfit(message.code, message.message)
            case _:
                raise RunnerGarbled(f"“{message.type}” in the middle of a segment")

    def _step_ended(self, step: Step) -> None:
        address = step.entry.address
        text = step.entry.text()
        self._journal += len(text)
        if self._journal > self._limits.journal:
            limit = size(self._limits.journal)
            reason = f"what the run keeps of its steps is larger than {limit}"
            raise LimitReached(reason, address.method)
        entry = JournalEntry(
            address=address,
            segment=self._work.segment.number,
            title=self._watch.ended(address),
            entry=text,
            at=self._clock.now(),
        )
        self._desk.record_step(self._work, entry)
        self._runner.send(orders.written(step.seq))

    def _asked(self, message: Asked, described: Described) -> None:
        body = message.ask
        self._watch.ended(body.address)
        try:
            ask = ask_of(body, described)
        except NotJson as error:
            reason = f"its output cannot be shown for a decision: {error}"
            raise Unacceptable(reason, body.method) from error
        self._check_output(max(len(ask.subject.output), len(ask.subject.body)))
        self._asks[body.address] = ask

    def _ended(self, message: Ended | FailedThere) -> Ending:
        self.reusable = message.reusable
        ending = ending_of(message, self._asks, self._overtaken)
        if isinstance(ending, Finished):
            self._check_output(len(ending.result))
        return ending

    def _check_output(self, length: int) -> None:
        if length > self._limits.output:
            limit = size(self._limits.output)
            raise LimitReached(f"its output is larger than {limit}", self._watch.step)

    def _look(self) -> None:
        self._stopping()
        self._watch.look()
