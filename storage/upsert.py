"""INSERT … ON CONFLICT, which SQLite and PostgreSQL both have."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from storage.tables import Row


def put(
    session: Session, table: type[Row], columns: Mapping[str, Any], *, key: set[str]
) -> None:
    """Add a row, or give the one with this key the other columns."""
    others = frozenset(columns.keys() - key)
    statement = _put(_dialect(session), table, frozenset(key), others)
    session.connection().execute(statement, dict(columns))


def add_once(
    session: Session, table: type[Row], columns: Mapping[str, Any], *, key: set[str]
) -> bool:
    """Add a row, unless there is one with this key; tell whether it was added."""
    done = session.connection().execute(
        _add_once(_dialect(session), table, frozenset(key)),
        dict(columns),
        execution_options={"preserve_rowcount": True},
    )
    return done.rowcount == 1


Insert = sqlite.Insert | postgresql.Insert


@cache
def _put(
    dialect: str, table: type[Row], key: frozenset[str], others: frozenset[str]
) -> Insert:
    statement = _insert(dialect, table)
    return statement.on_conflict_do_update(
        index_elements=sorted(key),
        set_={name: statement.excluded[name] for name in sorted(others)},
    )


@cache
def _add_once(dialect: str, table: type[Row], key: frozenset[str]) -> Insert:
    return _insert(dialect, table).on_conflict_do_nothing(index_elements=sorted(key))


def _insert(dialect: str, table: type[Row]) -> Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name
