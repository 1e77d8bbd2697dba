"""What people write behind /crew, and what is understood."""

import pytest

from approvals.ids import RunCode
from bot.commands import (
    WORDS,
    CancelRun,
    Command,
    Create,
    Help,
    ListCrews,
    ListPending,
    ListRuns,
    Scope,
    ShowNow,
    ShowRun,
    Try,
    UnknownWord,
    Unreadable,
    parse,
)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", ShowNow()),
        ("   ", ShowNow()),
        ("crews", ListCrews()),
        ("PENDING", ListPending()),
        ("help", Help()),
        ("try", Try()),
        ("runs", ListRuns(Scope.OPEN)),
        ("runs mine", ListRuns(Scope.MINE)),
        ("runs All", ListRuns(Scope.ALL)),
        ("show K7M2QX", ShowRun(RunCode("K7M2QX"))),
        ("show  `k7m2qx` ", ShowRun(RunCode("K7M2QX"))),
        ("show #oil000", ShowRun(RunCode("011000"))),
        ("cancel k7m2qx", CancelRun(RunCode("K7M2QX"))),
        ("create", Create()),
        ("create content", Create("content")),
    ],
)
def test_commands(text: str, command: Command) -> None:
    """Each command has one way to be written, in any case."""
    assert parse(text) == command


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('topic="our new policy"', "our new policy"),
        ("topic=\u201cour new policy\u201d", "our new policy"),
        ("topic=\u201eunsere Regeln\u201c", "unsere Regeln"),
        ("topic=\xabnos r\xe8gles\xbb", "nos r\xe8gles"),
        ('topic=\u201cmixed"', "mixed"),
        ("topic='it\u2019s new'", "it\u2019s new"),
        ("topic=\u2018it's new\u2019", "it's new"),
        ('topic="say \\"hi\\" to \\\\ all"', 'say "hi" to \\ all'),
        ('topic="the "big" one"', None),
        ("topic=bees", "bees"),
        ("topic=", ""),
        ('topic=""', ""),
        ('topic = "bees"', "bees"),
        ('topic="a=b c=d"', "a=b c=d"),
        ('topic="two\nlines"', "two\nlines"),
        ('topic="Q&amp;A &lt;3"', "Q&A <3"),
        ('topic="<https://a.example/x|a.example/x>"', "https://a.example/x"),
        ('topic="<@U0ANA|ana> in <#C0GEN|general>"', "@ana in #general"),
        ("topic=<mailto:a@b.example|a@b.example>", "a@b.example"),
    ],
)
def test_arguments(written: str, value: str | None) -> None:
    """Any quotes that a keyboard makes; what Slack escaped is undone."""
    command = parse(f"create content {written}")

    if value is None:
        assert isinstance(command, Unreadable)
    else:
        assert command == Create("content", (("topic", value),))


def test_several_arguments() -> None:
    """They may be written in any mixture, without a crew too."""
    assert parse("create a=1 b=\u201ctwo words\u201d  c='3'") == Create(
        "", (("a", "1"), ("b", "two words"), ("c", "3"))
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("create content our new policy", "I could not read “our new policy”."),
        ('create content topic="open', 'I could not read “"open”.'),
        ("create content a=1 a=2", "“a” is there twice."),
        ("show", "Please write `show` and the run's code"),
        ("cancel everything", "“everything” is no run code."),
        ("show K7M2QU", "“K7M2QU” is no run code."),
        ("runs min", "Did you mean `runs mine`?"),
        ("runs xyz", "`runs` can be followed by mine, open or all."),
    ],
)
def test_what_cannot_be_read_says_how_to_write_it(text: str, why: str) -> None:
    """A command that is nearly right is answered with the right one."""
    command = parse(text)

    assert isinstance(command, Unreadable)
    assert why in command.why


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("crete", "create"),
        ("lst", "runs"),
        ("start", "create"),
        ("status", "show"),
        ("pendin", "pending"),
        ("cancle", "cancel"),
        ("hlep", "help"),
    ],
)
def test_near_misses(word: str, meant: str) -> None:
    """A slip, or another tool's word, leads to ours."""
    command = parse(word)

    assert isinstance(command, UnknownWord)
    assert meant in command.meant


def test_nonsense_is_not_guessed() -> None:
    """What is near nothing is not turned into something."""
    assert parse("xyzzy 1 2") == UnknownWord("xyzzy")


def test_every_word_is_a_command() -> None:
    """The list of words and what is understood do not drift apart."""
    for word in WORDS:
        assert not isinstance(parse(word), UnknownWord)
