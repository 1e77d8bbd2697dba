"""What is stored: the database itself, crews, workers, and what Slack would not take."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from approvals.crews import CrewVersion
from approvals.errors import StoreUnavailable
from approvals.ports import Clock
from approvals.rules import RuleBook
from bot.doctor.report import Finding
from bot.problem_table import problem
from bot.problems import Check, Level, Problem, ProblemCode
from storage.database import WAL_RESET_FIXED, Database, wal_reset_warning
from storage.errors import DatabaseUnreachable
from storage.health import queued_segments
from storage.migrations import revision
from storage.postings import SqlPostings
from storage.store import SqlStore

ALIVE_WITHIN: Final = timedelta(seconds=10)
"""A worker's heart beats every second; some of that may be lost."""

COUNTED: Final = 100
"""What Slack would not take is counted so far."""


def look_at_lock(file: Path | None) -> Finding:
    """See whether a `countersign start` holds the database."""
    if file is None:
        return Finding(check=Check.LOCK, saw="a server needs none")
    lock = file.with_name(f"{file.name}.lock")
    holder = _holder(lock)
    if not holder:
        return Finding(check=Check.LOCK, saw="no `countersign start` is running")
    running = problem(ProblemCode.ALREADY_RUNNING, holder=f" (process {holder})")
    return Finding(
        check=Check.LOCK,
        saw=f"held by process {holder}",
        problems=(replace(running, level=Level.NOTICE),),  # as it should be
    )


def not_there_yet(file: Path) -> Finding:
    """See whether the first start can make SQLite's file."""
    above = next(folder for folder in file.parents if folder.exists())
    if above.is_dir() and os.access(above, os.W_OK):
        saw = f"{file} is not there yet; the first start makes it"
        return Finding(check=Check.DATABASE, saw=saw)
    reason = f"{above} is not a folder that can be written"
    away = problem(ProblemCode.DATABASE_UNREACHABLE, where=file, reason=reason)
    return Finding(check=Check.DATABASE, saw="", problems=(away,))


def unreachable(database: Database, error: StoreUnavailable) -> Finding:
    """Say that the database does not answer, or no longer."""
    reason = error.why if isinstance(error, DatabaseUnreachable) else str(error)
    away = problem(
        ProblemCode.DATABASE_UNREACHABLE, where=_where(database), reason=reason
    )
    return Finding(check=Check.DATABASE, saw="", problems=(away,))


def has_our_tables(found: Finding) -> bool:
    """Tell from a look at the database whether there is more to see in it."""
    strange = {ProblemCode.DATABASE_NEWER, ProblemCode.DATABASE_OLDER}
    return not strange & {problem.code for problem in found.problems}


def look_at_database(database: Database) -> Finding:
    """See whether the database answers and fits this version.

    Raises:
        StoreUnavailable: it does not answer.

    """
    stands = revision(database)
    problems: list[Problem] = []
    if not stands.is_known:
        problems.append(problem(ProblemCode.DATABASE_NEWER, revision=stands.found))
    elif not stands.is_newest:
        problems.append(
            problem(
                ProblemCode.DATABASE_OLDER,
                revision=stands.found or "none",
                wanted=stands.newest,
            )
        )
    if database.is_sqlite and wal_reset_warning():
        fixed = ".".join(map(str, WAL_RESET_FIXED))
        problems.append(
            problem(
                ProblemCode.SQLITE_RISKY, version=sqlite3.sqlite_version, fixed=fixed
            )
        )
    return Finding(check=Check.DATABASE, saw=_where(database), problems=tuple(problems))


def look_at_state(
    database: Database, book: RuleBook | None, clock: Clock
) -> Iterator[Finding]:
    """See what the tables tell; call it only for a database of this version."""
    with SqlStore(database, clock).read() as reader:
        crews = reader.crews()
        workers = reader.live_workers(clock.now() - ALIVE_WITHIN)
    yield _crews(crews, book)
    yield _workers(workers, queued_segments(database, clock.now()).count)
    yield _delivery(database)


def _crews(crews: Sequence[CrewVersion], book: RuleBook | None) -> Finding:
    problems = [found for crew in crews for found in _crew(crew, book)]
    if not crews:
        problems = [problem(ProblemCode.NO_CREWS)]
    names = ", ".join(crew.name for crew in crews)
    return Finding(check=Check.CREWS, saw=names, problems=tuple(problems))


def _crew(crew: CrewVersion, book: RuleBook | None) -> Iterator[Problem]:
    for found in crew.problems:
        reason = str(found).rstrip(".")
        yield problem(ProblemCode.CREW_BROKEN, crew=crew.name, reason=reason)
    if book is None:
        return
    for point in crew.checkpoints:
        if point.policy is not None and point.policy not in book.policies:
            yield problem(
                ProblemCode.NOBODY_TO_DECIDE,
                checkpoint=f"{crew.name}, {point.name}",
                why=f"it names the policy “{point.policy}”, which is not in the rules"
                " file.",
            )


def _workers(alive: int, queued: int) -> Finding:
    saw = f"{alive} alive, {queued} runs in the queue"
    problems = () if alive else (problem(ProblemCode.NO_WORKER),)
    return Finding(check=Check.WORKERS, saw=saw, problems=problems)


def _delivery(database: Database) -> Finding:
    given_up = SqlPostings(database).given_up(limit=COUNTED)
    if not given_up:
        return Finding(check=Check.DELIVERY, saw="nothing was given up")
    many = "+" if len(given_up) == COUNTED else ""
    undelivered = problem(
        ProblemCode.SLACK_UNDELIVERED,
        count=f"{len(given_up)}{many}",
        reason=given_up[0].problem,
    )
    return Finding(check=Check.DELIVERY, saw="", problems=(undelivered,))


def _where(database: Database) -> str:
    if database.is_sqlite:
        return str(database.url.database)
    return database.url.render_as_string(hide_password=True)


def _holder(lock: Path) -> str:
    """Name the process that holds a lock; nothing, if it is free or not there."""
    try:
        with lock.open(encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return lock.read_text(encoding="utf-8").strip() or "unknown"
    except OSError:
        return ""
    return ""
