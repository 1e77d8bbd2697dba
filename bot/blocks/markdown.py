"""A model's Markdown as `rich_text`, in which nothing is parsed any more.

All that was written is seen: links show where they lead and do not, images and
link definitions show as text, and HTML is text.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from bot.blocks import rich
from bot.blocks.message import Block, Element
from bot.wording.text import clean, length

_DEEPEST: Final = 60
_LIST_INDENT: Final = 8
"""Slack indents no deeper."""

_BLOCK: Final = 3_000
"""Characters after which a new block begins, as in a section."""

_SECTION: Final = 2_000
"""Characters after which the next paragraph begins a new section."""

_HEAVIEST: Final = 150_000
"""Bytes of JSON beyond which formatting is given up."""

_CELL: Final = 40
_LANGUAGE: Final = re.compile(r"[\w+#.-]{0,20}")

_PARSER: Final = (
    MarkdownIt("commonmark", {"html": False, "maxNesting": _DEEPEST})
    .enable(["table", "strikethrough"])
    .disable("reference")  # a definition would vanish from sight
)

Style = frozenset[str]
_PLAIN: Final[Style] = frozenset()
_STYLES: Final = {"strong": "bold", "em": "italic", "s": "strike"}


def markdown_blocks(source: str) -> list[Block]:
    """Give a page of Markdown as blocks; at least one where there is any ink."""
    elements = markdown(source)
    blocks = [rich.rich_text(*group) for group in _groups(elements)]
    if len(json.dumps(blocks)) <= _HEAVIEST:
        return blocks
    return [rich.rich_text(rich.preformatted(clean(source)))]


def markdown(source: str) -> list[Element]:
    """Give Markdown as the elements of a `rich_text` block."""
    tokens = _PARSER.parse(source)
    if _too_deep(tokens):  # the parser leaves out what is deeper
        return [rich.preformatted(clean(source))]
    writer = _Writer()
    writer.write(SyntaxTreeNode(tokens).children)
    return writer.finished()


def _too_deep(tokens: Sequence[Token]) -> bool:
    inner = (child for token in tokens for child in token.children or ())
    return any(
        token.level >= _DEEPEST - 2 for group in (tokens, inner) for token in group
    )


def _groups(elements: Iterable[Element]) -> Iterator[list[Element]]:
    group: list[Element] = []
    size = 0
    for element in elements:
        weight = _weight(element)
        if group and size + weight > _BLOCK:
            yield group
            group, size = [], 0
        group.append(element)
        size += weight
    if group:
        yield group


def _weight(element: Element) -> int:
    if "elements" in element:
        return sum(_weight(child) for child in element["elements"])
    return length(element.get("text", ""))


class _Writer:
    """Collects elements; paragraphs that follow each other become one section."""

    def __init__(self) -> None:
        self._elements: list[Element] = []
        self._open: list[Element] = []

    def finished(self) -> list[Element]:
        self._close()
        return self._elements

    def write(self, nodes: Iterable[SyntaxTreeNode]) -> None:
        for node in nodes:
            match node.type:
                case "bullet_list" | "ordered_list":
                    self._close()
                    self._list(node, 0)
                case "blockquote":
                    self._add(rich.quote(*(_flat(node) or [rich.span(" ")])))
                case "fence" | "code_block":
                    self._add(rich.preformatted(_code(node)))
                case "table":
                    self._add(rich.preformatted(_table(node)))
                case _:
                    self._paragraph(_flat(node))

    def _paragraph(self, spans: list[Element]) -> None:
        if not spans:
            return
        if sum(map(_weight, self._open)) > _SECTION:
            self._open.append(rich.span("\n"))
            self._close()
        elif self._open:
            self._open.append(rich.span("\n\n"))
        self._open.extend(spans)

    def _close(self) -> None:
        if self._open:
            self._elements.append(rich.section(*self._open))
            self._open = []

    def _add(self, element: Element) -> None:
        self._close()
        self._elements.append(element)

    def _list(self, node: SyntaxTreeNode, indent: int) -> None:
        """Write a list; Slack has no lists in lists, only lists further in."""
        ordered = node.type == "ordered_list"
        number = int(node.attrs.get("start", 1)) - 1 if ordered else 0
        entries: list[Element] = []
        for item in node.children:
            spans: list[Element] = []
            for child in item.children:
                if child.type not in {"bullet_list", "ordered_list"}:
                    spans += _joined(spans, _flat(child))
                    continue
                entries += [rich.section(*spans)] if spans else []
                number = self._entries(
                    entries, ordered=ordered, indent=indent, number=number
                )
                self._list(child, min(indent + 1, _LIST_INDENT))
                entries, spans = [], []
            if spans or not item.children:
                entries.append(rich.section(*(spans or [rich.span(" ")])))
        self._entries(entries, ordered=ordered, indent=indent, number=number)

    def _entries(
        self, entries: list[Element], *, ordered: bool, indent: int, number: int
    ) -> int:
        if entries:
            offset = number if ordered else 0
            made = rich.bullets(entries, ordered=ordered, indent=indent, offset=offset)
            self._elements.append(made)
        return number + len(entries)


def _spans(node: SyntaxTreeNode, style: Style = _PLAIN) -> list[Element]:
    """Give what stands in a paragraph, neighbours of one style joined."""
    spans: list[Element] = []
    text, last = "", style
    for piece, its in _inline(node.children, style):
        if its != last and text:
            spans.append(_span(text, last))
            text = ""
        text, last = text + piece, its
    if text:
        spans.append(_span(text, last))
    return [span for span in spans if span["text"]]


def _span(text: str, style: Style) -> Element:
    return rich.span(clean(text), **dict.fromkeys(style, True))


def _inline(
    nodes: Iterable[SyntaxTreeNode], style: Style
) -> Iterator[tuple[str, Style]]:
    for node in nodes:
        match node.type:
            case "inline":
                yield from _inline(node.children, style)
            case "strong" | "em" | "s":
                yield from _inline(node.children, style | {_STYLES[node.type]})
            case "link":
                yield from _link(node, style)
            case "image":
                yield f"[image: {node.content} ({_target(node, 'src')})]", style
            case "softbreak" | "hardbreak":
                yield "\n", style
            case "code_inline":
                yield node.content, style | {"code"}
            case _:
                yield node.content, style


def _link(node: SyntaxTreeNode, style: Style) -> Iterator[tuple[str, Style]]:
    """Show a link's label and where it leads; only as text."""
    label = list(_inline(node.children, style))
    yield from label
    target = _target(node, "href")
    if "".join(text for text, _ in label) != target:
        yield f" ({target})", style


