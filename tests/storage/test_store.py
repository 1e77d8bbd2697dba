"""What the store promises of runs, requests, decisions, segments and the journal."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select

from approvals.errors import Conflict, StaleAttempt
from approvals.ids import RequestId, RunCode, RunId
from approvals.ports import Reader, Store, Unit
from approvals.requests import Closing, RequestMove
from approvals.runs import RunMove, RunState
from approvals.segments import SegmentState
from approvals.verdicts import Verdict
from storage.store import SqlReader, SqlStore, SqlUnit
from tests.builders import (
    APPROVER,
    REQUESTER,
    START,
    TEAM,
    a_decision,
    a_journal_entry,
    a_request,
    a_routed_request,
    a_run,
    a_segment,
    an_ask,
    an_event,
)


def test_it_keeps_the_ports(store: SqlStore) -> None:
    """The store, its reader and its unit are what the rules asked for (mypy agrees)."""
    port: Store = store

    with port.write() as unit:
        assert isinstance(unit, SqlUnit)
        writer: Unit = unit
        reader: Reader = writer
    assert isinstance(reader, SqlReader)


def test_a_run_with_all_of_its_parts_comes_back(store: SqlStore) -> None:
    """What a unit adds is what the next reader sees, equal in every field."""
    run = a_run(inputs={"topic": "bees", "n": [1, 2.5, None, True]}, held=("a", "b"))
    request = a_routed_request(run)
    decision = a_decision(request, words="ok\x00 \ud83d \\u0041")
    segment = a_segment(run, answers=(request.id,))
    entry = a_journal_entry()

    with store.write() as unit:
        unit.add_run(run)
        unit.add_request(request)
        unit.add_decision(decision)
        unit.add_segment(segment)
        unit.add_journal(run.id, TEAM, entry)
        unit.record(an_event(run=run.id))

    with store.read() as reader:
        assert run == reader.run(run.id)
        assert run == reader.run_by_code(TEAM, run.code)
        assert run == reader.run_by_origin(TEAM, run.origin)
        assert request == reader.request(request.id)
        assert [request] == list(reader.requests_of(run.id))
        assert [decision] == list(reader.decisions_of(request.id))
        assert decision == reader.decision_by_origin(TEAM, decision.origin)
        assert segment == reader.segment(segment.id)
        assert segment == reader.active_segment(run.id) == reader.last_segment(run.id)
        assert [entry] == list(reader.journal(run.id))
