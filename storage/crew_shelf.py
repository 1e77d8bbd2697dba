"""The crews that workers have loaded, and their folders as ZIP files."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select, update

from approvals.crews import CrewVersion
from approvals.errors import Unknown
from storage.database import Database
from storage.mapping import crew_version_columns, crew_version_of
from storage.tables import CrewBundleRow, CrewVersionRow
from storage.upsert import add_once, put


class SqlCrewShelf:
    """Implements `approvals.ports.CrewShelf`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, version: CrewVersion, bundle: bytes) -> None:
        """Store a version and the ZIP of its folder; a known hash is renewed."""
        with self._database.writing() as session:
            put(session, CrewVersionRow, crew_version_columns(version), key={"hash"})
            zipped = {"hash": version.hash, "bundle": bundle}
            add_once(session, CrewBundleRow, zipped, key={"hash"})

    def keep(self, names: Iterable[str]) -> None:
        """Mark every other crew as gone; its runs keep their version."""
        with self._database.writing() as session:
            session.exec(
                update(CrewVersionRow)
                .where(col(CrewVersionRow.name).not_in(list(names)))
                .values(gone=True)
            )

    def bundle(self, hash_: str) -> bytes:
        """Give the stored ZIP.

        Raises:
            Unknown: no version has this hash.

        """
        query = select(CrewBundleRow.bundle).where(CrewBundleRow.hash == hash_)
        with self._database.reading() as session:
            found = session.exec(query).one_or_none()
        if found is None:
            raise Unknown("crew version")
        return found


def newest(session: Session) -> Sequence[CrewVersion]:
    """List the newest version of each crew that is there, by name."""
    query = (
        select(CrewVersionRow)
        .where(col(CrewVersionRow.gone).is_(False))
        .order_by(col(CrewVersionRow.loaded_at), CrewVersionRow.hash)
    )
    by_name = {row.name: row for row in session.exec(query)}  # the last one stays
    return [crew_version_of(by_name[name]) for name in sorted(by_name)]


def get(session: Session, hash_: str) -> CrewVersion | None:
    """Read one version, gone or not."""
    query = select(CrewVersionRow).where(CrewVersionRow.hash == hash_)
    row = session.exec(query).one_or_none()
    return None if row is None else crew_version_of(row)
