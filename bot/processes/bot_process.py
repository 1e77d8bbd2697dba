"""`countersign bot`: one bot process, from its settings to its end."""

import asyncio

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from bot.app import build
from bot.clock import SystemClock
from bot.logs import set_up_logging
from bot.problem_table import problem
from bot.problems import Problem, ProblemCode, ProblemsFound
from bot.processes.database_commands import upgraded
from bot.processes.lifetime import say_ready, stop_event
from bot.settings import Settings, keep_proxies_from_slack, load_settings


async def run_bot(*, supervised: bool) -> int:
    """Run until told to stop; give the exit status.

    Raises:
        ProblemsFound: settings, database or tokens are not what they must be.

    """
    settings = load_settings()
    set_up_logging(
        level=settings.log_level, as_json=settings.log_json, secrets=settings.secrets
    )
    keep_proxies_from_slack(settings)
    stop = stop_event(supervised=supervised)
    upgraded(settings)
    started = asyncio.Event()
    telling = asyncio.create_task(_say_ready(started))
    try:
        bot = await build(settings, SystemClock())
        await bot.run(stop, started)
    except SlackApiError as error:
        raise ProblemsFound([_app_token(error)]) from error
    except (ClientError, TimeoutError, OSError) as error:
        raise ProblemsFound([_away(settings, error)]) from error
    finally:
        telling.cancel()
    return 0


async def _say_ready(started: asyncio.Event) -> None:
    await started.wait()
    say_ready()


def _app_token(error: SlackApiError) -> Problem:
    return problem(
        ProblemCode.SLACK_TOKEN_REFUSED,
        name="SLACK_APP_TOKEN",
        error=str(error.response.get("error")),
        page="Basic Information, App-Level Tokens",
    )


def _away(settings: Settings, error: Exception) -> Problem:
    return problem(
        ProblemCode.SLACK_UNREACHABLE, url=settings.slack_api_url, reason=error
    )
