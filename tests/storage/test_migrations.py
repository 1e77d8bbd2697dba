"""Migrations lead to exactly the tables that the code uses, whoever runs them."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Inspector, TextClause, inspect, text

from storage.database import Database
from storage.errors import NewerDatabase
from storage.migrations import Revision, revision, upgrade
from storage.tables import Row


@pytest.fixture(params=["sqlite", "postgres"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'a folder with %.sqlite3'}")
        yield database
        database.close()
        return
    server: Engine = request.getfixturevalue("postgres")
    with server.connect() as connection:
        connection.execute(text("CREATE DATABASE fresh"))
        url = server.url.set(database="fresh")
        database = Database(url.render_as_string(hide_password=False))
        yield database
        database.close()
        connection.execute(text("DROP DATABASE fresh WITH (FORCE)"))


def shape(inspector: Inspector) -> dict[str, Any]:
    """Give all that a database says of our tables."""
    return {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"])
                for column in inspector.get_columns(table)
            },
            "primary key": inspector.get_pk_constraint(table),
            "foreign keys": by_name(inspector.get_foreign_keys(table)),
            "unique": by_name(inspector.get_unique_constraints(table)),
            "checks": by_name(inspector.get_check_constraints(table)),
            "indexes": by_name(inspector.get_indexes(table)),
        }
        for table in Row.metadata.tables
    }


def by_name(found: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {item["name"]: comparable(item) for item in found}


def comparable(found: Any) -> Any:
    """Give the SQL of an expression, which is equal to itself alone, as text."""
    if isinstance(found, Mapping):
        return {key: comparable(value) for key, value in found.items()}
    return str(found) if isinstance(found, TextClause) else found


def where_of_indexes(database: Database) -> dict[str, str]:
    """Give the conditions of partial indexes, which the inspector may leave out."""
    with database.engine.connect() as connection:
        if database.is_sqlite:
            rows = connection.execute(
                text("SELECT name, sql FROM sqlite_master WHERE sql LIKE '%WHERE%'")
            )
        else:
            rows = connection.execute(
                text(
                    "SELECT indexname, indexdef FROM pg_indexes WHERE indexdef ~ 'WHERE'"
                )
            )
        ours = {
            index.name
            for table in Row.metadata.tables.values()
            for index in table.indexes
        }
        return {
            name: sql.split("WHERE", 1)[1].strip() for name, sql in rows if name in ours
        }


def test_the_migrated_schema_is_that_of_the_tables(fresh: Database) -> None:
    """Columns, keys, checks and indexes: nothing is only here, or only there."""
    upgrade(fresh)
    migrated = shape(inspect(fresh.engine)), where_of_indexes(fresh)
    with fresh.engine.begin() as connection:
        Row.metadata.drop_all(connection)
        Row.metadata.create_all(connection)

    made = shape(inspect(fresh.engine)), where_of_indexes(fresh)

    assert made == migrated
    assert made[0]["runs"]["checks"]
    assert made[1]


def test_migrating_twice_changes_nothing(fresh: Database) -> None:
    """Every start migrates; from the second on there is nothing to do."""
    upgrade(fresh)
    first = shape(inspect(fresh.engine))

    upgrade(fresh)

    assert first == shape(inspect(fresh.engine))
    assert revision(fresh).is_newest


def test_several_processes_may_start_at_once(fresh: Database) -> None:
    """One migrates, the others wait for it; none fails."""
    url = fresh.url.render_as_string(hide_password=False)

    def start(_number: int) -> bool:
        database = Database(url)
        try:
            upgrade(database)
            return revision(database).is_newest
        finally:
            database.close()

    with ThreadPoolExecutor(4) as processes:
        assert [True] * 4 == list(processes.map(start, range(4)))


def test_a_database_of_a_newer_version_is_refused(fresh: Database) -> None:
    """An older program leaves it as it is, and says what to do."""
    upgrade(fresh)
    with fresh.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(NewerDatabase, match=r"revision 9999.*Start the newer version"):
        upgrade(fresh)

    assert revision(fresh) == Revision(found="9999", newest="0001", is_known=False)


def test_where_a_database_stands_is_told_without_touching_it(fresh: Database) -> None:
    """Before the first migration there is nothing, and asking makes nothing."""
    assert revision(fresh) == Revision(found="", newest="0001", is_known=True)
    assert not inspect(fresh.engine).get_table_names()


def test_a_migration_that_fails_leaves_nothing_behind(fresh: Database) -> None:
    """All of ours, or none: a table in the way undoes the whole of it."""
    with fresh.engine.begin() as connection:
        connection.execute(text("CREATE TABLE workers (id INTEGER)"))

    with pytest.raises(Exception, match="workers"):
        upgrade(fresh)

    assert ["workers"] == inspect(fresh.engine).get_table_names()


def test_the_queues_tables_are_there_before_any_worker(fresh: Database) -> None:
    """Whoever starts first can already put segments on the queue."""
    upgrade(fresh)

    schema = None if fresh.is_sqlite else "dbos"
    assert "workflow_status" in inspect(fresh.engine).get_table_names(schema=schema)
