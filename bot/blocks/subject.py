"""What is decided on: title, facts, criteria and the text itself."""

from collections.abc import Sequence
from typing import Final

from approvals.requests import Ask, Fact, FactType, Subject
from bot.blocks import rich
from bot.blocks.elements import context
from bot.blocks.markdown import markdown_blocks
from bot.blocks.message import Block
from bot.blocks.pages import preview
from bot.problem_table import problem
from bot.problems import ProblemCode
from bot.wording.formats import fact_text
from bot.wording.text import clean, length, one_line, shorten, would_act

_TITLE: Final = 150
_LABEL: Final = 80
_CRITERION: Final = 300
_CONTEXT: Final = 1_000
_FACTS_SHOWN: Final = 30
_CRITERIA_SHOWN: Final = 20


def headline(subject: Subject) -> str:
    """Say in one line what is asked: the title, and the money if it is not in there."""
    title = one_line(subject.title, _TITLE).rstrip(" .?!:") or "Untitled"
    sums = (fact for fact in subject.facts if fact.type is FactType.MONEY)
    first = next((fact for fact in sums if fact.value is not None), None)
    if first is None or (first.value or "") in title:
        return title
    amount = fact_text(first)
    return title if amount in title else f"{title}, {amount}"


def version_text(ask: Ask) -> str:
    """Say which version it is: empty for the first, else `version 2 of 4`."""
    if ask.revision == 1:
        return ""
    if ask.max_revisions is None:
        return f"version {ask.revision}"
    last = ", the last" if ask.revision > ask.max_revisions else ""
    return f"version {ask.revision} of {ask.max_revisions + 1}{last}"


def facts_blocks(facts: Sequence[Fact]) -> list[Block]:
    """Show the facts, one a line."""
    lines = [
        [rich.bold(f"{one_line(fact.label, _LABEL) or '?'}: "), rich.span(_value(fact))]
        for fact in facts[:_FACTS_SHOWN]
    ]
    if len(facts) > _FACTS_SHOWN:
        more = len(facts) - _FACTS_SHOWN
        lines.append([rich.span(f"and {more} more facts", italic=True)])
    return [rich.rich_text(rich.lines(lines))] if lines else []


def context_blocks(ask: Ask) -> list[Block]:
    """Show what the flow adds for the deciders' understanding."""
    text = shorten(clean(ask.context).strip(), _CONTEXT)
    return [rich.rich_text(rich.section(rich.span(text)))] if text else []


def criteria_blocks(criteria: Sequence[str]) -> list[Block]:
    """Show what the deciders should look at."""
    entries = [
        rich.section(rich.span(one_line(criterion, _CRITERION) or "?"))
        for criterion in criteria[:_CRITERIA_SHOWN]
    ]
    if not entries:
        return []
    return [
        rich.rich_text(rich.section(rich.bold("Please check")), rich.bullets(entries))
    ]


def body_blocks(body: str, limit: int, *, where: str) -> list[Block]:
    """Show a text, whole or its beginning; `where` names what shows all of it."""
    beginning = preview(body, limit)
    blocks = markdown_blocks(beginning.shown)
    if not blocks:
        return [context("_No text._")]
    if beginning.hidden:
        size = f"{beginning.hidden + length(beginning.shown):,} characters"
        long = problem(ProblemCode.OUTPUT_LONG, size=size, where=where)
        blocks.append(context(f"… {long}"))
    if would_act(body):
        blocks.append(context(str(problem(ProblemCode.OUTPUT_NEUTRALISED))))
    return blocks


def _value(fact: Fact) -> str:
    return fact_text(fact) or "empty"
