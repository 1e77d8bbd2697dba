"""Column types: what goes in comes out, and what would lie later is refused."""

from collections.abc import Iterator
from datetime import MAXYEAR, UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, MetaData, Table, select
from sqlalchemy.exc import StatementError
from sqlmodel import Field

from storage.database import Database
from storage.tables import Row
from storage.types import AnyText, JsonText, UtcDateTime
from tests.storage.texts import ANY_TEXT

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ANY_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner),
    max_leaves=8,
)


def has_utc(moment: datetime) -> bool:
    """Leave out the hours at both ends of time that UTC does not have."""
    return 1 < moment.year < MAXYEAR


class Kept(Row):
    """A row of each of our types, in a table that exists for these tests only."""

    metadata = MetaData()


class KeptRow(Kept, table=True):
    __tablename__ = "kept"

    id: int = Field(primary_key=True)
    at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    words: str | None = Field(default=None, sa_type=AnyText)
    json_: Any = Field(default=None, sa_type=JsonText, nullable=True)


TABLE: Table = Kept.metadata.tables["kept"]


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.engine.connect() as connection:
        TABLE.create(connection)
        yield connection
        connection.rollback()


def kept(connection: Connection, **columns: Any) -> Any:
    """Store a row and read it again."""
    connection.execute(TABLE.delete())
    connection.execute(TABLE.insert().values(id=1, **columns))
    return connection.execute(select(TABLE)).one()


def test_a_naive_time_is_refused(connection: Connection) -> None:
    """A time without a zone would be compared hours wrong: it never gets in."""
    with pytest.raises(StatementError, match="is naive: a stored time needs"):
        kept(connection, at=datetime(2026, 11, 20, 9, 0))  # noqa: DTZ001 - the point


def test_a_naive_time_is_refused_in_a_question(connection: Connection) -> None:
    """Nor can one be asked about."""
    naive = datetime(2026, 11, 20, 9, 0)  # noqa: DTZ001 - the point

    with pytest.raises(StatementError, match="is naive"):
        connection.execute(select(TABLE).where(TABLE.c.at < naive))


def test_a_time_of_another_zone_is_compared_by_its_moment(
    connection: Connection,
) -> None:
    """09:00 in Karachi is before 05:00 in London, and is given back in UTC."""
    karachi = datetime(2026, 11, 20, 9, 0, tzinfo=timezone(timedelta(hours=5)))

    row = kept(connection, at=karachi)
    before_five = connection.execute(
        select(TABLE.c.id).where(TABLE.c.at < datetime(2026, 11, 20, 5, tzinfo=UTC))
    )

    assert karachi == row.at
    assert UTC is row.at.tzinfo
    assert 1 == before_five.scalar_one()


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    at=st.datetimes(timezones=st.timezones()).filter(has_utc),
    words=ANY_TEXT,
    json_=JSON,
)
def test_everything_comes_back_as_it_went_in(
    connection: Connection, at: datetime, words: str, json_: Any
) -> None:
    """Any text, any JSON and any moment survive both databases."""
    row = kept(connection, at=at, words=words, json_=json_)

    assert (at.astimezone(UTC), words, json_) == (row.at, row.words, row.json_)


def test_nothing_stays_nothing(connection: Connection) -> None:
    """None is NULL in each type, not a text that says so."""
    row = kept(connection, at=None, words=None, json_=None)

    assert (1, None, None, None) == tuple(row)


def test_text_stays_readable(connection: Connection) -> None:
    """Whoever looks into the table reads what people wrote."""
    kept(connection, words="Grüße, 蜜蜂 \x00", json_={"für": "蜜"})

    raw = connection.exec_driver_sql("SELECT words, json_ FROM kept").one()

    assert ("Grüße, 蜜蜂 \\u0000", '{"für":"蜜"}') == tuple(raw)
