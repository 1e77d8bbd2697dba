"""YAML that still knows on which line everything was written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml


class BadYaml(Exception):
    """The text is not YAML; `line` counts from 1."""

    def __init__(self, line: int, reason: str) -> None:
        self.line = line
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class YamlText:
    """A parsed text: its value, and the nodes that remember the lines."""

    value: Any
    _root: yaml.Node | None

    @classmethod
    def parse(cls, text: str) -> "YamlText":
        """Parse one document, with safe tags only.

        Raises:
            BadYaml: where, and why not.

        """
        try:
            loader = yaml.SafeLoader(text)
            root = loader.get_single_node()
            _check_characters(root)
            value = None if root is None else loader.construct_document(root)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            raise BadYaml(line, f"not YAML: {error.problem or error}") from error
        except RecursionError as error:
            raise BadYaml(1, "not YAML that anybody could read: too deep") from error
        except (yaml.YAMLError, ValueError) as error:
            raise BadYaml(1, f"not YAML: {error}") from error
        return cls(value, root)

    def line_of(self, path: Sequence[int | str]) -> int:
        """Give the line of a key or item; of the nearest one above, if it is missing."""
        node = self._root
        line = 1 if node is None else node.start_mark.line + 1
        for part in path:
            found = _step(node, part)
            if found is None:
                break
            marked, node = found
            line = marked.start_mark.line + 1
        return line

    def repeated_keys(self) -> Iterator[tuple[str, int]]:
        """Find keys that come twice in one mapping; YAML lets the last one win."""
        for node in _nodes(self._root):
            if not isinstance(node, yaml.MappingNode):
                continue
            seen: set[str] = set()
            for key, _ in node.value:
                if str(key.value) in seen:
                    yield str(key.value), key.start_mark.line + 1
                seen.add(str(key.value))


def _step(
    node: yaml.Node | None, part: int | str
) -> tuple[yaml.Node, yaml.Node] | None:
    """Go down by a key or index: the node that has the line, and the value's."""
    if isinstance(node, yaml.MappingNode):
        return next((pair for pair in node.value if pair[0].value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
        return (node.value[part], node.value[part]) if part < len(node.value) else None
    return None


def _nodes(root: yaml.Node | None) -> Iterator[yaml.Node]:
    """Visit every node once, however often aliases point to it."""
    waiting = [] if root is None else [root]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if isinstance(node, yaml.MappingNode):
            waiting += [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value


def _check_characters(root: yaml.Node | None) -> None:
    """Refuse half a character, which an escape can write.

    Raises:
        BadYaml: at its line.

    """
    for node in _nodes(root):
        if not isinstance(node, yaml.ScalarNode):
            continue
        try:
            node.value.encode()
        except UnicodeEncodeError as error:
            line = node.start_mark.line + 1
            raise BadYaml(line, "not YAML: it has half of a character") from error
