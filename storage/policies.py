"""Each rules file that came into force, whole: what was asked of whom stays provable."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import select

from storage.database import Database
from storage.tables import PolicyFileRow
from storage.upsert import add_once


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyFile:
    """A rules file: its text, the text's hash, who loaded it first and when."""

    hash: str
    text: str
    loaded_by: str
    loaded_at: datetime


class SqlPolicyFiles:
    """The rules files of this installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, file: PolicyFile) -> bool:
        """Keep a file; False when one with its hash is kept already."""
        columns = {
            "hash": file.hash,
            "text": file.text,
            "loaded_by": file.loaded_by,
            "loaded_at": file.loaded_at,
        }
        with self._database.writing() as session:
            return add_once(session, PolicyFileRow, columns, key={"hash"})

    def get(self, hash_: str) -> PolicyFile | None:
        """Read a file by its hash."""
        query = select(PolicyFileRow).where(PolicyFileRow.hash == hash_)
        with self._database.reading() as session:
            row = session.exec(query).one_or_none()
        if row is None:
            return None
        return PolicyFile(
            hash=row.hash,
            text=row.text,
            loaded_by=row.loaded_by,
            loaded_at=row.loaded_at,
        )
