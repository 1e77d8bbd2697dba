"""Long text in pieces."""

from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.pages import preview, readable, split
from bot.wording.text import clean, length
from tests.bot.blocks.shown import HOSTILE


def test_a_short_text_is_one_page() -> None:
    """What fits is not cut."""
    assert split("one\n\ntwo", 100) == ["one\n\ntwo"]


def test_pages_end_where_a_paragraph_ends() -> None:
    """A page is turned between paragraphs if one ends in its second half."""
    source = "\n\n".join(["a" * 40, "b" * 40, "c" * 40])

    assert split(source, 100) == ["a" * 40 + "\n\n" + "b" * 40, "c" * 40]


def test_a_box_of_code_goes_on_in_the_next_page() -> None:
    """Code that spans pages is a box on each of them."""
    code = "\n".join(f"line {number}" for number in range(20))

    first, second, *_ = split(f"```py\n{code}\n```\nend", 100)

    assert first.startswith("```py\nline 0\n")
    assert first.endswith("\n```")
    assert second.startswith("```py\nline ")


@given(text=HOSTILE, size=st.integers(50, 500))
def test_no_ink_is_lost(text: str, size: int) -> None:
    """The pages together hold all that the text holds."""
    source = clean(text).replace("`", "").replace("~", "")

    pages = split(source, size)

    assert "".join("".join(pages).split()) == "".join(source.split())
    assert all(length(page) <= size for page in pages)


def test_a_preview_counts_what_it_leaves_out() -> None:
    """The reader is told how much more there is."""
    beginning = preview("word " * 2_000, 3_000)

    assert length(beginning.shown) <= 3_000
    assert beginning.hidden == 10_000 - length(beginning.shown)


def test_json_is_laid_out() -> None:
    """A crew's JSON is a box of code, a name a line."""
    assert readable('{"a": 1.5, "b": "<!here>"}') == (
        '```json\n{\n  "a": 1.5,\n  "b": "\u2039!here>"\n}\n```'
    )


def test_json_that_would_be_shown_differently_stays_as_it_is() -> None:
    """A name that stands twice, or a number no float holds, is shown as written."""
    for text in ('{"a": 1, "a": 2}', '{"a": 1e999}', '{"a": 0.12345678901234567890}'):
        assert readable(text) == text
