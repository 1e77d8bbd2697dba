"""What the operator sets: the environment and `.env`, read once and all checked.

Nothing else of ours reads the environment. A variable of the environment wins over
the same one in `.env`; an empty one counts as not set; relative paths start at the
checkout, wherever the command was typed.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import SecretStr

from bot.problem_table import problem
from bot.problems import Problem, ProblemCode, ProblemsFound
from bot.setting_values import (
    LOOPBACK,
    BadValue,
    count,
    database_url,
    log_level,
    slash_command,
    token,
    variable_names,
    web_address,
    yes_or_no,
)
from crews.settings import MODEL_VARIABLES

T = TypeVar("T")

ROOT: Final = Path(__file__).resolve().parents[1]
"""The checkout: where `.env` is looked for and relative paths start."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that is read: what belongs in it, and what stands for it if unset."""

    about: str
    default: str = ""


VARIABLES: Final[Mapping[str, Variable]] = {
    "SLACK_BOT_TOKEN": Variable(
        "The bot's token, `xoxb-…`: api.slack.com/apps, your app, "
        "OAuth & Permissions, Bot User OAuth Token."
    ),
    "SLACK_APP_TOKEN": Variable(
        "The app-level token, `xapp-…`, with the scope connections:write: "
        "api.slack.com/apps, your app, Basic Information, App-Level Tokens."
    ),
    "SLACK_API_URL": Variable("Slack's Web API.", "https://slack.com/api"),
    "DATABASE_URL": Variable(
        "SQLite for one machine, or postgresql://user:password@host/name.",
        "sqlite:///var/countersign.sqlite3",
    ),
    "APPROVALS_FILE": Variable("The rules file.", "approvals.yaml"),
    "COUNTERSIGN_CREWS": Variable(
        f"The folders that hold crews, with “{os.pathsep}” between.", "crews/library"
    ),
    "COUNTERSIGN_COMMAND": Variable("The slash command of the app.", "/crew"),
    "MODEL": Variable("The model of crews that name none, such as openai/gpt-5-mini."),
    "OPENAI_API_KEY": Variable("The key for OpenAI, or for OPENAI_BASE_URL."),
    "OPENAI_BASE_URL": Variable("Another server that speaks OpenAI's API."),
    "OPENROUTER_API_KEY": Variable("The key for models named openrouter/…."),
    "RUNNER_ENV": Variable("Further variables that crews may see, with commas."),
    "RUNNERS": Variable(
        "How many runs a worker works on at once; else what it carries."
    ),
    "CACHE_DIR": Variable("A folder for what can be made again.", "var/cache"),
    "LOG_LEVEL": Variable("debug, info, warning or error.", "info"),
    "LOG_JSON": Variable("true: one JSON object per line.", "false"),
}
"""Every variable that is read; `.env.example` has exactly these."""

_SLACK_TOKENS: Final = {"SLACK_BOT_TOKEN": "xoxb-", "SLACK_APP_TOKEN": "xapp-"}

_NEVER_FOR_CREWS: Final = frozenset({*_SLACK_TOKENS, "DATABASE_URL"})

_PROXIES: Final = tuple(
    name
    for upper in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    for name in (upper, upper.lower())
)

_FOR_RUNNERS: Final = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", *_PROXIES),
    *MODEL_VARIABLES,
)
"""What a Python program needs to start, to reach the network and to ask a model."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """All that is set. Tokens are empty only where they were not asked for.

    `slack_api_url` ends with a slash. `database_url` is as SQLAlchemy wants it, with
    an absolute path for SQLite. `runner_env` is all that a runner may be given: no
    Slack token and no database is ever in it.
    """

    slack_bot_token: SecretStr
    slack_app_token: SecretStr
    slack_api_url: str
    database_url: str = field(repr=False)
    approvals_file: Path
    crew_folders: tuple[Path, ...]
    command: str
    model: str | None
    openai_api_key: SecretStr
    openai_base_url: str | None
    openrouter_api_key: SecretStr
    runner_env: Mapping[str, str] = field(repr=False)
    runners: int | None
    cache_dir: Path
    log_level: str
    log_json: bool

    @property
    def slack_is_local(self) -> bool:
        """Tell whether Slack is a program on this machine."""
        return urlsplit(self.slack_api_url).hostname in LOOPBACK

    @property
    def database_file(self) -> Path | None:
        """Give SQLite's file; None where the database is a server."""
        scheme, _, path = self.database_url.partition(":///")
        return Path(path) if scheme == "sqlite" else None

    @property
    def secrets(self) -> tuple[str, ...]:
        """List what must never be shown, for the log to blank."""
        hidden = (
            self.slack_bot_token,
            self.slack_app_token,
            self.openai_api_key,
            self.openrouter_api_key,
        )
        return tuple(filter(None, (secret.get_secret_value() for secret in hidden)))


def load_settings(*, needs_slack: bool = True) -> Settings:
    """Read the settings of this process; see `read_settings`."""
    return read_settings(os.environ, folder=ROOT, needs_slack=needs_slack)


def read_settings(
    environ: Mapping[str, str], *, folder: Path, needs_slack: bool = True
) -> Settings:
    """Read settings from an environment and the `.env` in a folder.

    Without `needs_slack` (a worker, `countersign db upgrade`) tokens may be missing.

    Raises:
        ProblemsFound: with all that is missing or wrong.

    """
    settings, problems = read_what_is_set(
        environ, folder=folder, needs_slack=needs_slack
    )
    if problems:
        raise ProblemsFound(problems)
    return settings


