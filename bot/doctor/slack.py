"""Whether Slack answers, knows both tokens, and lets the app do its work."""

from dataclasses import dataclass
from typing import Final

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.doctor.report import Finding
from bot.problem_table import problem
from bot.problems import Check, Problem, ProblemCode, ProblemsFound
from bot.settings import Settings
from bot.slack.identity import Identity, identify
from bot.slack.slack_refusals import APP_TOKEN, token_problem

ANSWER_WITHIN: Final = 10
"""Seconds that Slack has for an answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SlackAccess:
    """A client whose token works, and whose it is."""

    client: AsyncWebClient
    identity: Identity


async def look_at_slack(settings: Settings) -> tuple[SlackAccess | None, Finding]:
    """Try both tokens; give a way to ask Slack more, where there is one."""
    if not settings.slack_bot_token.get_secret_value():
        return None, Finding(check=Check.SLACK, saw="no bot token", is_skipped=True)
    client = slack_client(settings)
    try:
        identity = await identify(client)
    except ProblemsFound as found:
        return None, Finding(check=Check.SLACK, saw="", problems=found.problems)
    except (ClientError, OSError) as error:
        away = _away(settings, error)
        return None, Finding(check=Check.SLACK, saw="", problems=(away,))
    access = SlackAccess(client=client, identity=identity)
    saw = f"{identity.team_name}, as @{identity.bot_name}"
    problems = await _app_token(settings, client)
    return access, Finding(check=Check.SLACK, saw=saw, problems=tuple(problems))


def slack_client(settings: Settings) -> AsyncWebClient:
    """Make a client that reaches a local Slack past any proxy."""
    client = AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        timeout=ANSWER_WITHIN,
        retry_handlers=[],
    )
    if settings.slack_is_local:
        client.proxy = None
    return client


async def _app_token(settings: Settings, client: AsyncWebClient) -> list[Problem]:
    """Ask for a socket's address, and leave it: nothing is connected."""
    token = settings.slack_app_token.get_secret_value()
    if not token:
        return []  # the settings' check has said so
    try:
        await client.apps_connections_open(app_token=token)
    except SlackApiError as error:
        url = settings.slack_api_url
        return [token_problem(error, name=APP_TOKEN, url=url)]
    except (ClientError, OSError) as error:
        return [_away(settings, error)]
    return []


def _away(settings: Settings, error: Exception) -> Problem:
    reason = str(error) or type(error).__name__
    url = settings.slack_api_url
    return problem(ProblemCode.SLACK_UNREACHABLE, url=url, reason=reason)
