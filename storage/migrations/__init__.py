"""Bringing a database to the tables of this version.

A new migration is a file in `versions`, written by hand: small, with a `down_revision`,
and never changed once released. A test holds the migrated schema against the tables.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from storage.database import Database
from storage.errors import DatabaseBusy, NewerDatabase, translated
from storage.segment_queue import create_queue_tables

_LOCK: Final = 0x636F756E74657273
"""The advisory lock of those who migrate: “counters” in ASCII."""

_PATIENCE: Final = 60.0
"""Seconds; another process that migrates for longer is a matter for people."""

_POLL: Final = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """Where a database stands: `found` is empty before the first migration."""

    found: str
    newest: str
    is_known: bool

    @property
    def is_newest(self) -> bool:
        """Tell whether nothing has to be migrated."""
        return self.found == self.newest


def revision(database: Database) -> Revision:
    """Tell where a database stands, and change nothing.

    Raises:
        StoreUnavailable: it does not answer.

    """
    scripts = ScriptDirectory(str(Path(__file__).parent))
    known = {script.revision for script in scripts.walk_revisions()}
    with database.reading() as session:
        context = MigrationContext.configure(session.connection())
        found = context.get_current_revision() or ""
    return Revision(
        found=found,
        newest=scripts.get_current_head() or "",
        is_known=not found or found in known,
    )


def upgrade(database: Database) -> None:
    """Create or migrate all tables, ours and the queue's; safe to call at every start.

    Raises:
        NewerDatabase: a newer version has migrated it.
        StoreUnavailable: the database is gone, or another process migrates for long.

    """
    give_up_at = time.monotonic() + _PATIENCE
    pause = threading.Event()
    while True:
        try:
            _upgrade_once(database)
        except DatabaseBusy:
            if time.monotonic() > give_up_at:
                raise
            pause.wait(_POLL)
        else:
            return


def _upgrade_once(database: Database) -> None:
    with translated(), _migration_lock(database):
        engine = database.engine if database.is_sqlite else database.dbos_engine()
        with engine.begin() as connection:
            _upgrade(connection)
        create_queue_tables(database.url)


def _upgrade(connection: Connection) -> None:
    config = Config()
    location = str(Path(__file__).parent)
    config.set_main_option("script_location", location.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    _refuse_newer(connection, ScriptDirectory.from_config(config))
    command.upgrade(config, "head")


def _refuse_newer(connection: Connection, scripts: ScriptDirectory) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    for found in MigrationContext.configure(connection).get_current_heads():
        if found not in known:
            raise NewerDatabase(found, scripts.get_current_head() or "nothing")


@contextmanager
def _migration_lock(database: Database) -> Iterator[None]:
    """Let one process migrate at a time.

    On SQLite each of the two steps is one BEGIN IMMEDIATE transaction, and finds
    nothing to do when another process was first. On PostgreSQL the lock is asked for
    and not waited for: who waits in a statement blocks CREATE INDEX CONCURRENTLY,
    which the queue's migrations use, and the two would wait for each other.

    Raises:
        DatabaseBusy: another process migrates just now.

    """
    if database.is_sqlite:
        yield
        return
    key = {"key": _LOCK}
    engine = database.dbos_engine().execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        ask = text("SELECT pg_try_advisory_lock(:key)")
        if not connection.execute(ask, key).scalar_one():
            raise DatabaseBusy
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)
