"""The table of problems: whole, written for people, and the same everywhere."""

import string

import pytest

from bot.problem_table import TABLE, problem
from bot.problems import Level, Problem, ProblemCode, ProblemsFound


def facts_of(code: ProblemCode) -> dict[str, str]:
    """Give every fact that an entry asks for, named by itself."""
    entry = TABLE[code]
    return {
        name: f"[{name}]"
        for text in (entry.sentence, entry.remedy)
        for _, name, _, _ in string.Formatter().parse(text)
        if name
    }


@pytest.mark.parametrize("code", ProblemCode)
def test_every_code_has_a_sentence_and_a_remedy(code: ProblemCode) -> None:
    """Both are whole sentences with every fact in its place."""
    facts = facts_of(code)

    written = problem(code, **facts)

    for text in (written.sentence, written.remedy):
        assert text.strip() == text
        assert text[-1] in ".:]"
    assert all(fact in str(written) for fact in facts.values())
    assert "{" not in str(written)


@pytest.mark.parametrize("code", ProblemCode)
def test_a_missing_fact_is_a_mistake_of_ours(code: ProblemCode) -> None:
    """No text with a hole in it can reach anybody."""
    for fact in facts_of(code):
        with pytest.raises(KeyError):
            problem(code, **{k: v for k, v in facts_of(code).items() if k != fact})


def test_facts_are_data() -> None:
    """Braces in what somebody typed are not read as ours."""
    written = problem(
        ProblemCode.UNKNOWN_CREW, crew="{bot}", hint="{0}", command="/crew"
    )

    assert "There is no crew “{bot}”." == written.sentence


def test_what_doctor_can_find_is_wrong_or_doubtful() -> None:
    """Notices are about one text; no check looks for them."""
    assert not [
        code
        for code, entry in TABLE.items()
        if entry.check is not None and entry.level is Level.NOTICE
    ]


def test_all_problems_are_told_together() -> None:
    """An exit with two problems has two lines."""
    found = ProblemsFound(
        problem(ProblemCode.SETTING_MISSING, name=name, about="About it.")
        for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")
    )

    first, second = str(found).splitlines()

    assert first.startswith("SLACK_BOT_TOKEN is not set. About it.")
    assert second.startswith("SLACK_APP_TOKEN is not set. About it.")


def test_a_problem_is_a_value() -> None:
    """The same facts make the same problem, so that tests and doctor can compare."""
    first, second = (problem(ProblemCode.NO_WORKER) for _ in range(2))

    assert first == second
    assert isinstance(first, Problem)
