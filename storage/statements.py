"""Running statements that were built once.

Building a statement anew costs several times what SQLite needs to run it, and a click
is some twenty of them. So what a click goes through is built when its module is read,
with named parameters, and run on the connection, beneath the ORM.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Executable
from sqlmodel import Session


def all_rows(
    session: Session, statement: Executable, **values: object
) -> Sequence[Any]:
    """Give every row of a question."""
    return session.connection().execute(statement, values).all()


def one_row(session: Session, statement: Executable, **values: object) -> Any | None:
    """Give the one row of a question, or None."""
    return session.connection().execute(statement, values).one_or_none()


def one_value(session: Session, statement: Executable, **values: object) -> Any | None:
    """Give the one value of the first row of a question, or None."""
    return session.connection().execute(statement, values).scalar()


def change(
    session: Session, statement: Executable, columns: Mapping[str, object]
) -> int:
    """Change rows, and tell how many."""
    done = session.connection().execute(statement, dict(columns))
    return int(done.rowcount)


def add_all(
    session: Session, statement: Executable, rows: Iterable[Mapping[str, object]]
) -> None:
    """Add rows, which may be none."""
    values = [dict(row) for row in rows]
    if values:
        session.connection().execute(statement, values)
