"""The trail: it verifies as long as it is what was written, and names the first break."""
# ruff: noqa: S608 - these tests are the attacker

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import select

from approvals.audit import AuditKind
from approvals.errors import Unknown
from approvals.ids import RequestId, RunId, TeamId
from storage.audit import AuditTrail, ChainReport, _link_hash
from storage.database import Database
from storage.store import SqlStore
from storage.tables import AuditEventRow, AuditPayloadRow
from tests.builders import START, TEAM, SteppedClock, an_event
from tests.storage.texts import ANY_TEXT

Tamper = Callable[[str], None]

LINKS = 5
OTHER_TEAM = TeamId("T0OTHER")


class Boom(Exception):
    """Something that goes wrong after something was recorded."""


@pytest.fixture
def trail(database: Database, store: SqlStore, clock: SteppedClock) -> AuditTrail:
    """A trail of five links, in two units, a second apart."""
    for numbers in ((1, 2), (3, 4, 5)):
        with store.write() as unit:
            for number in numbers:
                unit.record(
                    an_event(
                        AuditKind.DECISION_RECORDED,
                        run=RunId(f"run-{number}"),
                        request=RequestId(f"request-{number}"),
                        payload={"words": f"wörds {number}", "n": number},
                    )
                )
        clock.move(timedelta(seconds=1))
    return AuditTrail(database)


def the(reports: Any) -> ChainReport:
    (report,) = reports
    assert isinstance(report, ChainReport)
    return report


@pytest.fixture
def tamper(database: Database) -> Tamper:
    """Change the tables behind the store's back, foreign keys or not."""

    def on_sqlite(statement: str) -> None:
        with closing(sqlite3.connect(str(database.url.database))) as connection:
            connection.execute(statement)  # foreign keys are off unless asked for
            connection.commit()

    def on_postgres(statement: str) -> None:
        with database.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(statement))

    return on_sqlite if database.is_sqlite else on_postgres


def test_what_was_written_verifies(trail: AuditTrail) -> None:
    """Five links, whole, and the head counts them."""
    (head,) = trail.heads()

    assert ChainReport(team=TEAM, links=LINKS) == the(trail.verify())
    assert the(trail.verify()).is_whole
    assert (TEAM, LINKS) == (head.team, head.seq)


def test_nothing_recorded_is_nothing_to_verify(database: Database) -> None:
    """A new installation has no chain, and none that is broken."""
    assert not AuditTrail(database).verify()
    assert not AuditTrail(database).heads()


def test_what_is_undone_is_not_recorded(trail: AuditTrail, store: SqlStore) -> None:
    """A unit that fails leaves no link and no gap."""
    with pytest.raises(Boom), store.write() as unit:  # noqa: PT012 - one unit
        unit.record(an_event())
        raise Boom
    with store.write() as unit:
        unit.record(an_event())

    assert ChainReport(team=TEAM, links=LINKS + 1) == the(trail.verify())


def test_each_team_has_its_own_chain(
    trail: AuditTrail, store: SqlStore, tamper: Tamper
) -> None:
    """One team's break is not another's; one can be verified alone."""
    with store.write() as unit:
        unit.record(an_event(team=OTHER_TEAM))
        unit.record(an_event())
    tamper("UPDATE audit_events SET actor = 'x' WHERE team_id = 'T0TEAM' AND seq = 2")

    other, ours = trail.verify()

    assert ChainReport(team=OTHER_TEAM, links=1) == other
    assert (TEAM, 2) == (ours.team, ours.broken_at)
    assert other == the(trail.verify(OTHER_TEAM))
    assert not trail.verify(TeamId("T0NOBODY"))


COLUMNS = {
    "at": "'2020-01-01 00:00:00.000000'",
    "kind": "'run:ended'",
    "actor": "'U0EVE'",
    "run_id": "'another'",
    "request_id": "NULL",
    "payload_hash": "'00'",
    "previous": "'00'",
    "hash": "'00'",
}
"""Every column of a link but its key, and something else to put there."""


@pytest.mark.parametrize(
    ("column", "seq"),
    [*((column, 3) for column in COLUMNS), ("actor", 1), ("actor", LINKS)],
)
def test_a_changed_row_is_named(
    trail: AuditTrail, tamper: Tamper, column: str, seq: int
) -> None:
    """Whatever is changed in a link, that link is the first broken one."""
    tamper(f"UPDATE audit_events SET {column} = {COLUMNS[column]} WHERE seq = {seq}")

    report = the(trail.verify())

    assert not report.is_whole
    assert f"row {seq} was changed" == report.why
    assert (seq, seq - 1) == (report.broken_at, report.links)


def test_a_row_that_was_changed_and_hashed_anew_breaks_the_next(
    trail: AuditTrail, tamper: Tamper, database: Database
) -> None:
    """Who knows how to hash still cannot make the next link follow."""
    with database.reading() as session:
        query = select(AuditEventRow).where(AuditEventRow.seq == 2)
        row = session.exec(query).one()
        row.actor = "U0EVE"
        forged = _link_hash(row)
        session.expunge(row)
    tamper(f"UPDATE audit_events SET actor = 'U0EVE', hash = '{forged}' WHERE seq = 2")

    report = the(trail.verify())

    assert "row 3 does not follow the one before it" == report.why
    assert 3 == report.broken_at


