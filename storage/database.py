"""One database, SQLite or PostgreSQL, and the transactions on it.

SQLite: write-ahead log, `synchronous=FULL` (a decision survives a power cut), foreign
keys, and `BEGIN IMMEDIATE` for whatever writes: a transaction that reads first and
writes later fails at once under a plain BEGIN when another one wrote in between.
PostgreSQL: READ COMMITTED for writing (rows are locked and compared before they are
changed), one REPEATABLE READ snapshot for reading.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session

from storage.errors import DatabaseBusy, UnusableUrl, translated

STATEMENT_TIMEOUT: Final = timedelta(seconds=1.5)
"""Slack waits 3 s for an acknowledgement; half of it may go into one statement."""

SQLITE_BUSY_TIMEOUT: Final = timedelta(seconds=5)
"""How long a SQLite connection waits for another process's transaction."""

POOL_SIZE: Final = 10

WAL_RESET_FIXED: Final = (3, 51, 3)
"""Older SQLite can corrupt a file when two connections write and checkpoint at the
same instant (the WAL-reset bug, sqlite.org/wal.html)."""

SUBSEC_SINCE: Final = (3, 42)
"""The first SQLite whose `unixepoch` knows 'subsec' (sqlite.org/lang_datefunc.html)."""

_READ_ONLY: Final = "countersign_read_only"
_SESSION_OPTIONS: Final[Mapping[str, Any]] = {
    "populate_existing": True,  # a second look sees the row as it is now
    "synchronize_session": False,  # rows are read into values, never kept
}


class Database:
    """The engines for one URL. Nothing is connected before it is first used."""

    def __init__(self, url: str) -> None:
        """Take a URL; `postgres://` is understood.

        Raises:
            UnusableUrl: it names no database that we can use.

        """
        self.url = usable_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(self.url) if self.is_sqlite else _pg(self.url)
        self._reading = _reading(self.engine, is_sqlite=self.is_sqlite)
        self._dbos_engine: Engine | None = None
        self._opening = threading.Lock()
        self._writer = threading.Lock() if self.is_sqlite else None

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a write transaction: committed at the end, undone by any exception.

        Raises:
            Conflict: another transaction was first.
            StoreUnavailable: the database is busy or gone; nothing was changed.

        """
        with translated(), self._only_writer(), _session(self.engine) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a read transaction, which sees one moment.

        Raises:
            StoreUnavailable: the database is busy or gone.

        """
        with translated(), _session(self._reading) as session:
            yield session

    def dbos_engine(self) -> Engine:
        """Give the engine for DBOS, which begins its transactions itself.

        SQLite: its driver begins IMMEDIATE ones, without our listener; both would say
        BEGIN. PostgreSQL: without our statement timeout.
        """
        with self._opening:
            if self._dbos_engine is None:
                self._dbos_engine = (
                    _sqlite_dbos_engine(self.url)
                    if self.is_sqlite
                    else create_engine(
                        self.url, pool_size=POOL_SIZE, pool_pre_ping=True
                    )
                )
            return self._dbos_engine

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        if self._dbos_engine is not None:
            self._dbos_engine.dispose()

    @contextmanager
    def _only_writer(self) -> Iterator[None]:
        """Queue this process's writers on a lock: SQLite's own waiting is by polling.

        Raises:
            DatabaseBusy: the others took too long.

        """
        if self._writer is None:
            yield
            return
        if not self._writer.acquire(timeout=SQLITE_BUSY_TIMEOUT.total_seconds()):
            raise DatabaseBusy
        try:
            yield
        finally:
            self._writer.release()


def usable_url(text: str) -> URL:
    """Read a database URL and name the driver.

    Raises:
        UnusableUrl: it names no database that we can use.

    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        message = "it is not a URL"
        raise UnusableUrl(message) from error
    match url.get_backend_name():
        case "sqlite":
            if not url.database or url.database == ":memory:":
                message = "a database in memory is gone with its process"
                raise UnusableUrl(message)
            return url.set(drivername="sqlite")
        case "postgresql" | "postgres":
            return url.set(drivername="postgresql+psycopg")
        case other:
            message = f"“{other}” is neither SQLite nor PostgreSQL"
            raise UnusableUrl(message)


def wal_reset_warning(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> str:
    """Say why this SQLite is too old, or give an empty text."""
    if version >= WAL_RESET_FIXED:
        return ""
    shown = ".".join(map(str, version))
    fixed = ".".join(map(str, WAL_RESET_FIXED))
    return (
        f"SQLite {shown} has the WAL-reset bug, which can corrupt a database that"
        f" several processes write to. Use SQLite {fixed} or newer, or PostgreSQL,"
        " and keep backups."
    )


@contextmanager
def _session(engine: Engine) -> Iterator[Session]:
    with (
        Session(
            engine,
            autoflush=False,
            expire_on_commit=False,
            execution_options=_SESSION_OPTIONS,
        ) as session,
        session.begin(),
    ):
        session.connection()  # begin now, so that what is read is locked or one moment
        yield session


def _reading(engine: Engine, *, is_sqlite: bool) -> Engine:
    if is_sqlite:
        return engine.execution_options(**{_READ_ONLY: True})
    return engine.execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    )


def _pg(url: URL) -> Engine:
    milliseconds = int(STATEMENT_TIMEOUT.total_seconds() * 1000)
    return create_engine(
        url,
        pool_size=POOL_SIZE,
        pool_pre_ping=True,  # a restarted server costs a reconnect, not an error
        connect_args={
            "options": f"-c statement_timeout={milliseconds} -c timezone=UTC"
        },
    )


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(url, pool_size=POOL_SIZE)

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        _set_pragmas(connection)
        _teach_subsec(connection)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        is_reading = connection.get_execution_options().get(_READ_ONLY, False)
        connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")

    return engine


def _sqlite_dbos_engine(url: URL) -> Engine:
    engine = create_engine(url, pool_size=POOL_SIZE)

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        _set_pragmas(connection)
        _teach_subsec(connection)

    return engine


def _set_pragmas(connection: sqlite3.Connection) -> None:
    milliseconds = int(SQLITE_BUSY_TIMEOUT.total_seconds() * 1000)
    cursor = connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout = {milliseconds}")  # first: WAL may wait
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
    finally:
        cursor.close()


def _teach_subsec(connection: sqlite3.Connection) -> None:
    """Give an older SQLite the `unixepoch('subsec')` of which DBOS is sure.

    On Python 3.12 and later DBOS writes it into the defaults of its columns, and an
    older SQLite would then find them NULL; many a Python uses its system's SQLite.
    """
    if sqlite3.sqlite_version_info < SUBSEC_SINCE:
        connection.create_function("unixepoch", 1, _unixepoch)


def _unixepoch(modifier: str) -> float | None:
    return round(time.time(), 3) if modifier == "subsec" else None
