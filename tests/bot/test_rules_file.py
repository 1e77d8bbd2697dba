"""The rules file: what it means, what is wrong in it, and how it is read again."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.ids import ChannelId, RunCode, RunId, TeamId, UserId
from approvals.requests import Ask, CallAddress, RequestKind, Subject
from approvals.rules import case_of
from approvals.runs import Run
from approvals.verdicts import Labels
from bot.problems import ProblemCode
from bot.rules.rules_file import NoRules, RulesFile
from bot.rules.rules_text import CASE_NAMES, BadRules, read_rules
from bot.settings import ROOT

GOOD = """\
version: 1
admins: [ana]
people:
  ana: U0ANA
  ben: U0BEN
policies:
  money:
    approvers: [ana]
    self_approval: true
    expires_after: 90m
  words: {approvers: [ben, ana]}
rules:
  - {when: "crew == 'purchase' && facts.amount > 1000", use: money}
  - {use: words}
"""


def mistakes(text: str) -> list[tuple[int, str]]:
    with pytest.raises(BadRules) as found:
        read_rules(text)
    return [(each.line, each.reason) for each in found.value.mistakes]


def test_a_file_becomes_rules() -> None:
    """Names become Slack ids, durations times, conditions CEL."""
    book = read_rules(GOOD)

    assert ("U0ANA",) == book.admins
    assert ("U0BEN", "U0ANA") == book.policies["words"].approvers
    assert timedelta(hours=72) == book.policies["words"].expires_after
    assert not book.policies["words"].self_approval
    assert timedelta(minutes=90) == book.policies["money"].expires_after
    assert book.policies["money"].self_approval
    first, last = book.rules
    assert first.when is not None
    assert first.when.holds({"crew": "purchase", "facts": {"amount": 1000.5}})
    assert last.when is None


def test_every_mistake_is_told_at_once() -> None:
    """Unknown keys, wrong types, unknown names, bad CEL: each with line and reason."""
    text = """\
version: 2
admin: [ana]
admins: [anna]
people:
  ana: ana@example.com
  ben: U0BEN
  ben: U0BENN
  bob: U0BOB
policies:
  money:
    approvers: []
    self_aproval: true
    expires_after: 3 days
  words:
    approvers: [ben, ben]
    self_approval: perhaps
rules:
  - when: crew = 'purchase'
    use: money
  - when: crw == 'purchase'
    use: mony
  - when: true
    use: money
"""
    assert [
        (1, "`version`: input should be 1"),
        (2, "`admin` is not known here; did you mean `admins`?"),
        (3, "there is no person “anna” under `people`; did you mean “ana”?"),
        (
            5,
            (
                "“ana@example.com” is no Slack member ID, which begins with U or W"
                " (in Slack: the person's profile, More, Copy member ID)"
            ),
        ),
        (7, "`ben` is here twice"),
        (11, "`policies.money.approvers` is empty"),
        (12, "`self_aproval` is not known here; did you mean `self_approval`?"),
        (13, "“3 days” is no duration like 90m, 4h or 3d (at most 365d)"),
        (15, "“ben” is named twice"),
        (16, "`policies.words.self_approval`: input should be a valid boolean"),
        (17, "the last rule must be the default: one with only `use`"),
        (18, "`crew = 'purchase'` is no condition from its column 6 on"),
        (20, "`crw == 'purchase'` speaks of “crw”; did you mean “crew”?"),
        (21, "there is no policy “mony” under `policies`; did you mean “money”?"),
        (22, "`when` is a condition in quotes, not True"),
    ] == mistakes(text)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("version: 1\n", ""), (1, "`version` is missing")),
        (("admins: [ana]\n", ""), (1, "`admins` is missing")),
        (("[ana]\np", "[]\np"), (2, "`admins` is empty")),
        (
            ("approvers: [ana]\n    ", ""),
            (7, "`approvers` is missing in `policies.money`"),
        ),
        (
            (", use: money}\n  - {", ", use: words}\n  - {use: money}\n  - {"),
            (14, "a rule without `when` holds always, so it must be the last"),
        ),
        (
            ("90m", "366d"),
            (10, "“366d” is no duration like 90m, 4h or 3d (at most 365d)"),
        ),
        (("90m", "0m"), (10, "“0m” is no duration like 90m, 4h or 3d (at most 365d)")),
        (
            ("[ana]\np", "[ana\np"),
            (3, "not YAML: expected ',' or ']', but got ':'"),
        ),
        (
            ("ben: U0BEN", "ben: U0ANA"),
            (3, "“ana” and “ben” are the same person, U0ANA"),
        ),
        (
            ("use: words}\n", 'use: "\\ud800"}\n'),
            (14, "not YAML: it has half of a character"),
        ),
        (
            ("use: words}\n", "use: 7}\n"),
            (14, "`rules.1.use`: input should be a valid string"),
        ),
    ],
    ids=lambda value: value[1] if isinstance(value[0], int) else "",
)
def test_one_mistake_is_told_where_it_is(
    change: tuple[str, str], expected: tuple[int, str]
) -> None:
    """The line is the key's, or the nearest one above what is missing."""
    text = GOOD.replace(*change)
    assert text != GOOD

    assert [expected] == mistakes(text)


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n", "hello", "7"])
def test_what_is_no_rules_file_says_how_one_begins(text: str) -> None:
    """An empty file, or another kind of file, is no crash."""
    assert [(1, "it does not begin with `version: 1`")] == mistakes(text)


