"""People, as last read from Slack."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlmodel import Session

from approvals.ids import TeamId, UserId
from approvals.people import Person
from storage.database import Database
from storage.mapping import person_columns, person_of
from storage.statements import all_rows, one_row
from storage.tables import PEOPLE, PersonRow
from storage.upsert import put

_BY_ID: Final = select(PEOPLE).where(
    PEOPLE.c.team_id == bindparam("team"), PEOPLE.c.user_id == bindparam("user")
)


class SqlPeople:
    """The people that we know, and how fresh that is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, team: TeamId, user: UserId) -> Person | None:
        """Read a person."""
        with self._database.reading() as session:
            return get(session, team, user)

    def put(self, person: Person) -> None:
        """Store a person as just read."""
        with self._database.writing() as session:
            put(session, PersonRow, person_columns(person), key={"team_id", "user_id"})

    def stale(self, before: datetime, limit: int = 100) -> Sequence[Person]:
        """List those last read before a time, the stalest first."""
        query = (
            select(PEOPLE)
            .where(PEOPLE.c.read_at < before)
            .order_by(PEOPLE.c.read_at, PEOPLE.c.team_id, PEOPLE.c.user_id)
            .limit(limit)
        )
        with self._database.reading() as session:
            return [person_of(row) for row in all_rows(session, query)]


def get(session: Session, team: TeamId, user: UserId) -> Person | None:
    """Read a person."""
    row = one_row(session, _BY_ID, team=team, user=user)
    return None if row is None else person_of(row)
