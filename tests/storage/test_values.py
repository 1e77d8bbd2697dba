"""Every value comes back from the database as it went in, whatever is in it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.crews import Checkpoint, CrewProblem, CrewVersion
from approvals.decisions import Decision
from approvals.digest import digest_of
from approvals.ids import TeamId, UserId, new_id
from approvals.people import Person
from approvals.policies import Policy
from approvals.requests import (
    FINAL_REQUEST_STATES,
    ApprovalRequest,
    Ask,
    CallAddress,
    Closing,
    Fact,
    RequestState,
    Subject,
)
from approvals.runs import Run
from approvals.segments import ACTIVE_SEGMENT_STATES, JournalEntry, Segment
from approvals.verdicts import Labels
from storage.crew_shelf import SqlCrewShelf
from storage.database import Database
from storage.people import SqlPeople
from storage.store import SqlStore
from tests.builders import START, TEAM, a_request, a_run
from tests.storage.texts import ANY_TEXT

TEXTS = st.lists(ANY_TEXT, max_size=3).map(tuple)
NAME = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
"""Names and ids: ours, Slack's, or identifiers of a flow."""

NAMES = st.lists(NAME, max_size=3).map(tuple)
ID = st.uuids().map(str)
COUNT = st.integers(min_value=1, max_value=2**31 - 2)
TIME = st.datetimes(timezones=st.just(UTC))
JSON = st.dictionaries(
    ANY_TEXT,
    st.none() | st.booleans() | st.integers() | ANY_TEXT | st.lists(ANY_TEXT),
    max_size=3,
)
MAPPING = st.dictionaries(NAME, ANY_TEXT, max_size=3)

ADDRESSES = st.builds(CallAddress, path=NAME, method=NAME, call=COUNT)
FACTS = st.builds(
    Fact,
    name=ANY_TEXT,
    label=ANY_TEXT,
    value=st.none() | ANY_TEXT,
    currency=st.none() | NAME,
    unknown=st.none() | ANY_TEXT,
)
SUBJECTS = st.builds(
    Subject,
    title=ANY_TEXT,
    body=ANY_TEXT,
    output=ANY_TEXT,
    facts=st.lists(FACTS, max_size=2).map(tuple),
    criteria=TEXTS,
)
LABELS = st.builds(
    Labels,
    emit=TEXTS,
    approve=st.none() | ANY_TEXT,
    skip=st.none() | ANY_TEXT,
    choices=TEXTS,
)
ASKS = st.builds(
    Ask,
    address=ADDRESSES,
    checkpoint=NAME,
    visit=COUNT,
    revision=COUNT,
    subject=SUBJECTS,
    labels=LABELS,
    policy=st.none() | ANY_TEXT,
    max_revisions=st.none() | COUNT,
    context=ANY_TEXT,
    leads_to=MAPPING,
)
POLICIES = st.builds(
    Policy,
    name=ANY_TEXT,
    approvers=NAMES,
    expires_after=st.timedeltas(timedelta(0), timedelta(days=4000)),
)
CLOSINGS = st.builds(
    Closing,
    by=st.none() | NAME,
    by_name=ANY_TEXT,
    at=TIME,
    label=st.none() | ANY_TEXT,
    words=ANY_TEXT,
)
REQUESTS = st.builds(
    ApprovalRequest,
    id=ID,
    team=st.just(TEAM),
    run=ID,
    ask=ASKS,
    digest=NAME,
    version=COUNT,
    policy=st.none() | POLICIES,
    approvers=NAMES,
    unroutable=ANY_TEXT,
    asked_at=TIME,
    expires_at=TIME,
    next_due_at=st.none() | TIME,
    closing=st.none() | CLOSINGS,
    applied_in=st.none() | COUNT,
)
RUNS = st.builds(
    Run,
    id=ID,
    team=NAME,
    code=ID,
    crew=NAME,
    crew_title=ANY_TEXT,
    crew_version=NAME,
    inputs=JSON,
    requester=NAME,
    requester_name=ANY_TEXT,
    channel=NAME,
    origin=ID,
    held=TEXTS,
    unticked=TEXTS,
    practice=st.booleans(),
    version=COUNT,
    doing=ANY_TEXT,
    reason=ANY_TEXT,
    ended_by=ANY_TEXT,
    result=ANY_TEXT,
    created_at=TIME,
    changed_at=TIME,
)
SEGMENTS = st.builds(
    Segment,
    id=ID,
    team=st.just(TEAM),
    run=ID,
    number=COUNT,
    attempt=st.integers(0, 2**31 - 1),
    executor=st.none() | NAME,
    not_before=st.none() | TIME,
    answers=st.lists(ID, max_size=3).map(tuple),
    created_at=TIME,
)
DECISIONS = st.builds(
    Decision,
    id=ID,
    team=st.just(TEAM),
    request=ID,
    person=NAME,
    person_name=ANY_TEXT,
    label=st.none() | ANY_TEXT,
    words=ANY_TEXT,
    digest=NAME,
    origin=ID,
    at=TIME,
)
ENTRIES = st.builds(
    JournalEntry,
    address=ADDRESSES,
    segment=COUNT,
    title=ANY_TEXT,
    entry=ANY_TEXT,
    at=TIME,
)
CREW_VERSIONS = st.builds(
    CrewVersion,
    hash=ID,
    name=NAME,
    title=ANY_TEXT,
    description=ANY_TEXT,
    entry=NAME,
    input_schema=JSON,
    checkpoints=st.lists(
        st.builds(
            Checkpoint, name=ANY_TEXT, title=ANY_TEXT, labels=LABELS, leads_to=MAPPING
        ),
        max_size=2,
    ).map(tuple),
    steps=MAPPING,
    problems=st.lists(
        st.builds(CrewProblem, file=ANY_TEXT, line=st.none() | COUNT, message=ANY_TEXT),
        max_size=2,
    ).map(tuple),
    warnings=TEXTS,
    loaded_at=TIME,
)
PEOPLE = st.builds(
    Person,
    team=NAME.map(TeamId),
    user=NAME.map(UserId),
    name=ANY_TEXT,
    home_team=NAME,
    tz=NAME,
    read_at=TIME,
)


