"""People, crews, workers, rules files and health: the smaller shelves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from approvals.errors import Unknown
from approvals.ids import UserId
from approvals.placing import run_message
from approvals.ports import CrewShelf, Workers
from storage.crew_shelf import SqlCrewShelf
from storage.database import Database
from storage.health import (
    Backlog,
    bytes_in_use,
    due_postings,
    ping,
    queued_segments,
)
from storage.people import SqlPeople
from storage.policies import PolicyFile, SqlPolicyFiles
from storage.store import SqlStore
from storage.workers import TAKEOVER, SqlWorkers
from tests.builders import (
    START,
    TEAM,
    SteppedClock,
    a_crew_version,
    a_person,
    a_run,
    a_segment,
)

HOUR = timedelta(hours=1)


@pytest.fixture
def shelf(database: Database) -> SqlCrewShelf:
    return SqlCrewShelf(database)


@pytest.fixture
def workers(database: Database, clock: SteppedClock) -> SqlWorkers:
    return SqlWorkers(database, clock)


def test_they_keep_their_ports(shelf: SqlCrewShelf, workers: SqlWorkers) -> None:
    """Both are what the rules ask for; mypy agrees."""
    ports: tuple[CrewShelf, Workers] = (shelf, workers)

    assert all(ports)


def test_the_newest_version_of_each_crew_is_listed(
    shelf: SqlCrewShelf, store: SqlStore
) -> None:
    """By name; older versions stay for the runs that began with them."""
    old = a_crew_version(hash="old")
    new = a_crew_version(hash="new", loaded_at=START + HOUR)
    other = a_crew_version("audit")
    for version in (new, old, other):
        shelf.put(version, b"zip")

    with store.read() as reader:
        assert [other, new] == list(reader.crews())
        assert old == reader.crew_version("old")


def test_a_crew_that_is_gone_cannot_be_started(
    shelf: SqlCrewShelf, store: SqlStore
) -> None:
    """It is not listed any more, its bundle stays; loaded again it is back."""
    kept, gone = a_crew_version("content"), a_crew_version("purchase")
    shelf.put(kept, b"kept")
    shelf.put(gone, b"gone")

    shelf.keep(["content"])

    with store.read() as reader:
        assert [kept] == list(reader.crews())
    assert b"gone" == shelf.bundle(gone.hash)
    back = replace(gone, loaded_at=START + HOUR)
    shelf.put(back, b"gone")
    with store.read() as reader:
        assert [kept, back] == list(reader.crews())


def test_a_bundle_that_is_not_there_is_unknown(shelf: SqlCrewShelf) -> None:
    """No version has this hash."""
    with pytest.raises(Unknown):
        shelf.bundle("none")


def test_live_workers_are_those_whose_heart_has_beaten(
    workers: SqlWorkers, store: SqlStore
) -> None:
    """One row a worker, however often it beats."""
    workers.beat("a", START)
    workers.beat("a", START + HOUR)
    workers.beat("b", START)

    with store.read() as reader:
        assert 1 == reader.live_workers(START + HOUR)
        assert 2 == reader.live_workers(START)
    assert ["b"] == list(workers.lost(START + HOUR))


def test_one_takes_over_a_lost_workers_estate(workers: SqlWorkers) -> None:
    """Whoever is first; afterwards nobody sees it any more."""
    workers.beat("dead", START)

    assert workers.claim_lost("dead")
    assert not workers.claim_lost("dead")
    assert not workers.lost(START + HOUR)
    workers.leave("dead")
    assert not workers.claim_lost("dead")


def test_a_taker_that_dies_is_followed_by_another(
    workers: SqlWorkers, clock: SteppedClock
) -> None:
    """An estate that was not settled in time can be taken over once more."""
    workers.beat("dead", START)
    workers.claim_lost("dead")

    clock.move(TAKEOVER + timedelta(seconds=1))

    assert ["dead"] == list(workers.lost(clock.now()))
    assert workers.claim_lost("dead")


def test_a_worker_that_was_only_slow_lives_again(workers: SqlWorkers) -> None:
    """Its next beat says so."""
    workers.beat("slow", START)
    workers.claim_lost("slow")

    workers.beat("slow", START + HOUR)

    assert ["slow"] == list(workers.lost(START + 2 * HOUR))


def test_a_worker_that_has_left_is_not_lost(workers: SqlWorkers) -> None:
    """Ending in good order leaves no estate."""
    workers.beat("a", START)

    workers.leave("a")

    assert not workers.lost(START + HOUR)


def test_the_stalest_people_come_first(database: Database) -> None:
    """Those whom the background job should read again, as many as it wants."""
    people = SqlPeople(database)
    fresh = a_person(UserId("U0NEW"), read_at=START + HOUR)
    stale = a_person(UserId("U0OLD"), read_at=START - HOUR)
    staler = a_person(UserId("U0OLDER"), read_at=START - 2 * HOUR)
    for person in (fresh, stale, staler):
        people.put(person)

    assert [staler, stale] == list(people.stale(START))
    assert [staler] == list(people.stale(START, limit=1))
    assert people.get(TEAM, UserId("U0NOBODY")) is None


def test_each_rules_file_is_kept_once(database: Database) -> None:
    """Whole, with who loaded it first and when; unknown hashes give None."""
    files = SqlPolicyFiles(database)
    file = PolicyFile(hash="h1", text="version: 1\n", loaded_by="bot", loaded_at=START)

    assert files.keep(file)
    assert not files.keep(replace(file, loaded_at=START + HOUR))
    assert file == files.get("h1")
    assert files.get("h2") is None


def test_the_database_tells_its_time_and_its_size(database: Database) -> None:
    """Both are what they are, more or less."""
    now = datetime.now(UTC)  # noqa: TID251 - the database has no other clock

    assert abs(ping(database) - now) < timedelta(minutes=1)
    assert bytes_in_use(database) > 10_000


def test_backlogs_are_counted_with_their_age(
    database: Database, store: SqlStore, clock: SteppedClock
) -> None:
    """What waits for a worker, and what waits for the courier."""
    nothing = Backlog(count=0, oldest=None)
    assert nothing == queued_segments(database, START)
    assert nothing == due_postings(database, START)
    with store.write() as unit:
        for minutes in (0, 5):
            clock.at = START + timedelta(minutes=minutes)
            run = a_run()
            unit.add_run(run)
            unit.add_segment(a_segment(run, created_at=clock.at))
            unit.show([run_message(run)])

    waiting = Backlog(count=2, oldest=HOUR)

    assert waiting == queued_segments(database, START + HOUR)
    assert waiting == due_postings(database, START + HOUR)
