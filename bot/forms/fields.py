"""The fields of a crew's form, read from the JSON schema of its inputs.

What Slack has no control for, and every schema that is not understood, is asked as
JSON text: nothing that a crew needs can be impossible to give.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from bot.wording.formats import spoken
from bot.wording.text import one_line

LONG_TEXT: Final = 300
"""Characters of `maxLength` from which a field has several lines."""

_LONG_FORMATS: Final = frozenset({"textarea", "multiline", "markdown"})
_DEEPEST: Final = 20
_LABEL: Final = 100
_HELP: Final = 400


class FieldKind(StrEnum):
    """What a field takes."""

    TEXT = "text"  #: One line
    LONG_TEXT = "long_text"  #: Several lines
    NUMBER = "number"  #: A decimal number
    WHOLE = "whole"  #: A whole number
    CHOICE = "choice"  #: One of a few
    CHECKBOX = "checkbox"  #: Yes or no
    DATE = "date"  #: A day
    CHOICES = "choices"  #: Any of a few
    LIST = "list"  #: Any number of texts or numbers, one a line
    JSON = "json"  #: Anything else


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One input of a crew.

    `choices` are the allowed values of a choice, as the schema has them. `schema` is
    its part of the JSON schema with references resolved; `item` is that of a list's
    entries.
    """

    name: str
    label: str
    kind: FieldKind
    schema: Mapping[str, Any]
    is_required: bool = False
    help: str = ""
    example: str = ""
    default: Any = None
    choices: tuple[Any, ...] = ()
    item: Mapping[str, Any] | None = None


def fields_of(schema: Mapping[str, Any]) -> tuple[Field, ...]:
    """Read the fields of an input schema, in its order; read-only ones are left out."""
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return ()
    listed = schema.get("required")
    required = listed if isinstance(listed, Sequence) else ()
    resolved = {name: _resolved(part, schema) for name, part in properties.items()}
    return tuple(
        _field(name, part, is_required=name in required)
        for name, part in resolved.items()
        if not part.get("readOnly")
    )


def _field(name: str, schema: Mapping[str, Any], *, is_required: bool) -> Field:
    kind, choices, item = _kind(schema)
    examples = schema.get("examples")
    example = examples[0] if isinstance(examples, Sequence) and examples else ""
    return Field(
        name=name,
        label=one_line(str(schema.get("title") or ""), _LABEL) or spoken(name) or "?",
        kind=kind,
        schema=schema,
        is_required=is_required and "default" not in schema,
        help=one_line(str(schema.get("description") or ""), _HELP),
        example=one_line(str(example), _LABEL),
        default=schema.get("default"),
        choices=choices,
        item=item,
    )


def _kind(
    schema: Mapping[str, Any],
) -> tuple[FieldKind, tuple[Any, ...], Mapping[str, Any] | None]:
    choices = _choices(schema)
    if choices:
        return FieldKind.CHOICE, choices, None
    match schema.get("type"):
        case "string":
            return _text_kind(schema), (), None
        case "integer":
            return FieldKind.WHOLE, (), None
        case "number":
            return FieldKind.NUMBER, (), None
        case "boolean":
            return FieldKind.CHECKBOX, (), None
        case "array":
            return _list_kind(schema)
        case _:
            return FieldKind.JSON, (), None


def _text_kind(schema: Mapping[str, Any]) -> FieldKind:
    if schema.get("format") == "date":
        return FieldKind.DATE
    is_long = (
        schema.get("format") in _LONG_FORMATS
        or str(schema.get("contentMediaType", "")).startswith("text/")
        or (limit(schema, "maxLength") or 0) > LONG_TEXT
    )
    return FieldKind.LONG_TEXT if is_long else FieldKind.TEXT


def _list_kind(
    schema: Mapping[str, Any],
) -> tuple[FieldKind, tuple[Any, ...], Mapping[str, Any] | None]:
    item = schema.get("items")
    if not isinstance(item, Mapping):
        return FieldKind.JSON, (), None
    choices = _choices(item)
    if choices:
        return FieldKind.CHOICES, choices, item
    if item.get("type") in {"string", "integer", "number"}:
        return FieldKind.LIST, (), item
    return FieldKind.JSON, (), None


def _choices(schema: Mapping[str, Any]) -> tuple[Any, ...]:
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if not isinstance(values, Sequence) or isinstance(values, str):
        return ()
    simple = [v for v in values if isinstance(v, str | int | float) and v != ""]
    return tuple(dict.fromkeys(simple))


def limit(schema: Mapping[str, Any], name: str) -> float | None:
    """Give a limit that a schema sets; None where it sets none that makes sense."""
    value = schema.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if math.isfinite(value) else None


def _resolved(part: Any, root: Mapping[str, Any], depth: int = 0) -> Mapping[str, Any]:
    """Follow local references and undo what Pydantic writes for `X | None`."""
    if not isinstance(part, Mapping) or depth > _DEEPEST:
        return {}
    schema = dict(part)
    for one in _wrapped(schema, root):
        inner = _resolved(one, root, depth + 1)
        schema = {**inner, **{k: v for k, v in schema.items() if k not in _WRAPPERS}}
    if isinstance(schema.get("type"), list):
        schema["type"] = _but_null(schema["type"])
    if isinstance(schema.get("items"), Mapping):
        schema["items"] = _resolved(schema["items"], root, depth + 1)
    return schema


_WRAPPERS: Final = frozenset({"$ref", "allOf", "anyOf", "oneOf"})


def _wrapped(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[Any]:
    """Give the one schema that a wrapper stands for; none where it means more."""
    if isinstance(schema.get("$ref"), str):
        yield _pointed_at(schema["$ref"], root)
    for wrapper in ("allOf", "anyOf", "oneOf"):
        parts = schema.get(wrapper)
        if not isinstance(parts, Sequence):
            continue
        real = [part for part in parts if part != {"type": "null"}]
        if len(real) == 1:
            yield real[0]


def _pointed_at(reference: str, root: Mapping[str, Any]) -> Any:
    """Give what a local reference (`#/$defs/Tone`) points at; {} for any other."""
    if not reference.startswith("#/"):
        return {}
    found: Any = root
    for part in reference.removeprefix("#/").split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        found = found.get(name) if isinstance(found, Mapping) else None
    return found or {}


def _but_null(types: Sequence[Any]) -> Any:
    real = [name for name in types if name != "null"]
    return real[0] if len(real) == 1 else real
