"""The database: what URLs mean, how long anybody waits, and what trouble sounds like."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from approvals.errors import Conflict, StoreUnavailable
from storage import database as module
from storage.database import Database, usable_url, wal_reset_warning
from storage.errors import DatabaseBusy, DatabaseUnreachable, UnusableUrl
from storage.health import ping
from storage.store import SqlStore
from tests.builders import SteppedClock, a_request, a_run


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:///var/x.sqlite3", "sqlite:///var/x.sqlite3"),
        ("sqlite+pysqlite:////abs/x.sqlite3", "sqlite:////abs/x.sqlite3"),
        ("postgres://ana@db/cs", "postgresql+psycopg://ana@db/cs"),
        ("postgresql://ana@db/cs", "postgresql+psycopg://ana@db/cs"),
        ("postgresql+psycopg2://ana@db/cs", "postgresql+psycopg://ana@db/cs"),
    ],
)
def test_usual_urls_are_understood(given: str, used: str) -> None:
    """Whatever driver a URL names or leaves out, ours is used."""
    assert used == usable_url(given).render_as_string()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("", "it is not a URL"),
        ("var/x.sqlite3", "it is not a URL"),
        ("sqlite://", "a database in memory is gone with its process"),
        ("sqlite:///:memory:", "a database in memory is gone with its process"),
        ("mysql://ana@db/cs", "“mysql” is neither SQLite nor PostgreSQL"),
    ],
)
def test_other_urls_are_refused_with_a_reason(given: str, why: str) -> None:
    """The message says what is wrong and what to write."""
    with pytest.raises(UnusableUrl, match=f"{why}.*Write sqlite:///"):
        Database(given)


def test_sqlite_keeps_what_was_decided(sqlite_url: str) -> None:
    """Write-ahead log, full sync, foreign keys: on both engines."""
    database = Database(sqlite_url)
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    try:
        for engine in (database.engine, database.dbos_engine()):
            with engine.connect() as connection:
                found = [
                    connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                    for name in names
                ]
            assert ["wal", 2, 1, 5000] == found
    finally:
        database.close()


@pytest.fixture
def impatient(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A SQLite database whose writers wait for a moment only."""
    monkeypatch.setattr(module, "SQLITE_BUSY_TIMEOUT", timedelta(milliseconds=50))
    database = Database(sqlite_url)
    yield database
    database.close()


def test_a_database_locked_by_another_process_is_busy(
    impatient: Database, clock: SteppedClock
) -> None:
    """Nothing is changed, and the sentence is for people."""
    store = SqlStore(impatient, clock)
    file = str(impatient.url.database)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusy, match="nothing was changed"), store.write():
            pytest.fail("two writers at once")

    run = a_run()
    with store.write() as unit:
        unit.add_run(run)
    with store.read() as reader:
        assert run == reader.run(run.id)


def test_a_unit_within_a_unit_is_busy_and_not_for_ever(impatient: Database) -> None:
    """A second write transaction cannot begin before the first has ended."""
    with impatient.writing(), pytest.raises(DatabaseBusy), impatient.writing():
        pytest.fail("two writers at once")


def test_readers_do_not_wait_for_a_writer(
    impatient: Database, clock: SteppedClock
) -> None:
    """Looking is possible while somebody writes."""
    store = SqlStore(impatient, clock)
    run = a_run()

    with store.write() as unit:
        unit.add_run(run)
        with store.read() as reader:
            assert reader.run(run.id) is None


def test_a_statement_that_takes_too_long_is_cut_off(postgres_url: str) -> None:
    """Slack waits 3 s: no statement of a click may take more than half of it."""
    database = Database(postgres_url)
    try:
        with pytest.raises(DatabaseBusy), database.writing() as session:
            session.connection().execute(text("SELECT pg_sleep(60)"))
    finally:
        database.close()


def test_a_row_locked_by_another_is_busy_not_hanging(
    postgres_url: str, clock: SteppedClock
) -> None:
    """Waiting for a lock counts as well."""
    database = Database(postgres_url)
    store = SqlStore(database, clock)
    run = a_run()
    try:
        with store.write() as unit:
            unit.add_run(run)
        with store.write() as holder:
            holder.run(run.id)
            with pytest.raises(DatabaseBusy), store.write() as unit:
                unit.run(run.id)
    finally:
        database.close()


@pytest.mark.parametrize(
    "url",
    ["postgresql://nobody@127.0.0.1:1/none", "sqlite:////nowhere/at/all.sqlite3"],
)
def test_a_database_that_is_not_there_is_unreachable(url: str) -> None:
    """It says so, and that is no bug's traceback."""
    database = Database(url)
    try:
        with pytest.raises(DatabaseUnreachable, match="cannot be reached") as caught:
            ping(database)
    finally:
        database.close()
    assert isinstance(caught.value, StoreUnavailable)


def test_a_server_that_went_away_is_unreachable_once(
    postgres_url: str, clock: SteppedClock
) -> None:
    """A lost connection fails the unit it was in; the next one has another."""
    database = Database(postgres_url)
    store = SqlStore(database, clock)
    leave = text("SELECT pg_terminate_backend(pg_backend_pid())")
    try:
        with pytest.raises(DatabaseUnreachable), database.writing() as session:
            session.connection().execute(leave)
        with store.read() as reader:
            assert not reader.crews()
    finally:
        database.close()


def test_a_missing_parent_is_a_bug_and_stays_one(
    store: SqlStore,
) -> None:
    """Only what another transaction can cause is a conflict: this is not retried."""
    with (
        pytest.raises(Exception, match=r"(?i)foreign key") as caught,
        store.write() as unit,
    ):
        unit.add_request(a_request())

    assert not isinstance(caught.value, Conflict)


def test_a_file_that_is_no_database_is_unreachable(tmp_path: Path) -> None:
    """Something else lies where the database should be."""
    file = tmp_path / "notes.sqlite3"
    file.write_text("these are my notes, not a database" * 100)
    database = Database(f"sqlite:///{file}")
    try:
        with pytest.raises(DatabaseUnreachable, match="not a database"):
            ping(database)
    finally:
        database.close()


@pytest.mark.parametrize(
    ("version", "is_warned"),
    [((3, 40, 1), True), ((3, 51, 2), True), ((3, 51, 3), False), ((3, 52, 0), False)],
)
def test_an_old_sqlite_is_warned_of(version: tuple[int, ...], is_warned: bool) -> None:
    """Versions with the WAL-reset bug are named, with what to do."""
    warning = wal_reset_warning(version)

    assert is_warned == bool(warning)
    if warning:
        assert ".".join(map(str, version)) in warning
        assert "3.51.3" in warning