def _target(node: SyntaxTreeNode, name: str) -> str:
    target = str(node.attrs.get(name, ""))
    title = node.attrs.get("title")
    return f"{target}, “{title}”" if title else target


def _flat(node: SyntaxTreeNode) -> list[Element]:
    """Give any block as spans, for places where Slack allows no blocks."""
    match node.type:
        case "paragraph":
            return _spans(node)
        case "heading":
            return _spans(node, frozenset({"bold"}))
        case "fence" | "code_block":
            return [rich.span(_code(node), code=True)]
        case "table":
            return [rich.span(_table(node), code=True)]
        case "hr":
            return [rich.span("———")]
        case _:
            spans: list[Element] = []
            for child in node.children:
                flat = _flat(child)
                if child.type == "list_item":
                    flat = [rich.span("• "), *flat]
                spans += _joined(spans, flat)
            return spans


def _joined(before: Sequence[Element], spans: list[Element]) -> list[Element]:
    return [rich.span("\n"), *spans] if before and spans else spans


def _code(node: SyntaxTreeNode) -> str:
    """Give the text of a box of code; what more than a language is named is shown."""
    code = clean(node.content.rstrip("\n"))
    info = clean(node.info.strip()) if node.type == "fence" else ""
    if not _LANGUAGE.fullmatch(info):
        code = f"{info}\n{code}"
    return code or " "


def _table(node: SyntaxTreeNode) -> str:
    """Draw a table in characters."""
    rows = [
        [_cell(cell) for cell in row.children]
        for part in node.children
        for row in part.children
    ]
    widths = [
        min(_CELL, max(len(cell) for cell in column))
        for column in zip(*rows, strict=True)
    ]
    lines = [
        " | ".join(
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
    lines.insert(1, "-+-".join("-" * width for width in widths))
    return "\n".join(lines)


def _cell(cell: SyntaxTreeNode) -> str:
    return "".join(span["text"] for span in _spans(cell)).replace("\n", " ")
