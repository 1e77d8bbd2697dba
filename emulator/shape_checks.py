"""Whether JSON has the shape that the Block Kit table asks for.

Complaints are Slack's, with a JSON pointer to the place each.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.block_kit import BLOCKS, ELEMENTS
from emulator.records import Json
from emulator.shapes import (
    Anything,
    Block,
    Choice,
    Element,
    Flag,
    Many,
    Rule,
    Shape,
    Text,
    TextOrElement,
    Whole,
    Words,
)


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong, and where."""

    pointer: str
    message: str
    code: str = "failed_constraint"
    constraint: Json | None = None

    @property
    def sentence(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


def block_complaints(blocks: Any, at: str, surface: str) -> Iterator[Complaint]:
    """What is wrong with blocks on a surface, first things first."""
    if not isinstance(blocks, list):
        yield Complaint(at, "must provide an array")
        return
    taken: set[str] = set()
    for index, block in enumerate(blocks):
        place = f"{at}/{index}"
        yield from _typed(block, place, BLOCKS, tuple(BLOCKS))
        yield from _surface(block, place, surface)
        yield from _twice(block, place, taken)


def shape_complaints(value: Any, rule: Rule, at: str) -> Iterator[Complaint]:
    """What is wrong with a value, by a rule of the table."""
    return _CHECKS[type(rule)](value, rule, at)


def _typed(
    value: Any, at: str, table: Mapping[str, Shape], allowed: tuple[str, ...]
) -> Iterator[Complaint]:
    if not isinstance(value, dict):
        yield Complaint(at, "must provide an object")
    elif "type" not in value:
        yield Complaint(at, "missing required field: type", "missing_field")
    elif value["type"] not in allowed:
        constraint = {"type": "enum", "expected": list(allowed)}
        message = f"unsupported type: {value['type']}"
        yield Complaint(f"{at}/type", message, constraint=constraint)
    else:
        yield from _object(value, table[value["type"]], at, extra=("type",))


def _object(
    value: Any, shape: Shape, at: str, *, extra: tuple[str, ...]
) -> Iterator[Complaint]:
    if not isinstance(value, dict):
        yield Complaint(at, "must provide an object")
        return
    given = {key: held for key, held in value.items() if held is not None}
    for name in shape.must:
        if name not in given:
            yield Complaint(at, f"missing required field: {name}", "missing_field")
    if shape.one_of and not set(shape.one_of) & given.keys():
        names = " or ".join(f"`{name}`" for name in shape.one_of)
        yield Complaint(at, f"must define either {names}", "missing_field")
    rules = {**shape.must, **shape.may}
    for name, held in given.items():
        if name in rules:
            yield from shape_complaints(held, rules[name], f"{at}/{name}")
        elif name not in extra and "type" not in shape.must:
            message = f"invalid additional property: {name}"
            yield Complaint(at, message, "additional_property")


def _text(value: Any, rule: Text, at: str) -> Iterator[Complaint]:
    allowed = ("plain_text",) if rule.plain else ("plain_text", "mrkdwn")
    if not isinstance(value, dict):
        yield Complaint(at, "must provide an object")
        return
    if value.get("type") not in allowed:
        constraint = {"type": "enum", "expected": list(allowed)}
        message = f"unsupported type: {value.get('type')}"
        yield Complaint(f"{at}/type", message, constraint=constraint)
        return
    words = Words(least=1, most=rule.most)
    inner = list(shape_complaints(value.get("text"), words, f"{at}/text"))
    if inner:
        yield Complaint(at, "failed to match all allowed schemas", "schema")
        yield from inner
    known = {"type", "text", "emoji" if value["type"] == "plain_text" else "verbatim"}
    for name in value.keys() - known:
        message = f"invalid additional property: {name}"
        yield Complaint(at, message, "additional_property")


def _flag(value: Any, rule: Flag, at: str) -> Iterator[Complaint]:
    del rule
    if not isinstance(value, bool):
        yield Complaint(at, "must provide a boolean")


def _choice(value: Any, rule: Choice, at: str) -> Iterator[Complaint]:
    if value not in rule.of:
        constraint = {"type": "enum", "expected": list(rule.of)}
        yield Complaint(at, "must be a valid enum value", constraint=constraint)


def _text_or_element(value: Any, rule: TextOrElement, at: str) -> Iterator[Complaint]:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind in rule.of:
        return _typed(value, at, ELEMENTS, rule.of)
    return _text(value, Text(), at)


def _words(value: Any, rule: Words, at: str) -> Iterator[Complaint]:
    if not isinstance(value, str):
        yield Complaint(at, "must provide a string")
    elif len(value) < rule.least:
        yield Complaint(at, f"must be more than {rule.least - 1} characters")
    elif rule.most is not None and len(value) > rule.most:
        yield Complaint(at, f"must be less than {rule.most + 1} characters")


def _whole(value: Any, rule: Whole, at: str) -> Iterator[Complaint]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield Complaint(at, "must provide an integer")
    elif rule.least is not None and value < rule.least:
        yield Complaint(at, f"must be greater than or equal to {rule.least}")
    elif rule.most is not None and value > rule.most:
        yield Complaint(at, f"must be less than or equal to {rule.most}")


def _many(value: Any, rule: Many, at: str) -> Iterator[Complaint]:
    if not isinstance(value, list):
        yield Complaint(at, "must provide an array")
        return
    if len(value) < rule.least:
        yield Complaint(at, f"no fewer than {rule.least} items allowed")
    if rule.most is not None and len(value) > rule.most:
        yield Complaint(at, f"no more than {rule.most} items allowed")
    for index, item in enumerate(value):
        yield from shape_complaints(item, rule.of, f"{at}/{index}")


def _surface(block: Any, at: str, surface: str) -> Iterator[Complaint]:
    kind = block.get("type") if isinstance(block, dict) else None
    shape = BLOCKS.get(str(kind))
    if shape is not None and shape.only_in and surface not in shape.only_in:
        yield Complaint(f"{at}/type", f"unsupported type: {kind}")


def _twice(block: Any, at: str, taken: set[str]) -> Iterator[Complaint]:
    block_id = block.get("block_id") if isinstance(block, dict) else None
    if block_id is not None and block_id in taken:
        message = f"block_id {block_id} already exists"
        yield Complaint(f"{at}/block_id", message, "duplicate")
    taken.add(str(block_id))
    yield from _actions_twice(block, at)


def _actions_twice(block: Any, at: str) -> Iterator[Complaint]:
    elements = block.get("elements") if isinstance(block, dict) else None
    taken: set[str] = set()
    for index, element in enumerate(elements if isinstance(elements, list) else []):
        action_id = element.get("action_id") if isinstance(element, dict) else None
        if action_id is not None and action_id in taken:
            message = f"action_id {action_id} already exists"
            yield Complaint(f"{at}/elements/{index}/action_id", message, "duplicate")
        taken.add(str(action_id))


_CHECKS: dict[type, Callable[[Any, Any, str], Iterator[Complaint]]] = {
    Text: _text,
    Words: _words,
    Whole: _whole,
    Flag: _flag,
    Choice: _choice,
    Many: _many,
    Block: lambda value, rule, at: _typed(value, at, BLOCKS, rule.of),
    Element: lambda value, rule, at: _typed(value, at, ELEMENTS, rule.of),
    TextOrElement: _text_or_element,
    Anything: lambda value, rule, at: iter(()),  # noqa: ARG005  # anything goes
    Shape: lambda value, rule, at: _object(value, rule, at, extra=()),
}
