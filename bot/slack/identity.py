"""Who we are in Slack: asked once at the start, with what the tokens allow."""

from dataclasses import dataclass
from typing import Final

from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from approvals.ids import TeamId, UserId
from bot.problem_table import problem
from bot.problems import ProblemCode, ProblemsFound
from bot.slack.slack_refusals import BOT_TOKEN, token_problem

CORE_SCOPES: Final = frozenset(
    {"commands", "chat:write", "im:write", "users:read", "files:write"}
)
"""What the product cannot do without; `manifest.yml` asks for these."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """The app as installed in one workspace."""

    team: TeamId
    team_name: str
    bot_user: UserId
    bot_id: str
    bot_name: str
    scopes: frozenset[str]

    def authorization(self, token: str) -> AuthorizeResult:
        """Give what Bolt would otherwise ask Slack for on the first click."""
        return AuthorizeResult(
            enterprise_id=None,
            team_id=self.team,
            bot_user_id=self.bot_user,
            bot_id=self.bot_id,
            bot_token=token,
        )


async def identify(client: AsyncWebClient) -> Identity:
    """Ask Slack who the bot token belongs to.

    Raises:
        ProblemsFound: Slack refuses the token, or it lacks scopes of the core.

    """
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        refused = token_problem(error, name=BOT_TOKEN, url=client.base_url)
        raise ProblemsFound([refused]) from error
    granted = answer.headers.get("x-oauth-scopes") or ""
    scopes = frozenset(scope.strip() for scope in granted.split(",") if scope.strip())
    missing = CORE_SCOPES - scopes
    if scopes and missing:
        lacking = problem(
            ProblemCode.SLACK_SCOPES_MISSING, scopes=", ".join(sorted(missing))
        )
        raise ProblemsFound([lacking])
    return Identity(
        team=TeamId(str(answer["team_id"])),
        team_name=str(answer.get("team", "")),
        bot_user=UserId(str(answer["user_id"])),
        bot_id=str(answer["bot_id"]),
        bot_name=str(answer.get("user", "countersign")),
        scopes=scopes,
    )