def fresh(value: Any, *names: str, **changes: Any) -> Any:
    """Give the value ids of its own: the database stays, and examples come again."""
    return replace(value, **{name: new_id(START) for name in names}, **changes)


def each(
    **values: st.SearchStrategy[Any],
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Try a few dozen values on the one database of the test."""
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    tried = settings(max_examples=15, deadline=None, suppress_health_check=checks)
    return lambda test: tried(given(**values)(test))


@each(run=RUNS)
def test_a_run_comes_back(store: SqlStore, run: Run) -> None:
    """Any run, in any state."""
    run = fresh(run, "id", "code", "origin")
    with store.write() as unit:
        unit.add_run(run)

    with store.read() as reader:
        assert run == reader.run(run.id)


@each(asked=REQUESTS)
def test_a_request_comes_back(store: SqlStore, asked: ApprovalRequest) -> None:
    """Any request, open or closed, and its digest still binds what it shows."""
    run = a_run()
    digest = digest_of(run.id, asked.ask)
    request = fresh(asked, "id", run=run.id, digest=digest)
    if request.state in FINAL_REQUEST_STATES:
        request = replace(request, next_due_at=None)
    with store.write() as unit:
        unit.add_run(run)
        unit.add_request(request)

    with store.read() as reader:
        found = reader.request(request.id)

    assert request == found
    assert found is not None
    assert request.digest == digest_of(run.id, found.ask)


@each(before=REQUESTS, after=REQUESTS)
def test_a_saved_request_comes_back(
    store: SqlStore, before: ApprovalRequest, after: ApprovalRequest
) -> None:
    """Whatever a save changes is there afterwards."""
    run = a_run()
    before = fresh(before, "id", run=run.id, state=RequestState.PENDING)
    after = replace(
        after, id=before.id, run=run.id, version=before.version, next_due_at=None
    )
    with store.write() as unit:
        unit.add_run(run)
        unit.add_request(before)
        saved = unit.save_request(after)

    with store.read() as reader:
        assert replace(after, version=before.version + 1) == saved
        assert saved == reader.request(before.id)


@each(decision=DECISIONS)
def test_a_decision_comes_back(store: SqlStore, decision: Decision) -> None:
    """Any verdict with any words."""
    run = a_run()
    request = a_request(run)
    decision = fresh(decision, "id", "origin", request=request.id)
    with store.write() as unit:
        unit.add_run(run)
        unit.add_request(request)
        unit.add_decision(decision)

    with store.read() as reader:
        assert decision == reader.decision_by_origin(TEAM, decision.origin)


@each(segment=SEGMENTS)
def test_a_segment_comes_back(store: SqlStore, segment: Segment) -> None:
    """Any segment, whether or not it is still to be worked on."""
    run = a_run()
    segment = fresh(segment, "id", run=run.id)
    with store.write() as unit:
        unit.add_run(run)
        unit.add_segment(segment)

    with store.read() as reader:
        assert segment == reader.segment(segment.id) == reader.last_segment(run.id)
        is_active = segment.state in ACTIVE_SEGMENT_STATES
        assert (segment if is_active else None) == reader.active_segment(run.id)


@each(entry=ENTRIES)
def test_a_finished_call_comes_back(store: SqlStore, entry: JournalEntry) -> None:
    """Any result of any method."""
    run = a_run()
    with store.write() as unit:
        unit.add_run(run)
        unit.add_journal(run.id, TEAM, entry)

    with store.read() as reader:
        assert [entry] == list(reader.journal(run.id))


@each(version=CREW_VERSIONS, bundle=st.binary())
def test_a_crew_version_comes_back(
    database: Database, store: SqlStore, version: CrewVersion, bundle: bytes
) -> None:
    """Any crew, with its folder."""
    shelf = SqlCrewShelf(database)
    version = fresh(version, "hash")

    shelf.put(version, bundle)

    with store.read() as reader:
        assert version == reader.crew_version(version.hash)
    assert bundle == shelf.bundle(version.hash)


@each(person=PEOPLE)
def test_a_person_comes_back(database: Database, person: Person) -> None:
    """Anybody, whatever their name; reading them again replaces what was known."""
    people = SqlPeople(database)
    people.put(replace(person, name="before"))

    people.put(person)

    assert person == people.get(person.team, person.user)
