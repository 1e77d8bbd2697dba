"""The queue of segments: DBOS, on the same database, in the same transaction.

It carries a segment's id and nothing else, and what it says of it is never read as
the state of a run. The worker's side has the same names.
"""

import logging
from datetime import datetime, timedelta
from typing import Final

from dbos import DBOS, DBOSClient, EnqueueOptions
from sqlalchemy import URL
from sqlmodel import Session

from approvals.ids import SegmentId
from storage.database import Database

QUEUE: Final = "segments"
WORKFLOW: Final = "run_segment"
"""Its only argument is the segment's id."""

APPLICATION_VERSION: Final = "countersign-1"
"""Pinned: DBOS would take a hash of the code, and each deploy would strand what waits."""

_ENDED: Final = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_BATCH: Final = 500


class SegmentQueue:
    """Puts segments on the queue, and tidies up behind it."""

    def __init__(self, database: Database) -> None:
        self._client = DBOSClient(
            system_database_engine=database.dbos_engine(),
            lazy=True,
            retry_connection_errors=False,
        )

    def put(
        self, session: Session, segment: SegmentId, *, nth: int, delay: timedelta
    ) -> None:
        """Enqueue in the session's transaction, for the n-th time (from 1 on)."""
        options = EnqueueOptions(
            workflow_name=WORKFLOW,
            queue_name=QUEUE,
            workflow_id=workflow_id(segment, nth),
            app_version=APPLICATION_VERSION,
        )
        if delay > timedelta(0):
            options["delay_seconds"] = delay.total_seconds()
        self._client.enqueue_in_transaction(session, options, str(segment))

    def forget_ended(self, before: datetime) -> int:
        """Delete what ended before a time, and tell how many; the truth is ours."""
        count = 0
        while ended := self._client.list_workflows(
            status=_ENDED,
            completed_before=before.isoformat(),
            name=WORKFLOW,  # a cancelled one is of no queue any more
            load_input=False,
            load_output=False,
            limit=_BATCH,
        ):
            self._client.delete_workflows([row.workflow_id for row in ended])
            count += len(ended)
        return count


def workflow_id(segment: SegmentId, nth: int) -> str:
    """Name the n-th enqueue: a segment of a dead worker is put on the queue again."""
    return f"{segment}:{nth}"


def create_queue_tables(url: URL) -> None:
    """Create or migrate DBOS's own tables, without launching a worker."""
    logging.getLogger("dbos").setLevel(logging.WARNING)  # it tells of every statement
    DBOS.migrate(url.render_as_string(hide_password=False))
