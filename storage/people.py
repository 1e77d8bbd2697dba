"""People, as last read from Slack."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from approvals.ids import TeamId, UserId
from approvals.people import Person
from storage.database import Database
from storage.mapping import person_columns, person_of
from storage.tables import PersonRow
from storage.upsert import put


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
            select(PersonRow)
            .where(col(PersonRow.read_at) < before)
            .order_by(col(PersonRow.read_at), PersonRow.team_id, PersonRow.user_id)
            .limit(limit)
        )
        with self._database.reading() as session:
            return [person_of(row) for row in session.exec(query)]


def get(session: Session, team: TeamId, user: UserId) -> Person | None:
    """Read a person."""
    query = select(PersonRow).where(
        PersonRow.team_id == team, PersonRow.user_id == user
    )
    row = session.exec(query).one_or_none()
    return None if row is None else person_of(row)