@pytest.mark.parametrize(
    "text",
    [
        "admins: &a [*a]",
        "people: &p {ana: *p}",
        "a: &a [1]\nb: &b [*a, *a]\nc: &c [*b, *b]\nrules: [*c, *c]",
        "? [a, b]\n: c",
        "{" * 999,
        "version: !!python/object/apply:os.getcwd []",
        "version: 1\n---\nversion: 1",
        "\tversion: 1",
        "version: 2026-13-45",
    ],
)
def test_yaml_tricks_are_mistakes(text: str) -> None:
    """Loops, odd keys, depth, tags, further documents: told, never obeyed."""
    assert mistakes(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["admins", "people", "policies", "rules", "when", "x"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_nothing_written_there_is_a_crash(value: object) -> None:
    """Whatever shape the file has (JSON is YAML), the answer is a list of mistakes."""
    with pytest.raises(BadRules) as found:
        read_rules(json.dumps(value))

    assert all(each.line >= 1 and each.reason for each in found.value.mistakes)


def test_conditions_may_speak_of_what_rules_are_given() -> None:
    """The names that the file is checked against are those of a real case."""
    now = datetime(2026, 11, 21, 9, tzinfo=UTC)
    run = Run(
        id=RunId("r"),
        team=TeamId("T1"),
        code=RunCode("K7M2QX"),
        crew="content",
        crew_title="Content",
        crew_version="v",
        inputs={},
        requester=UserId("U0ANA"),
        requester_name="Ana",
        channel=ChannelId("C1"),
        origin="o",
        created_at=now,
        changed_at=now,
    )
    ask = Ask(
        address=CallAddress(path="", method="draft", call=1),
        checkpoint="draft_review",
        visit=1,
        revision=1,
        kind=RequestKind.REVIEW,
        subject=Subject(title="", body="", output="null"),
        labels=Labels(),
    )

    assert CASE_NAMES == set(case_of(run, ask))


def test_the_example_is_good() -> None:
    """The rules file that the demo uses has no mistake and a policy for each crew."""
    book = read_rules((ROOT / "approvals.yaml").read_text(encoding="utf-8"))

    assert {"content", "campaign", "finance"} == set(book.policies)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], RulesFile]:
    file = RulesFile(tmp_path / "approvals.yaml")

    def written(text: str) -> RulesFile:
        file.path.write_text(text, encoding="utf-8")
        return file

    return written


def test_a_changed_file_is_read_again(write: Callable[[str], RulesFile]) -> None:
    """Nobody restarts anything for a new approver."""
    before = write(GOOD).current()

    after = write(GOOD.replace("[ben, ana]", "[ana]")).current()

    assert before.hash != after.hash
    assert ("U0ANA",) == after.policies["words"].approvers


def test_an_unchanged_file_is_read_once(write: Callable[[str], RulesFile]) -> None:
    """Looking costs no parsing: the very same rules come back."""
    file = write(GOOD)

    assert file.current() is file.current()


def test_a_broken_change_leaves_the_last_good_rules(
    write: Callable[[str], RulesFile],
) -> None:
    """A typo at noon stops nobody; it is told with file, line and reason."""
    good = write(GOOD).current()

    file = write(GOOD.replace("90m", "soon"))

    assert file.current() is good
    assert GOOD == file.text()
    [problem] = file.problems()
    assert ProblemCode.RULES_BROKEN is problem.code
    assert (
        "approvals.yaml:10: “soon” is no duration like 90m, 4h or 3d (at most 365d)."
        == problem.sentence
    )


def test_a_mended_file_is_in_force_again(write: Callable[[str], RulesFile]) -> None:
    """Once the mistake is gone, so is the problem."""
    write(GOOD).current()
    write("nonsense").problems()

    file = write(GOOD.replace("90m", "91m"))

    assert () == file.problems()
    assert timedelta(minutes=91) == file.current().policies["money"].expires_after


def test_a_vanished_file_is_a_problem_not_an_end(
    write: Callable[[str], RulesFile],
) -> None:
    """What was in force stays so, and the missing file is told."""
    file = write(GOOD)
    good = file.current()

    file.path.unlink()

    assert file.current() is good
    assert [ProblemCode.RULES_MISSING] == [each.code for each in file.problems()]


def test_without_any_good_file_everything_is_refused(tmp_path: Path) -> None:
    """No rules is not "everybody may": it is a refusal with the reason."""
    file = RulesFile(tmp_path / "approvals.yaml")

    with pytest.raises(NoRules, match="There is no rules file at ") as refused:
        file.current()

    [problem] = refused.value.problems
    assert "countersign init" in problem.remedy


def test_bytes_that_are_no_text_are_a_problem(tmp_path: Path) -> None:
    """A file in another encoding is told as such."""
    path = tmp_path / "approvals.yaml"
    path.write_bytes(b"admins: [Jos\xe9]\n")

    [problem] = RulesFile(path).problems()

    assert problem.sentence.startswith("approvals.yaml: it cannot be read: ")