def load_what_is_set() -> tuple[Settings, list[Problem]]:
    """Read the settings of this process, for doctor; see `read_what_is_set`."""
    return read_what_is_set(os.environ, folder=ROOT, needs_slack=True)


def read_what_is_set(
    environ: Mapping[str, str], *, folder: Path, needs_slack: bool
) -> tuple[Settings, list[Problem]]:
    """Read settings with defaults in place of what is wrong, and what that is."""
    reading = _Reading(environ, folder)
    return reading.settings(needs_slack=needs_slack), reading.problems


def child_environment(**changes: str) -> dict[str, str]:
    """Give this process's environment, with changes, for a child that reads settings."""
    return {**os.environ, **changes}


def keep_proxies_from_slack(settings: Settings) -> None:
    """Let a local Slack be reached; call it before the first Slack client is made.

    Slack's SDK reads the proxy variables anew for each client and minds NO_PROXY for
    none of its sockets, so they leave this process. `runner_env` keeps them.
    """
    if settings.slack_is_local:
        for name in _PROXIES:
            os.environ.pop(name, None)


class _Reading:
    """One reading of all variables; it collects problems instead of stopping."""

    def __init__(self, environ: Mapping[str, str], folder: Path) -> None:
        self.problems: list[Problem] = []
        self._folder = folder
        self._values = _merged(environ, folder / ".env")

    def settings(self, *, needs_slack: bool) -> Settings:
        self._check_oauth()
        names = self._read("RUNNER_ENV", variable_names(_NEVER_FOR_CREWS))
        return Settings(
            slack_bot_token=self._slack_token("SLACK_BOT_TOKEN", needed=needs_slack),
            slack_app_token=self._slack_token("SLACK_APP_TOKEN", needed=needs_slack),
            slack_api_url=self._read("SLACK_API_URL", web_address) + "/",
            database_url=self._read("DATABASE_URL", database_url(self._folder)),
            approvals_file=self._read("APPROVALS_FILE", self._path),
            crew_folders=self._read("COUNTERSIGN_CREWS", self._folders),
            command=self._read("COUNTERSIGN_COMMAND", slash_command),
            model=self._values.get("MODEL"),
            openai_api_key=SecretStr(self._values.get("OPENAI_API_KEY", "")),
            openai_base_url=self._optional("OPENAI_BASE_URL", web_address),
            openrouter_api_key=SecretStr(self._values.get("OPENROUTER_API_KEY", "")),
            runner_env=self._runner_env(names),
            runners=self._optional("RUNNERS", count),
            cache_dir=self._read("CACHE_DIR", self._path),
            log_level=self._read("LOG_LEVEL", log_level),
            log_json=self._read("LOG_JSON", yes_or_no),
        )

    def _read(self, name: str, parse: Callable[[str], T]) -> T:
        """Read a variable; a wrong one is a problem, and its default goes on."""
        default = VARIABLES[name].default
        try:
            return parse(self._values.get(name, default))
        except BadValue as error:
            self._wrong(name, error)
            return parse(default)

    def _optional(self, name: str, parse: Callable[[str], T]) -> T | None:
        """Read a variable that has no default."""
        try:
            return parse(self._values[name]) if name in self._values else None
        except BadValue as error:
            self._wrong(name, error)
            return None

    def _slack_token(self, name: str, *, needed: bool) -> SecretStr:
        value = self._optional(name, token(_SLACK_TOKENS[name]))
        if needed and name not in self._values:
            about = VARIABLES[name].about
            self._found(ProblemCode.SETTING_MISSING, name=name, about=about)
        return SecretStr(value or "")

    def _check_oauth(self) -> None:
        if "SLACK_CLIENT_ID" in self._values:
            self._found(
                ProblemCode.SETTING_HARMFUL,
                name="SLACK_CLIENT_ID",
                reason="Slack's SDK would then look for OAuth installations and "
                "ignore SLACK_BOT_TOKEN",
            )

    def _path(self, text: str) -> Path:
        return self._folder / Path(text).expanduser()

    def _folders(self, text: str) -> tuple[Path, ...]:
        return tuple(self._path(part) for part in text.split(os.pathsep) if part)

    def _runner_env(self, names: tuple[str, ...]) -> Mapping[str, str]:
        """Choose the runners' variables; a model on this machine needs no proxy."""
        values = {
            name: self._values[name]
            for name in (*_FOR_RUNNERS, *names)
            if name in self._values
        }
        direct = [self._values.get("NO_PROXY") or self._values.get("no_proxy") or ""]
        without = ",".join(filter(None, [*direct, *sorted(LOOPBACK)]))
        return values | {"NO_PROXY": without, "no_proxy": without}

    def _wrong(self, name: str, error: BadValue) -> None:
        about = VARIABLES[name].about
        self._found(ProblemCode.SETTING_WRONG, name=name, reason=error, about=about)

    def _found(self, code: ProblemCode, **facts: object) -> None:
        self.problems.append(problem(code, **facts))


def _merged(environ: Mapping[str, str], file: Path) -> dict[str, str]:
    """Merge both sources without interpolation: a `$` in a password is a `$`."""
    written = dotenv_values(file, interpolate=False) if file.is_file() else {}
    both = {name: value or "" for name, value in written.items()} | dict(environ)
    return {name: value.strip() for name, value in both.items() if value.strip()}
