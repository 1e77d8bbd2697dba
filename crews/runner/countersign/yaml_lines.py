"""Where things stand in a YAML file, so that every complaint names a line."""

from collections.abc import Iterator, Sequence

import yaml
from yaml.nodes import MappingNode, Node, SequenceNode


class YamlLines:
    """The lines of a YAML file's keys and items."""

    def __init__(self, text: str) -> None:
        self._root = yaml.compose(text, Loader=yaml.SafeLoader)

    def line_of(self, way: Sequence[str | int]) -> int:
        """Give the line of a place, or of the nearest place around it that exists."""
        node: Node | None = self._root
        line = 1
        for part in way:
            found = _child(node, part) if node is not None else None
            if found is not None:
                line, node = found
        return line

    def doubles(self) -> Iterator[tuple[str, int]]:
        """List keys that stand twice in one mapping; YAML would keep the last."""
        if self._root is not None:
            yield from _doubles(self._root)


def _child(node: Node, part: str | int) -> tuple[int, Node] | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key.start_mark.line + 1, value
    if not isinstance(node, SequenceNode) or not isinstance(part, int):
        return None
    items: list[Node] = node.value[part : part + 1]
    return (items[0].start_mark.line + 1, items[0]) if items else None


def _doubles(node: Node) -> Iterator[tuple[str, int]]:
    if isinstance(node, SequenceNode):
        for item in node.value:
            yield from _doubles(item)
    if isinstance(node, MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield str(key.value), key.start_mark.line + 1
            seen.add(str(key.value))
            yield from _doubles(value)
