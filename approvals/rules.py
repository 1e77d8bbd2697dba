"""The rules file as a value, and the choice of a policy for a request.

Silence is never yes: a request that no rule matches, or whose rule cannot be
evaluated, is unroutable; it is shown to people and never decided by itself.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from approvals.cel import Condition, Unanswerable
from approvals.errors import ApprovalError
from approvals.ids import UserId
from approvals.policies import Policy, practice_policy
from approvals.requests import Ask, Fact, FactType
from approvals.runs import Run


class Unroutable(ApprovalError):
    """Nobody can be named for a request; `str()` says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """`use` names a policy; `when` is None for the default rule."""

    use: str
    when: Condition | None = None

    def names(self, checkpoint: str) -> bool:
        """Tell whether the condition speaks of this checkpoint by its name."""
        if self.when is None:
            return False
        quoted = rf"""(["']){re.escape(checkpoint)}\1"""
        return re.search(quoted, self.when.text) is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleBook:
    """A whole rules file, checked: every name in it is known.

    `hash` is of the file's text; `people` maps the file's own names to Slack's ids.
    """

    hash: str
    admins: tuple[UserId, ...]
    people: Mapping[str, UserId]
    policies: Mapping[str, Policy]
    rules: tuple[Rule, ...]

    def policy_for(self, run: Run, ask: Ask) -> Policy:
        """Choose the policy: the checkpoint's own, else the first rule that holds.

        Raises:
            Unroutable: no rule holds, one cannot be evaluated, or the checkpoint
                names a policy that the file does not have.

        """
        if run.practice:
            return practice_policy(run.requester)
        if ask.policy is not None:
            return self._named(ask.policy)
        facts = case_of(run, ask)
        for number, rule in enumerate(self.rules, 1):
            if _holds(rule, number, facts):
                return self.policies[rule.use]
        message = "no rule matches, and there is no default rule"
        raise Unroutable(message)

    def candidates(self, case: Mapping[str, Any], named: str | None) -> list[Policy]:
        """List the policies that a checkpoint may yet get, before its facts are known.

        A rule that cannot be answered yet may hold later, so its policy counts.

        Raises:
            Unroutable: the checkpoint names a policy that the file does not have.

        """
        if named is not None:
            return [self._named(named)]
        found: list[Policy] = []
        for rule in self.rules:
            try:
                holds = rule.when is None or rule.when.holds(case)
            except Unanswerable:
                found.append(self.policies[rule.use])
                continue
            if holds:
                return [*found, self.policies[rule.use]]
        return found

    def _named(self, name: str) -> Policy:
        policy = self.policies.get(name)
        if policy is None:
            message = f"the checkpoint names the policy “{name}”, which is not in the rules file"
            raise Unroutable(message)
        return policy


def case_of(run: Run, ask: Ask) -> dict[str, Any]:
    """Give what conditions may speak of; an unknown fact is absent."""
    return start_case(run) | {
        "checkpoint": ask.checkpoint,
        "kind": ask.kind.value,
        "facts": {
            fact.name: _value(fact)
            for fact in ask.subject.facts
            if fact.value is not None
        },
    }


def start_case(run: Run) -> dict[str, Any]:
    """Give what is known of a run before it reaches a checkpoint."""
    return {
        "crew": run.crew,
        "inputs": dict(run.inputs),
        "priority": run.priority.value,
        "requester": run.requester,
    }


def _value(fact: Fact) -> str | float:
    match fact.type:
        case FactType.TEXT | FactType.CHOICE:
            return fact.value or ""
        case FactType.NUMBER | FactType.MONEY:
            return float(fact.value or "nan")


def _holds(rule: Rule, number: int, facts: Mapping[str, Any]) -> bool:
    if rule.when is None:
        return True
    try:
        return rule.when.holds(facts)
    except Unanswerable as error:
        message = f"rule {number} (`{rule.when.text}`) cannot be answered: {error}"
        raise Unroutable(message) from error
