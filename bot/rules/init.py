"""`countersign init`: a first rules file, from the people of the workspace."""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.problem_table import problem
from bot.problems import ProblemCode, ProblemsFound
from bot.rules.rules_text import read_rules
from bot.settings import Settings, keep_proxies_from_slack, load_settings
from bot.slack.identity import Identity, identify
from bot.slack.slack_refusals import BOT_TOKEN, token_problem

LISTED: Final = 200
"""More people than this are left out: a file is no directory."""

APPROVERS: Final = 10
"""How many are named as approvers where the workspace has too few admins."""

_PAGE: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A full member of the workspace, under the name that the file gives them."""

    name: str
    user: str
    real_name: str
    is_admin: bool


async def run_init() -> int:
    """Write the rules file; give the exit status.

    Raises:
        ProblemsFound: there is one already, or Slack does not tell who is there.

    """
    settings = load_settings()
    keep_proxies_from_slack(settings)
    members = await write_first_rules(settings)
    admins = sum(member.is_admin for member in members)
    sys.stdout.write(
        f"Wrote {settings.approvals_file} with {len(members)} people, {admins} of them"
        " admins.\nLook through it: its comments say what each part does.\n"
    )
    return 0


async def write_first_rules(settings: Settings) -> Sequence[Member]:
    """Write a first rules file, never over another; give the people in it.

    Raises:
        ProblemsFound: there is one already, or Slack does not tell who is there.

    """
    path = settings.approvals_file
    if path.exists():
        raise ProblemsFound([problem(ProblemCode.RULES_EXIST, file=path)])
    client = AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
    )
    identity = await identify(client)
    members = await _members(client, identity)
    text = first_rules(identity.team_name, members)
    read_rules(text)  # what we write we must be able to read
    _write_new(path, text)
    return members


def first_rules(team: str, members: Sequence[Member]) -> str:
    """Write the text of a first rules file.

    Admins of the workspace are the admins and, where there are two, the approvers:
    one alone could not decide their own runs.
    """
    admins = [member for member in members if member.is_admin] or list(members[:1])
    approvers = admins if len(admins) > 1 else list(members[:APPROVERS])
    return _TEXT.format(
        team=" ".join(team.split()),
        admins=_names(admins),
        people="\n".join(_lines(members)),
        approvers=_names(approvers),
    )


async def _members(client: AsyncWebClient, identity: Identity) -> list[Member]:
    found: list[Mapping[str, Any]] = []
    try:
        async for page in await client.users_list(limit=_PAGE):
            found += [user for user in page["members"] if _is_full(user, identity)]
    except SlackApiError as error:
        refused = token_problem(error, name=BOT_TOKEN, url=client.base_url)
        raise ProblemsFound([refused]) from error
    found.sort(key=lambda user: (not _is_admin(user), str(user.get("name"))))
    members = list(_named(found[:LISTED]))
    if not members:
        raise ProblemsFound([problem(ProblemCode.NOBODY_IN_WORKSPACE)])
    return members


def _is_full(user: Mapping[str, Any], identity: Identity) -> bool:
    """Tell whether a user may ever decide, as `Person.may_ever_decide` will."""
    barred = (
        "deleted",
        "is_bot",
        "is_restricted",
        "is_ultra_restricted",
        "is_stranger",
    )
    return (
        not any(user.get(mark) for mark in barred)
        and user["id"] != "USLACKBOT"
        and user.get("team_id", identity.team) == identity.team
    )


def _is_admin(user: Mapping[str, Any]) -> bool:
    return bool(user.get("is_admin") or user.get("is_owner"))


def _named(users: Sequence[Mapping[str, Any]]) -> Iterator[Member]:
    """Give each a short name for the file, unique and without need of quotes."""
    taken: set[str] = set()
    for user in users:
        short = re.sub(r"[^a-z0-9]+", "-", str(user.get("name", "")).lower()).strip("-")
        name = f"p-{short}" if not short or not short[0].isalpha() else short
        if name in taken or name in _YAML_WORDS:
            name = f"{name}-{user['id'].lower()}"
        taken.add(name)
        yield Member(
            name=name,
            user=user["id"],
            real_name=" ".join(str(user.get("real_name") or "").split()),
            is_admin=_is_admin(user),
        )


def _lines(members: Sequence[Member]) -> Iterator[str]:
    for member in members:
        note = f" # {member.real_name}" if member.real_name else ""
        admin = ", admin of the workspace" if note and member.is_admin else ""
        yield f"  {member.name}: {member.user}{note}{admin}"


def _names(members: Sequence[Member]) -> str:
    return ", ".join(member.name for member in members)


def _write_new(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)


_YAML_WORDS: Final = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y"})

_TEXT: Final = """\
# Who decides what, in the Slack workspace “{team}”.
# The file is read again when it changes; a mistake in it is reported with its line
# (`countersign doctor`), and the last good version stays in force.
version: 1

# They may cancel and retry anybody's run, and hear of requests that reach nobody.
admins: [{admins}]

# Names for this file, and the people's Slack member IDs. Only full members of the
# workspace can ever decide. Remove those who play no part.
people:
{people}

# Any one of the approvers decides. Nobody decides a run that they started themselves,
# unless the policy has `self_approval: true`, which is then shown on the card.
# Nothing is ever approved by waiting: after `expires_after` (90m, 4h, 3d) a request
# expires, and the run does not go on.
policies:
  everything:
    approvers: [{approvers}]
    self_approval: false
    expires_after: 72h

# The first rule that holds chooses the policy; the last one has no `when`.
# `when` is CEL (cel.dev) and can speak of: crew, inputs, priority, requester,
# checkpoint, kind, facts. Such as, with a policy `finance` above:
#   - when: crew == 'purchase'
#     use: finance
rules:
  - use: everything
"""
