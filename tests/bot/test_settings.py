"""Settings: read once, checked whole, and silent about secrets."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.problems import ProblemCode, ProblemsFound
from bot.settings import (
    Settings,
    keep_proxies_from_slack,
    load_settings,
    read_settings,
)

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1-secret", "SLACK_APP_TOKEN": "xapp-1-secret"}


def settings(folder: Path, **environ: str) -> Settings:
    return read_settings(TOKENS | environ, folder=folder)


def problems(folder: Path, environ: Mapping[str, str]) -> list[tuple[ProblemCode, str]]:
    with pytest.raises(ProblemsFound) as found:
        read_settings(environ, folder=folder)
    return [(each.code, each.sentence) for each in found.value.problems]


def test_two_tokens_are_enough(tmp_path: Path) -> None:
    """Everything but the two Slack tokens has a default."""
    read = settings(tmp_path)

    assert "https://slack.com/api/" == read.slack_api_url
    assert f"sqlite:///{tmp_path}/var/countersign.sqlite3" == read.database_url
    assert tmp_path / "var/countersign.sqlite3" == read.database_file
    assert (tmp_path / "crews/library",) == read.crew_folders
    assert ("/crew", None, "INFO", False) == (
        read.command,
        read.runners,
        read.log_level,
        read.log_json,
    )


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    """One start shows every problem, with the variable's name and the reason."""
    found = problems(
        tmp_path,
        {
            "SLACK_BOT_TOKEN": "xapp-swapped",
            "SLACK_API_URL": "slack.com",
            "DATABASE_URL": "mysql://here",
            "COUNTERSIGN_COMMAND": "crew",
            "OPENAI_BASE_URL": "http://[::1",
            "RUNNER_ENV": "SERPER_API_KEY, DATABASE_URL",
            "RUNNERS": "0",
            "LOG_LEVEL": "loud",
            "LOG_JSON": "perhaps",
        },
    )

    assert {
        (ProblemCode.SETTING_MISSING, "SLACK_APP_TOKEN is not set."),
        (ProblemCode.SETTING_WRONG, "SLACK_BOT_TOKEN does not begin with `xoxb-`."),
        (
            ProblemCode.SETTING_WRONG,
            "SLACK_API_URL is not an http or https address: slack.com.",
        ),
        (
            ProblemCode.SETTING_WRONG,
            "DATABASE_URL is neither sqlite:///FILE nor postgresql://….",
        ),
        (
            ProblemCode.SETTING_WRONG,
            "COUNTERSIGN_COMMAND is not a slash command like /crew: crew.",
        ),
        (
            ProblemCode.SETTING_WRONG,
            "OPENAI_BASE_URL is not an http or https address: http://[::1.",
        ),
        (
            ProblemCode.SETTING_WRONG,
            "RUNNER_ENV names DATABASE_URL, which no crew may ever see.",
        ),
        (ProblemCode.SETTING_WRONG, "RUNNERS is not a number from 1 to 64: 0."),
        (ProblemCode.SETTING_WRONG, "LOG_LEVEL is not a log level: loud."),
        (ProblemCode.SETTING_WRONG, "LOG_JSON is neither true nor false: perhaps."),
    } == set(found)


def test_a_missing_token_says_where_to_find_it(tmp_path: Path) -> None:
    """Nobody must search Slack's pages for the right kind of token."""
    with pytest.raises(ProblemsFound) as found:
        read_settings({}, folder=tmp_path)

    bot, app = found.value.problems
    assert "OAuth & Permissions" in bot.remedy
    assert "connections:write" in app.remedy


def test_a_worker_needs_no_token(tmp_path: Path) -> None:
    """Where Slack is not used, missing tokens are no problem."""
    read = read_settings({}, folder=tmp_path, needs_slack=False)

    assert "" == read.slack_bot_token.get_secret_value()


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    """`.env` is read as written, with its dollars; the environment comes first."""
    (tmp_path / ".env").write_text(
        "SLACK_BOT_TOKEN=xoxb-of-the-file\n"
        "SLACK_APP_TOKEN=xapp-of-the-file\n"
        "DATABASE_URL=postgresql://me:a${HOME}b@db/countersign\n"
        "MODEL=\n"
    )

    read = read_settings({"SLACK_APP_TOKEN": "xapp-of-the-env"}, folder=tmp_path)

    assert "xoxb-of-the-file" == read.slack_bot_token.get_secret_value()
    assert "xapp-of-the-env" == read.slack_app_token.get_secret_value()
    assert "postgresql+psycopg://me:a${HOME}b@db/countersign" == read.database_url
    assert read.database_file is None
    assert read.model is None


def test_secrets_do_not_show(tmp_path: Path) -> None:
    """A settings object in a log or a traceback gives nothing away."""
    read = settings(
        tmp_path,
        OPENAI_API_KEY="sk-very-secret",
        DATABASE_URL="postgresql://me:hunter2@db/countersign",
    )

    shown = repr(read)

    assert not [
        word
        for word in ("xoxb-1-secret", "xapp-1-secret", "sk-very-secret", "hunter2")
        if word in shown
    ]
    assert {"xoxb-1-secret", "xapp-1-secret", "sk-very-secret"} == set(read.secrets)


def test_crews_see_what_is_listed_and_no_more(tmp_path: Path) -> None:
    """A runner gets the model's variables and those named, never a Slack token."""
    read = settings(
        tmp_path,
        RUNNER_ENV="SERPER_API_KEY",
        SERPER_API_KEY="s",
        OPENAI_API_KEY="k",
        HTTPS_PROXY="http://proxy:3128",
        NO_PROXY="intranet",
        DATABASE_URL="postgresql://db/countersign",
        AWS_PROFILE="a",
        PATH="/bin",
    )

    assert {
        "SERPER_API_KEY": "s",
        "OPENAI_API_KEY": "k",
        "HTTPS_PROXY": "http://proxy:3128",
        "NO_PROXY": "intranet,127.0.0.1,::1,localhost",
        "no_proxy": "intranet,127.0.0.1,::1,localhost",
        "PATH": "/bin",
    } == read.runner_env


def test_oauth_variables_are_a_trap(tmp_path: Path) -> None:
    """SLACK_CLIENT_ID makes Slack's SDK ignore the token, so it is reported."""
    found = problems(tmp_path, TOKENS | {"SLACK_CLIENT_ID": "1.2"})

    [(code, sentence)] = found
    assert ProblemCode.SETTING_HARMFUL is code
    assert sentence.startswith("SLACK_CLIENT_ID is set, and it must not be:")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in TOKENS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HTTP_PROXY", "http://proxy:1")
    monkeypatch.setenv("https_proxy", "http://proxy:1")
    return monkeypatch


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("http://127.0.0.1:8910/api/", set()),
        ("https://slack.com/api/", {"http", "https"}),
    ],
    ids=["local", "real"],
)
def test_a_local_slack_is_reached_without_a_proxy(
    tmp_path: Path, url: str, kept: set[str]
) -> None:
    """Slack's SDK ignores NO_PROXY for sockets: locally, proxies leave the process."""
    keep_proxies_from_slack(settings(tmp_path, SLACK_API_URL=url))

    names = {("HTTP_PROXY", "http"), ("https_proxy", "https")}
    assert kept == {scheme for name, scheme in names if name in os.environ}


def test_the_process_reads_its_own_environment(
    environment: pytest.MonkeyPatch,
) -> None:
    """`load_settings` takes what this process was started with."""
    environment.setenv("RUNNERS", "7")

    assert 7 == load_settings().runners