@pytest.mark.parametrize("seq", [1, 3])
def test_a_missing_row_is_named(trail: AuditTrail, tamper: Tamper, seq: int) -> None:
    """A link taken out of the chain is missed."""
    tamper(f"DELETE FROM audit_payloads WHERE seq = {seq}")
    tamper(f"DELETE FROM audit_events WHERE seq = {seq}")

    report = the(trail.verify())

    assert (seq, f"row {seq} is missing") == (report.broken_at, report.why)


def test_rows_in_another_order_are_named(trail: AuditTrail, tamper: Tamper) -> None:
    """Two links that changed places break the chain at the first of them."""
    for old, new in ((2, 99), (3, 2), (99, 3)):
        tamper(f"UPDATE audit_events SET seq = {new} WHERE seq = {old}")
        tamper(f"UPDATE audit_payloads SET seq = {new} WHERE seq = {old}")

    assert 2 == the(trail.verify()).broken_at


def test_a_cut_tail_is_named(trail: AuditTrail, tamper: Tamper) -> None:
    """The head counts more links than are left."""
    tamper("DELETE FROM audit_payloads WHERE seq >= 4")
    tamper("DELETE FROM audit_events WHERE seq >= 4")

    report = the(trail.verify())

    assert 4 == report.broken_at
    assert "row 4 is missing: the head counts 5" == report.why


def test_an_emptied_chain_is_named(trail: AuditTrail, tamper: Tamper) -> None:
    """A head over nothing says that there was something."""
    tamper("DELETE FROM audit_payloads")
    tamper("DELETE FROM audit_events")

    assert 1 == the(trail.verify()).broken_at


@pytest.mark.parametrize(
    ("statement", "broken_at", "why"),
    [
        ("DELETE FROM audit_heads", 5, "the head that should say so is missing"),
        ("UPDATE audit_heads SET seq = 3", 4, "row 4 is too many: the head counts 3"),
        ("UPDATE audit_heads SET hash = ''", 5, "row 5 is not what the head says"),
    ],
    ids=["gone", "behind", "another"],
)
def test_a_wrong_head_is_named(
    trail: AuditTrail, tamper: Tamper, statement: str, broken_at: int, why: str
) -> None:
    """The chain and its head must agree."""
    tamper(statement)

    report = the(trail.verify())

    assert broken_at == report.broken_at
    assert why in report.why


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("DELETE FROM audit_payloads WHERE seq = 3", "lost its payload"),
        ("UPDATE audit_payloads SET payload = '{}' WHERE seq = 3", "another payload"),
        ("UPDATE audit_payloads SET salt = 'aa' WHERE seq = 3", "another payload"),
    ],
    ids=["lost", "changed", "salted anew"],
)
def test_a_payload_that_is_not_what_was_written_is_named(
    trail: AuditTrail, tamper: Tamper, statement: str, why: str
) -> None:
    """Texts and names are bound to their link until they are erased."""
    tamper(statement)

    report = the(trail.verify())

    assert 3 == report.broken_at
    assert why in report.why


def test_an_erased_payload_leaves_the_chain_whole(
    trail: AuditTrail, database: Database
) -> None:
    """What a person wrote can be erased; that it was there stays proved."""
    trail.erase(TEAM, 3, START)

    with database.reading() as session:
        query = select(AuditPayloadRow).where(AuditPayloadRow.seq == 3)
        row = session.exec(query).one()
    assert (None, None, START) == (row.payload, row.salt, row.erased_at)
    assert the(trail.verify()).is_whole


@pytest.mark.parametrize("seq", [3, LINKS + 1])
def test_only_what_is_there_can_be_erased(trail: AuditTrail, seq: int) -> None:
    """Erasing twice, or what never was, is refused."""
    trail.erase(TEAM, 3, START)

    with pytest.raises(Unknown):
        trail.erase(TEAM, seq, START)


def test_equal_payloads_have_different_hashes(
    store: SqlStore, database: Database
) -> None:
    """The salt keeps anybody from guessing an erased text by its hash."""
    with store.write() as unit:
        unit.record(an_event())
        unit.record(an_event())

    with database.reading() as session:
        first, second = session.exec(select(AuditEventRow.payload_hash)).all()
    assert first != second


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    payload=st.dictionaries(
        ANY_TEXT,
        ANY_TEXT
        | st.none()
        | st.integers()
        | st.decimals(allow_nan=False)
        | st.tuples(ANY_TEXT),
    ),
    actor=st.text(st.characters(exclude_categories=["Cs", "Cc"])),
)
def test_any_payload_verifies(
    store: SqlStore, database: Database, payload: Any, actor: str
) -> None:
    """Whatever is recorded is hashed as it will be read back."""
    with store.write() as unit:
        unit.record(an_event(payload=payload, actor=actor))

    assert the(AuditTrail(database).verify()).is_whole
