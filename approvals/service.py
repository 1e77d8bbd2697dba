"""The one door: every change of a run or a request goes through here.

Clicks, commands, timers, workers and (later) HTTP calls all come to `ApprovalService`.
Each method is one transaction, which holds the new state, the decision, the audit
event, what Slack must show and the segment that continues the run. Nothing outside
is done in here; all that is done outside can be done again.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Concatenate, Final, ParamSpec, TypeVar

from approvals import closing, reporting, routing
from approvals.closing import Outcome
from approvals.deciding import Press, check_press
from approvals.ending import end
from approvals.errors import Conflict, Refused
from approvals.finding import approver_names, request_and_run
from approvals.ids import RequestId, RunId, SegmentId, UserId, new_code
from approvals.people import Person
from approvals.policies import Policy
from approvals.ports import Clock, Rules, Store, Unit
from approvals.routing import Pings
from approvals.runs import Run
from approvals.segments import Ending, JournalEntry, Work
from approvals.starting import Start, add_started, new_run
from approvals.stopping import cancel, retry

_TRIES: Final = 5

P = ParamSpec("P")
T = TypeVar("T")


class ApprovalService:
    """All that can happen to runs and requests."""

    def __init__(self, *, store: Store, rules: Rules, clock: Clock) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock

    def start(self, start: Start) -> Run:
        """Start a run, once for each origin.

        Raises:
            Refused: nobody could decide a checkpoint, or the person may not start.
            Unknown: no such crew.

        """
        return self._write(self._start, start)

    def check_start(self, start: Start) -> None:
        """Refuse what `start` would refuse, and change nothing."""
        with self._store.read() as reader:
            new_run(reader, start, self._rules.current(), self._clock.now())

    def decide(self, press: Press) -> Outcome:
        """Record a person's decision and let the run go on with it.

        Raises:
            Refused: and why; a refused press of somebody else's card is on the trail.
            Unknown: no such request.

        """
        try:
            return self._write(closing.decide_press, press, self._clock.now())
        except Refused as refusal:
            self._write(closing.record_refusal, press, refusal)
            raise

    def check_press(self, press: Press) -> Outcome:
        """Refuse what `decide` would refuse, before a form is opened for it."""
        with self._store.read() as reader:
            request, run = request_and_run(reader, press.request)
            check_press(request, run, press, approver_names(reader, request))
            return Outcome(run=run, request=request)

    def route(
        self,
        request: RequestId,
        policy: Policy,
        approvers: tuple[UserId, ...],
        pings: Pings,
    ) -> bool:
        """Give an open request its policy and people; False when it has them already.

        `approvers` are those whom the policy names and who can decide just now.
        """
        return self._write(routing.route, request, policy, approvers, pings)

    def tell_unroutable(self, request: RequestId, reason: str) -> bool:
        """Show requester and admins why nobody can decide; False when they know it."""
        return self._write(routing.tell_unroutable, request, reason, self._admins())

    def expire(self, request: RequestId) -> bool:
        """Close a request whose time has run out; False when it has not, or is closed."""
        return self._write(closing.expire_due, request, self._clock.now())

    def cancel(self, actor: Person, run: RunId) -> Run:
        """End a run, whatever it does just now.

        Raises:
            Refused: not theirs, or over already.

        """
        return self._write(cancel, actor, run, self._admins(), self._clock.now())

    def retry(self, actor: Person, run: RunId) -> Run:
        """Let a failed run go on from its journal.

        Raises:
            Refused: not theirs, or not failed.

        """
        return self._write(retry, actor, run, self._admins(), self._clock.now())

    # The worker's side: see approvals.ports.SegmentDesk.

    def begin_segment(self, segment: SegmentId, executor: str) -> Work | None:
        return self._write(reporting.begin, segment, executor, self._clock.now())

    def still_mine(self, work: Work) -> bool:
        with self._store.read() as reader:
            return reporting.still_mine(reader, work)

    def record_step(self, work: Work, entry: JournalEntry) -> None:
        self._write(reporting.record_step, work, entry, self._clock.now())

    def tell_progress(self, work: Work, doing: str) -> None:
        self._write(reporting.tell_progress, work, doing, self._clock.now())

    def end_segment(self, work: Work, ending: Ending) -> None:
        self._write(end, work, ending, self._clock.now())

    def hand_back(self, segment: SegmentId, executor: str) -> bool:
        return self._write(reporting.hand_back, segment, executor, self._clock.now())

    def _write(
        self,
        change: Callable[Concatenate[Unit, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Do a change in one transaction; again when somebody else was quicker."""
        for _ in range(_TRIES - 1):
            try:
                with self._store.write() as unit:
                    return change(unit, *args, **kwargs)
            except Conflict:
                continue
        with self._store.write() as unit:
            return change(unit, *args, **kwargs)

    def _start(self, unit: Unit, start: Start) -> Run:
        known = unit.run_by_origin(start.requester.team, start.origin)
        if known is not None:
            return known
        now = self._clock.now()
        run = new_run(unit, start, self._rules.current(), now)
        while unit.run_by_code(run.team, run.code) is not None:
            run = replace(run, code=new_code())
        add_started(unit, run, now)
        return run

    def _admins(self) -> tuple[UserId, ...]:
        """Give the admins; a missing rules file must not keep anybody from cancelling."""
        try:
            return self._rules.current().admins
        except Refused:
            return ()
