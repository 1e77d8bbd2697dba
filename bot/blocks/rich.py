"""`rich_text`: text as a tree, in which nothing is ever parsed."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from approvals.ids import UserId
from bot.blocks.message import Block, Element
from bot.wording.formats import utc_text


def rich_text(*elements: Element) -> Block:
    """Make the block."""
    return {"type": "rich_text", "elements": list(elements)}


def section(*spans: Element) -> Element:
    """Make a paragraph."""
    return {"type": "rich_text_section", "elements": list(spans)}


def quote(*spans: Element) -> Element:
    """Make an indented quotation."""
    return {"type": "rich_text_quote", "elements": list(spans)}


def preformatted(text: str) -> Element:
    """Make a box of code."""
    return {"type": "rich_text_preformatted", "elements": [span(text)]}


def bullets(
    items: Iterable[Element], *, ordered: bool = False, indent: int = 0, offset: int = 0
) -> Element:
    """Make a list of sections; `offset` is how many numbers are left out before."""
    made: Element = {
        "type": "rich_text_list",
        "style": "ordered" if ordered else "bullet",
        "indent": indent,
        "elements": list(items),
    }
    return made | ({"offset": offset} if offset else {})


def span(
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    strike: bool = False,
    code: bool = False,
) -> Element:
    """Make a stretch of text in one style; the text must be clean already."""
    wanted = {"bold": bold, "italic": italic, "strike": strike, "code": code}
    style = {name: True for name, is_set in wanted.items() if is_set}
    made: Element = {"type": "text", "text": text or " "}  # Slack refuses empty text
    return made | ({"style": style} if style else {})


def bold(text: str) -> Element:
    """Make bold text."""
    return span(text, bold=True)


def mention(user: UserId) -> Element:
    """Mention a person: Slack tells them when the message is new."""
    return {"type": "user", "user_id": user}


def addressed(users: Sequence[UserId], said: str) -> list[Block]:
    """Make a line that calls people to it; none where nobody is called."""
    if not users:
        return []
    called = [part for user in users for part in (mention(user), span(" "))]
    return [rich_text(section(*called, span(said)))]


def date(at: datetime) -> Element:
    """Make a time that Slack shows in each reader's own zone."""
    return {
        "type": "date",
        "timestamp": int(at.timestamp()),
        "format": "{date_short_pretty} at {time}",
        "fallback": utc_text(at),
    }


def lines(rows: Iterable[Sequence[Element]]) -> Element:
    """Make one paragraph of several lines."""
    spans: list[Element] = []
    for row in rows:
        spans += [span("\n"), *row] if spans else row
    return section(*spans)
