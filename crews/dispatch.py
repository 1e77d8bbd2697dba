"""The worker's end of the segment queue. DBOS stops here.

DBOS carries a segment's id to a worker, and remembers which worker took it until the
work is settled: that is how the segments of a dead one are found. It never says what
became of a run. Nothing is sent to anybody: no Conductor, no telemetry.
"""

from collections.abc import Callable
from typing import Any, Final

from dbos import DBOS, DBOSConfig

from approvals.ids import SegmentId
from crews.heart import TakenSegment

QUEUE: Final = "segments"
WORKFLOW: Final = "run_segment"
APPLICATION: Final = "countersign"
APPLICATION_VERSION: Final = "countersign-1"
"""Pinned: DBOS would take a hash of the code, and each deploy would strand what waits.

These names are those of `storage/segment_queue.py`; a test holds the two together.
"""


class _Unsettled(BaseException):
    """Passes DBOS by: what it does not see ended stays this executor's."""


class Dispatch:
    """Takes segments from the queue and has them worked on, each in its thread.

    One for each process: DBOS keeps its state in globals. `engine` is a SQLAlchemy
    engine for DBOS alone. `work_on` returns when the segment is settled; as long as
    it does not, and for good if it raises, the segment counts as this executor's.
    """

    def __init__(
        self,
        *,
        engine: Any,
        executor: str,
        at_once: int,
        poll: float,
        work_on: Callable[[SegmentId], None],
    ) -> None:
        self._engine = engine
        self._executor = executor
        self._at_once = at_once
        self._poll = poll
        self._work_on = work_on

    def start(self) -> None:
        """Begin to take segments."""
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_engine": self._engine,
            "executor_id": self._executor,
            "application_version": APPLICATION_VERSION,
            "log_level": "WARNING",
            "enable_otlp": False,
            "run_migrations": False,
        }
        DBOS(config=config)

        @DBOS.workflow(name=WORKFLOW)
        def run_segment(segment: str) -> None:
            try:
                self._work_on(SegmentId(segment))
            except Exception as error:
                raise _Unsettled from error

        DBOS.listen_queues([QUEUE])
        DBOS.launch()
        DBOS.register_queue(
            QUEUE,
            worker_concurrency=self._at_once,
            polling_interval_sec=self._poll,
            on_conflict="always_update",
        )

    def stop(self, grace: float) -> None:
        """Take no more segments, and wait so long for those that were taken."""
        DBOS.destroy(
            destroy_registry=True, workflow_completion_timeout_sec=max(1, round(grace))
        )

    def taken_by(self, executor: str) -> list[TakenSegment]:
        """List what a worker took and never settled."""
        found = DBOS.list_workflows(
            status="PENDING",
            executor_id=executor,
            name=WORKFLOW,
            load_output=False,
        )
        return [
            TakenSegment(
                workflow=row.workflow_id, segment=SegmentId(row.input["args"][0])
            )
            for row in found
            if row.input is not None
        ]

    def forget(self, taken: TakenSegment) -> None:
        """Strike out a dead worker's claim: its segment is on the queue once more."""
        DBOS.cancel_workflow(taken.workflow)
