"""What can go wrong with the database, in sentences that say what to do.

StoreUnavailable (approvals)
├── DatabaseBusy          locked for longer than anybody should wait
└── DatabaseUnreachable   nobody answers, or not us
StorageError
├── UnusableUrl           DATABASE_URL names no database that we can use
└── NewerDatabase         a newer program has migrated it already
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg import errors as pg
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from approvals.errors import Conflict, StoreUnavailable

_SQLITE_DUPLICATES: Final = frozenset(
    {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}
)
_SQLITE_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_SQLITE_TROUBLE: Final = frozenset(
    {
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
)
"""What is wrong with the file or its disk; a wrong statement stays a bug."""

_PRIMARY_CODE: Final = 0xFF
"""SQLite's extended error codes carry the primary one in their low byte."""

_PG_LOST_RACES = (pg.DeadlockDetected, pg.SerializationFailure)
_PG_BUSY = (pg.QueryCanceled, pg.LockNotAvailable, pg.TooManyConnections)


class StorageError(Exception):
    """The root of what is wrong with the database itself."""


class UnusableUrl(StorageError):
    """`DATABASE_URL` names no database that we can use."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"DATABASE_URL cannot be used: {why}."
            " Write sqlite:///path/to/file.sqlite3 or postgresql://user@host/name."
        )


class NewerDatabase(StorageError):
    """A newer program has migrated the database already."""

    def __init__(self, found: str, newest: str) -> None:
        super().__init__(
            f"The database is at revision {found}, which this version does not know"
            f" (it knows up to {newest}). Start the newer version again, or restore"
            " the backup that was made before it."
        )
        self.found = found


class DatabaseBusy(StoreUnavailable):
    """The database was locked for longer than anybody should wait."""

    def __init__(self) -> None:
        super().__init__("The database is busy; nothing was changed. Try again.")


class DatabaseUnreachable(StoreUnavailable):
    """The database does not answer, or refuses us."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The database cannot be reached: {why}")
        self.why = why


@contextmanager
def translated() -> Iterator[None]:
    """Turn the drivers' errors into ours; those that can only be bugs stay.

    Raises:
        Conflict: somebody else was first; looking again and retrying may help.
        StoreUnavailable: the database is busy or gone; nothing was changed.

    """
    try:
        yield
    except PoolTimeout as error:
        raise DatabaseBusy from error
    except DBAPIError as error:
        ours = _ours(error)
        if ours is None:
            raise
        raise ours from error


def _ours(error: DBAPIError) -> Conflict | StoreUnavailable | None:
    match error.orig:
        case sqlite3.Error() as cause:
            return _of_sqlite(cause)
        case psycopg.Error() as cause:
            return _of_postgres(cause, is_integrity=isinstance(error, IntegrityError))
        case _:
            return None


def _of_sqlite(cause: sqlite3.Error) -> Conflict | StoreUnavailable | None:
    code = getattr(cause, "sqlite_errorcode", None)
    if code is None:
        return None
    if code in _SQLITE_DUPLICATES:
        return Conflict(str(cause))
    if code & _PRIMARY_CODE in _SQLITE_BUSY:
        return DatabaseBusy()
    if code & _PRIMARY_CODE in _SQLITE_TROUBLE:
        return DatabaseUnreachable(str(cause))
    return None


def _of_postgres(
    cause: psycopg.Error, *, is_integrity: bool
) -> Conflict | StoreUnavailable | None:
    match cause:
        case pg.UniqueViolation():
            return Conflict(cause.diag.constraint_name or "")
        case _ if is_integrity:
            return None
        case psycopg.OperationalError() if isinstance(cause, _PG_LOST_RACES):
            return Conflict(type(cause).__name__)
        case psycopg.OperationalError() if isinstance(cause, _PG_BUSY):
            return DatabaseBusy()
        case psycopg.OperationalError() if _is_lost(cause):
            return DatabaseUnreachable(str(cause).splitlines()[0])
        case _:
            return None


def _is_lost(cause: psycopg.OperationalError) -> bool:
    """Tell a dead or refused connection (08…, 57P…, or no code) from a bad statement."""
    state = cause.sqlstate
    return state is None or state.startswith(("08", "28", "3D", "53", "57P"))
