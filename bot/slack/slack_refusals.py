"""What Slack's answer to a token means: a bad token, or a bad hour."""

from typing import Any, Final

from slack_sdk.errors import SlackApiError

from bot.problem_table import problem
from bot.problems import Problem, ProblemCode

BOT_TOKEN: Final = "SLACK_BOT_TOKEN"  # noqa: S105  a variable's name
APP_TOKEN: Final = "SLACK_APP_TOKEN"  # noqa: S105  a variable's name

_PAGES: Final = {
    BOT_TOKEN: "OAuth & Permissions",
    APP_TOKEN: "Basic Information, App-Level Tokens",
}

_BAD_HOUR: Final = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "ratelimited", ""}
)
"""Errors that say nothing of the token (docs.slack.dev/reference/methods/auth.test)."""


def token_problem(error: SlackApiError, *, name: str, url: str) -> Problem:
    """Give the problem behind a refused call; `name` is the token's variable."""
    data: Any = error.response.data
    code = str(data.get("error") or "") if isinstance(data, dict) else ""
    if code in _BAD_HOUR:
        reason = f"it answers “{code or f'HTTP {error.response.status_code}'}”"
        return problem(ProblemCode.SLACK_UNREACHABLE, url=url, reason=reason)
    return problem(
        ProblemCode.SLACK_TOKEN_REFUSED, name=name, error=code, page=_PAGES[name]
    )
