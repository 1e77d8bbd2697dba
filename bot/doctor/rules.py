"""Whether the rules file can be used, and whether its people can decide."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from approvals.ids import UserId
from approvals.policies import Policy
from approvals.rules import RuleBook
from bot.doctor.report import Finding
from bot.doctor.slack import SlackAccess
from bot.problem_table import problem
from bot.problems import Check, Level, Problem, ProblemCode
from bot.rules.rules_file import NoRules, RulesFile

Unfit = Mapping[UserId, str]
"""Why a person can never decide; who can is not in it."""


async def look_at_rules(rules: RulesFile, access: SlackAccess | None) -> Finding:
    """Read the file, and ask Slack about everybody in it."""
    problems = list(rules.problems())
    try:
        book = rules.current()
    except NoRules:
        return Finding(check=Check.RULES, saw="", problems=tuple(problems))
    saw = f"{len(book.people)} people, {len(book.policies)} policies"
    unfit: Unfit = {}
    if access is None:
        saw += "; people not looked up"
    else:
        unfit, is_complete = await _unfit(book, access)
        problems += _people(book, unfit)
        saw += "" if is_complete else "; Slack did not tell of all people"
    for policy in book.policies.values():
        problems += _deciders(policy, unfit)
    return Finding(check=Check.RULES, saw=saw, problems=tuple(problems))


async def _unfit(book: RuleBook, access: SlackAccess) -> tuple[Unfit, bool]:
    found: dict[UserId, str] = {}
    for user in book.people.values():
        try:
            answer = await access.client.users_info(user=user)
        except SlackApiError as error:
            if error.response.get("error") not in {
                "user_not_found",
                "user_not_visible",
            }:
                return found, False
            found[user] = "nobody in this workspace has that ID"
        except (ClientError, OSError):
            return found, False
        else:
            reason = _why_unfit(answer["user"], access.identity.team)
            if reason:
                found[user] = reason
    return found, True


def _why_unfit(user: Mapping[str, Any], team: str) -> str:
    """Say why somebody never decides, as `Person.may_ever_decide` would."""
    if user.get("deleted"):
        return "has left the workspace"
    if user.get("is_bot"):
        return "is a bot"
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return "is a guest, and guests never decide"
    if user.get("team_id", team) != team:
        return "belongs to another organisation"
    return ""


def _people(book: RuleBook, unfit: Unfit) -> Iterator[Problem]:
    for name, user in book.people.items():
        if user in unfit:
            yield problem(
                ProblemCode.RULES_PERSON_UNFIT,
                name=name,
                user=user,
                reason=unfit[user],
            )


def _deciders(policy: Policy, unfit: Unfit) -> Iterator[Problem]:
    """Look for policies that nobody, or not everybody's run, can be decided by."""
    able = [user for user in policy.approvers if user not in unfit]
    what = f"the policy {policy.name}"
    if not able:
        why = "none of its approvers can."
        yield problem(ProblemCode.NOBODY_TO_DECIDE, checkpoint=what, why=why)
    elif len(able) == 1 and not policy.self_approval:
        why = f"{able[0]} is its only approver and may not decide their own runs."
        alone = problem(ProblemCode.NOBODY_TO_DECIDE, checkpoint=what, why=why)
        yield replace(alone, level=Level.WARNING)
