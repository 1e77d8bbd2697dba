"""The checks in their order, each with what it needs from the ones before it."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from approvals.errors import StoreUnavailable
from approvals.ports import Clock
from approvals.rules import RuleBook
from bot.doctor.model import look_at_model
from bot.doctor.report import Finding
from bot.doctor.rules import look_at_rules
from bot.doctor.slack import look_at_slack
from bot.doctor.state import (
    has_our_tables,
    look_at_database,
    look_at_lock,
    look_at_state,
    not_there_yet,
    unreachable,
)
from bot.problems import Check, Problem
from bot.rules.rules_file import NoRules, RulesFile
from bot.settings import Settings
from storage.database import Database

ANSWER_WITHIN: Final = 5
"""Seconds that PostgreSQL has for a connection."""


async def examine(
    settings: Settings, problems: Sequence[Problem], clock: Clock
) -> list[Finding]:
    """Make every check that can be made, however much is wrong elsewhere."""
    rules = RulesFile(settings.approvals_file)
    access, slack = await look_at_slack(settings)
    stored = await asyncio.to_thread(_stored, settings, _book(rules), clock)
    return [
        _settings(problems),
        slack,
        await look_at_rules(rules, access),
        *stored,
        await look_at_model(settings),
    ]


def _settings(problems: Sequence[Problem]) -> Finding:
    saw = "" if problems else "all that is needed is set"
    return Finding(check=Check.SETTINGS, saw=saw, problems=tuple(problems))


def _book(rules: RulesFile) -> RuleBook | None:
    try:
        return rules.current()
    except NoRules:
        return None


def _stored(
    settings: Settings, book: RuleBook | None, clock: Clock
) -> Sequence[Finding]:
    """Look at the database, and at what is in it if it has this version's tables."""
    file = settings.database_file
    lock = look_at_lock(file)
    if file is not None and not file.exists():
        return [lock, not_there_yet(file)]
    database = Database(_impatient(settings.database_url))
    try:
        return [lock, *_contents(database, book, clock)]
    except StoreUnavailable as error:
        return [lock, unreachable(database, error)]
    finally:
        database.close()


def _contents(
    database: Database, book: RuleBook | None, clock: Clock
) -> Iterator[Finding]:
    found = look_at_database(database)
    yield found
    if has_our_tables(found):
        yield from look_at_state(database, book, clock)


def _impatient(url: str) -> str:
    parts = urlsplit(url)
    if not parts.scheme.startswith("postgresql") or "connect_timeout" in parts.query:
        return url
    joint = "&" if parts.query else "?"
    return f"{url}{joint}connect_timeout={ANSWER_WITHIN}"
