"""INSERT … ON CONFLICT, which SQLite and PostgreSQL both have."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from storage.tables import Row


def put(
    session: Session, table: type[Row], columns: Mapping[str, Any], *, key: set[str]
) -> None:
    """Add a row, or give the one with this key the other columns."""
    statement = _insert(session, table).values(**columns)
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=sorted(key),
            set_={name: statement.excluded[name] for name in columns.keys() - key},
        )
    )


def add_once(
    session: Session, table: type[Row], columns: Mapping[str, Any], *, key: set[str]
) -> bool:
    """Add a row, unless there is one with this key; tell whether it was added."""
    statement = _insert(session, table).values(**columns)
    done = session.connection().execute(
        statement.on_conflict_do_nothing(index_elements=sorted(key)),
        execution_options={"preserve_rowcount": True},
    )
    return done.rowcount == 1


def _insert(session: Session, table: type[Row]) -> sqlite.Insert | postgresql.Insert:
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
