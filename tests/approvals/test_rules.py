"""Rules choose a policy; what they cannot answer is never read as an approval."""

from dataclasses import replace
from typing import Any

import pytest

from approvals.cel import BadCondition, Condition
from approvals.ids import UserId
from approvals.policies import Policy
from approvals.requests import Ask, Fact, FactType
from approvals.rules import Rule, RuleBook, Unroutable
from tests.builders import a_run, an_ask

BEN, CFO, LEGAL = UserId("U0BEN"), UserId("U0CFO"), UserId("U0LEGAL")


def a_book(*rules: tuple[str | None, str]) -> RuleBook:
    policies = {
        name: Policy(name=name, approvers=(user,))
        for name, user in {"manager": BEN, "cfo": CFO, "legal": LEGAL}.items()
    }
    return RuleBook(
        hash="h",
        admins=(BEN,),
        people={"ben": BEN},
        policies=policies,
        rules=tuple(
            Rule(use=use, when=None if when is None else Condition.parse(when))
            for when, use in rules
        ),
    )


def an_ask_with(**facts: tuple[FactType, str | None]) -> Ask:
    ask = an_ask()
    drawn = tuple(
        Fact(name=name, label=name, type=kind, value=value)
        for name, (kind, value) in facts.items()
    )
    return replace(ask, subject=replace(ask.subject, facts=drawn))


BOOK = a_book(
    ("facts.amount > 10000", "cfo"),
    ('facts.risk == "high"', "legal"),
    (None, "manager"),
)


@pytest.mark.parametrize(
    ("amount", "risk", "policy"),
    [
        ("10000.01", "low", "cfo"),
        ("10000", "low", "manager"),
        ("-5", "low", "manager"),
        ("1", "high", "legal"),
        ("20000", "high", "cfo"),  # the first rule that holds
        ("1", "High", "manager"),  # another word is another word
    ],
)
def test_the_first_rule_that_holds_decides(amount: str, risk: str, policy: str) -> None:
    """Rules are read from top to bottom."""
    ask = an_ask_with(amount=(FactType.MONEY, amount), risk=(FactType.CHOICE, risk))

    assert BOOK.policy_for(a_run(), ask).name == policy


@pytest.mark.parametrize(
    "facts",
    [
        {},  # absent
        {"amount": (FactType.MONEY, None)},  # unknown
        {"amount": (FactType.TEXT, "12,000 USD")},  # a text where a number belongs
    ],
)
def test_a_rule_that_has_no_answer_is_not_read_as_false(facts: dict[str, Any]) -> None:
    """It is shown to people, with the rule that could not be answered."""
    with pytest.raises(Unroutable, match=r"rule 1 \(`facts.amount > 10000`\)"):
        BOOK.policy_for(a_run(), an_ask_with(**facts))


def test_nothing_matching_is_shown_and_not_approved() -> None:
    """Without a default rule, nobody is named and nothing goes on."""
    book = a_book(("crew == 'other'", "cfo"))

    with pytest.raises(Unroutable, match="no rule matches"):
        book.policy_for(a_run(), an_ask())


def test_a_checkpoint_may_name_its_policy() -> None:
    """Its own name goes before the rules, and must be in the file."""
    named = replace(an_ask(), policy="legal")
    unknown = replace(an_ask(), policy="nobody")

    assert BOOK.policy_for(a_run(), named).name == "legal"
    with pytest.raises(Unroutable, match="“nobody”"):
        BOOK.policy_for(a_run(), unknown)


def test_a_practice_run_is_its_requesters_to_decide() -> None:
    """One person alone can try it, whatever the rules say."""
    run = a_run(practice=True)

    policy = BOOK.policy_for(run, an_ask())

    assert policy.deciders(run.requester) == (run.requester,)


def test_before_a_run_every_policy_it_may_get_is_known() -> None:
    """A rule on facts may hold later, so its people count already."""
    case = {"crew": "purchase", "checkpoint": "authorise_spend"}

    names = [policy.name for policy in BOOK.candidates(case, None)]

    assert names == ["cfo", "legal", "manager"]


@pytest.mark.parametrize(
    ("when", "named"),
    [
        ("checkpoint == 'after_planning'", True),
        ('crew == "x" && checkpoint == "after_planning"', True),
        ("checkpoint == 'after_planning_2'", False),
        ("crew == 'content'", False),
    ],
)
def test_a_rule_that_names_a_checkpoint_is_recognised(when: str, named: bool) -> None:
    """A named checkpoint cannot be unticked."""
    rule = Rule(use="cfo", when=Condition.parse(when))

    assert rule.names("after_planning") is named


def test_a_text_that_is_not_cel_is_refused_at_once() -> None:
    """A broken rule is found when the file is loaded."""
    with pytest.raises(BadCondition):
        Condition.parse("facts. >")
