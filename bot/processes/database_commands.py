"""`countersign db upgrade` and `countersign audit verify`."""

from pathlib import Path

from bot.logs import set_up_logging
from bot.problem_table import problem
from bot.problems import Problem, ProblemCode, ProblemsFound
from bot.settings import Settings, load_settings
from storage.audit import AuditTrail
from storage.database import Database
from storage.errors import DatabaseUnreachable, NewerDatabase, UnusableUrl
from storage.migrations import upgrade


def upgraded(settings: Settings) -> None:
    """Bring the database to this version; it is done before anything else.

    Raises:
        ProblemsFound: it cannot be opened, or a newer version has upgraded it.

    """
    if settings.database_file is not None:
        make_room_for(settings.database_file)
    try:
        database = Database(settings.database_url)
        try:
            upgrade(database)
        finally:
            database.close()
    except NewerDatabase as error:
        newer = problem(ProblemCode.DATABASE_NEWER, revision=error.found)
        raise ProblemsFound([newer]) from error
    except (DatabaseUnreachable, UnusableUrl) as error:
        raise ProblemsFound([_unreachable(settings, error)]) from error


def make_room_for(file: Path) -> None:
    """Make the folder of SQLite's file.

    Raises:
        ProblemsFound: it cannot be made.

    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        away = problem(
            ProblemCode.DATABASE_UNREACHABLE, where=file, reason=error.strerror
        )
        raise ProblemsFound([away]) from error


def run_upgrade() -> int:
    """Upgrade and say so."""
    settings = _settings()
    upgraded(settings)
    print("The database is at this version.")  # noqa: T201  a command's output
    return 0


def run_verify() -> int:
    """Prove every team's chain; exit 1 at the first that is broken."""
    settings = _settings()
    database = Database(settings.database_url)
    try:
        reports = AuditTrail(database).verify()
    except DatabaseUnreachable as error:
        raise ProblemsFound([_unreachable(settings, error)]) from error
    finally:
        database.close()
    for report in reports:
        state = "whole" if report.is_whole else f"BROKEN: {report.why}"
        print(f"{report.team}: {report.links} rows proved, {state}")  # noqa: T201  a command's output
    if not reports:
        print("The trail is empty.")  # noqa: T201  a command's output
    return 0 if all(report.is_whole for report in reports) else 1


def _settings() -> Settings:
    settings = load_settings(needs_slack=False)
    set_up_logging(
        level=settings.log_level, as_json=settings.log_json, secrets=settings.secrets
    )
    return settings


def _unreachable(
    settings: Settings, error: DatabaseUnreachable | UnusableUrl
) -> Problem:
    where = settings.database_file or "DATABASE_URL"
    why = error.why if isinstance(error, DatabaseUnreachable) else error
    return problem(ProblemCode.DATABASE_UNREACHABLE, where=where, reason=why)
