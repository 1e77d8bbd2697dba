"""Text made fit to be shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wording.text import clean, escape, length, one_line, sentence, shorten
from tests.bot.blocks.shown import HOSTILE


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("plain", "plain"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("\x1b[31mred\x00", "[31mred"),
        ("invoice\u202egnp.exe", "invoice[U+202E]gnp.exe"),
        ("a\U000e0041\U000e0042\U000e0043b", "a[3 hidden characters]b"),
        ("pay\u200bpal\u00ad", "paypal"),
        ("half\ud83d", "half\ufffd"),
        ("<!channel> <@U1> <#C1>", "\u2039!channel> \u2039@U1> \u2039#C1>"),
        ("a < b, <b>", "a < b, <b>"),
        ("👩\u200d💻 ❤\ufe0f 1\ufe0f⃣", "👩\u200d💻 ❤\ufe0f 1\ufe0f⃣"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("a\u200db", "ab"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 4),
        ("שלום", "שלום"),
    ],
)
def test_what_acts_is_dead_and_what_hides_is_seen(written: str, shown: str) -> None:
    """Mentions are inert, forced directions are marked, real writing stays."""
    assert clean(written) == shown


@given(text=HOSTILE)
def test_clean_text_is_clean(text: str) -> None:
    """Cleaning again changes nothing."""
    assert clean(clean(text)) == clean(text)


@given(text=HOSTILE, limit=st.integers(5, 400))
def test_one_line_fits(text: str, limit: int) -> None:
    """A line has no line breaks and keeps to its length."""
    line = one_line(text, limit)

    assert "\n" not in line
    assert length(line) <= limit


def test_shortening_ends_after_a_word() -> None:
    """A cut text ends with a whole word and shows that it was cut."""
    assert shorten("one two three four five", 16) == "one two three…"


def test_a_word_without_end_is_cut() -> None:
    """Text without spaces is cut where it must be."""
    assert shorten("x" * 50, 10) == "x" * 9 + "…"


def test_length_is_counted_as_slack_counts() -> None:
    """An emoji beyond the first plane counts twice."""
    assert length("a😀") == 3
    assert length(shorten("😀" * 50, 11)) <= 11


def test_right_to_left_text_cannot_reorder_its_surroundings() -> None:
    """Hebrew in a sentence is isolated."""
    assert one_line("\u05e9\u05dc", 80) == "\u2068\u05e9\u05dc\u2069"


def test_escaped_text_is_no_mrkdwn_link() -> None:
    """Entities disarm links and labels."""
    assert escape("<https://x|Approve> & co") == "&lt;https://x|Approve&gt; &amp; co"


def test_our_sentences_keep_their_emphasis() -> None:
    """A refusal's `*bold*` stays; a name in it cannot mention."""
    assert sentence("*Revise* by <@U1>") == "*Revise* by \u2039@U1&gt;"
