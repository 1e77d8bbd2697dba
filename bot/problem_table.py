"""The one table of problems: what people read, and which check of doctor finds it.

Words in braces are the facts that `problem` is given.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.problems import Check, Level, Problem, ProblemCode


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the table: the sentence, what to do, and where doctor looks."""

    sentence: str
    remedy: str
    check: Check | None = None
    level: Level = Level.ERROR


TABLE: Final[Mapping[ProblemCode, Entry]] = {
    # Settings
    ProblemCode.SETTING_MISSING: Entry(
        "{name} is not set.",
        "{about} Put it into `.env` (`.env.example` shows how).",
        Check.SETTINGS,
    ),
    ProblemCode.SETTING_WRONG: Entry(
        "{name} {reason}.",
        "{about} Correct it in `.env` or in the environment.",
        Check.SETTINGS,
    ),
    ProblemCode.SETTING_HARMFUL: Entry(
        "{name} is set, and it must not be: {reason}.",
        "Remove it from the environment and from `.env`.",
        Check.SETTINGS,
    ),
    ProblemCode.OPTION_WRONG: Entry(
        "{option} {reason}.",
        "Nothing was done.",
    ),
    # Slack
    ProblemCode.SLACK_TOKEN_REFUSED: Entry(
        "Slack refuses {name}: {error}.",
        "Copy the token again from api.slack.com/apps, your app, *{page}*.",
        Check.SLACK,
    ),
    ProblemCode.SLACK_SCOPES_MISSING: Entry(
        "The Slack app lacks scopes: {scopes}.",
        "Give it the scopes of `manifest.yml` and install it to the workspace again.",
        Check.SLACK,
    ),
    ProblemCode.SLACK_UNREACHABLE: Entry(
        "Slack does not answer at {url}: {reason}.",
        "Check the network, proxies and SLACK_API_URL; it is tried again by itself.",
        Check.SLACK,
    ),
    ProblemCode.SLACK_UNDELIVERED: Entry(
        "Slack would not take {count} of our messages; the last reason was {reason}.",
        "Remove the cause; cards are drawn again when their run changes.",
        Check.DELIVERY,
        Level.WARNING,
    ),
    ProblemCode.BOT_NOT_IN_CHANNEL: Entry(
        "I am not a member of {channel}, so I cannot show a run there.",
        "Type `/invite @{bot}` there and start again, or choose another channel.",
    ),
    ProblemCode.CHANNEL_PRIVATE: Entry(
        "I cannot see {channel}: it is private and I am not in it, or it is gone.",
        "Type `/invite @{bot}` there and start again, or choose another channel.",
    ),
    ProblemCode.CHANNEL_SHARED: Entry(
        "{channel} is shared with people outside this workspace.",
        "Runs are not shown to outsiders: choose a channel of your own.",
    ),
    # Database
    ProblemCode.DATABASE_UNREACHABLE: Entry(
        "The database cannot be opened at {where}: {reason}.",
        "Check DATABASE_URL, and that the server runs and the folder can be written.",
        Check.DATABASE,
    ),
    ProblemCode.DATABASE_NEWER: Entry(
        "The database belongs to a newer Countersign (revision {revision}).",
        "Start that version, or restore the backup made before the upgrade.",
        Check.DATABASE,
    ),
    ProblemCode.DATABASE_OLDER: Entry(
        "The database is not upgraded: it has revision {revision}, not {wanted}.",
        "Run `countersign db upgrade`; `countersign start` does it by itself.",
        Check.DATABASE,
        Level.WARNING,
    ),
    ProblemCode.SQLITE_RISKY: Entry(
        "SQLite {version} has the WAL-reset bug, which can corrupt a database that "
        "several processes write to.",
        "Use a Python with SQLite {fixed} or newer, or PostgreSQL; keep backups.",
        Check.DATABASE,
        Level.WARNING,
    ),
    # Rules
    ProblemCode.RULES_MISSING: Entry(
        "There is no rules file at {file}, so nobody can be asked.",
        "Write a first one from your workspace's people with `countersign init`.",
        Check.RULES,
    ),
    ProblemCode.RULES_EXIST: Entry(
        "There is a rules file at {file} already; it was left as it is.",
        "Move it away to have a first one written, or edit it.",
    ),
    ProblemCode.RULES_BROKEN: Entry(
        "{where}: {reason}.",
        "Correct the file; it is read again by itself. Until then the last good one "
        "stays in force, if there was one.",
        Check.RULES,
    ),
    ProblemCode.RULES_PERSON_UNFIT: Entry(
        "“{name}” ({user}) is in the rules file, but {reason}.",
        "Put another person's member ID in its place: in Slack, their profile, "
        "*More*, *Copy member ID*.",
        Check.RULES,
    ),
    ProblemCode.NOBODY_IN_WORKSPACE: Entry(
        "The workspace has no full member who could decide anything.",
        "Guests and bots never decide. Check that SLACK_BOT_TOKEN is of the right "
        "workspace.",
    ),
    ProblemCode.NOBODY_TO_DECIDE: Entry(
        "Nobody can decide “{checkpoint}”: {why}",
        "Name somebody else than the requester in the rules file; it is read again "
        "by itself.",
        Check.RULES,
    ),
    # Crews, workers and models
    ProblemCode.UNKNOWN_CREW: Entry(
        "There is no crew “{crew}”.",
        "{hint}`{command} crews` lists all.",
    ),
    ProblemCode.INPUTS_MISSING: Entry(
        "“{crew}” cannot start without {names}.",
        'Fill in the form of `{command} create {crew}`, or write them as name="value".',
    ),
    ProblemCode.INPUT_WRONG: Entry(
        "{name}: {reason}.",
        "Correct it and start again.",
    ),
    ProblemCode.CREW_BROKEN: Entry(
        "The crew “{crew}” cannot be started: {reason}.",
        "Correct the file; workers read it again when they start.",
        Check.CREWS,
    ),
    ProblemCode.NO_CREWS: Entry(
        "No crew is loaded.",
        "Start a worker, and see that COUNTERSIGN_CREWS names folders with crews.",
        Check.CREWS,
    ),
    ProblemCode.NO_WORKER: Entry(
        "No worker is running, so runs wait in the queue.",
        "Start one with `countersign start` (or `countersign worker`); what waits "
        "then begins by itself.",
        Check.WORKERS,
    ),
    ProblemCode.MODEL_MISSING: Entry(
        "No model is set: neither MODEL nor a key.",
        "Set MODEL and its key in `.env`; flows that name a model of their own need "
        "only the key.",
        Check.MODEL,
        Level.WARNING,
    ),
    ProblemCode.MODEL_UNREACHABLE: Entry(
        "The model's server does not answer{where}.",
        "Check the network, OPENAI_BASE_URL and, for a local model, that it runs. "
        "Then press *Retry*: finished steps are kept.",
        Check.MODEL,
    ),
    ProblemCode.MODEL_KEY_REFUSED: Entry(
        "The model's server does not accept the key{where}.",
        "Put a valid key into `.env`, start again and press *Retry*: finished steps "
        "are kept.",
        Check.MODEL,
    ),
    ProblemCode.MODEL_RATE_LIMITED: Entry(
        "The model's server takes no more calls: rate limit or no credit{where}.",
        "Wait or raise the limit, then press *Retry*: finished steps are kept.",
        Check.MODEL,
    ),
    # What a crew has written
    ProblemCode.OUTPUT_LONG: Entry(
        "This is the beginning; the whole text has {size}.",
        "{where} shows all of it, page by page.",
        level=Level.NOTICE,
    ),
    ProblemCode.OUTPUT_NEUTRALISED: Entry(
        "This text has mentions, links, markup or hidden characters, made harmless.",
        "They do nothing in Slack; what the flow is handed is unchanged.",
        level=Level.NOTICE,
    ),
    # Processes
    ProblemCode.PORT_TAKEN: Entry(
        "Port {port} is taken by another program.",
        "End that program, or choose another port with `--port`.",
    ),
    ProblemCode.ALREADY_RUNNING: Entry(
        "Another `countersign start` is running here{holder}.",
        "End that one first, or give this one a database of its own by DATABASE_URL.",
        Check.LOCK,
    ),
}


def problem(code: ProblemCode, **facts: object) -> Problem:
    """Write a problem out.

    Raises:
        KeyError: a fact that its sentence or remedy needs is not given.

    """
    entry = TABLE[code]
    return Problem(
        code=code,
        level=entry.level,
        sentence=entry.sentence.format(**facts),
        remedy=entry.remedy.format(**facts),
        check=entry.check,
    )
