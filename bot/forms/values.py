"""One value for one field: read from text, and held against the field's schema."""

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from bot.blocks.formats import count
from bot.blocks.text import one_line
from bot.forms.fields import Field, FieldKind

_YES: Final = frozenset({"yes", "y", "true", "on", "1"})
_NO: Final = frozenset({"no", "n", "false", "off", "0"})
_SHOWN: Final = 40
_LISTED: Final = 8


class WrongValue(ValueError):
    """A value that a field does not take; `str()` says what it takes."""


def read_text(field: Field, text: str) -> Any:
    """Read a value from what somebody typed.

    Raises:
        WrongValue: it is not what the field takes.

    """
    return _READERS[field.kind](field, text)


def hold_against(field: Field, value: Any) -> Any:
    """Give the value if the field's schema allows it.

    Raises:
        WrongValue: it does not.

    """
    schema = field.schema
    match value:
        case bool():
            pass
        case str():
            _check_text(schema, value)
        case int() | float():
            _check_number(schema, value)
        case list():
            _check_list(field, value)
        case _:
            pass
    return value


def is_empty(value: Any) -> bool:
    """Tell whether nothing was given."""
    return value is None or (isinstance(value, str | list) and not value)


def _read_choice(field: Field, text: str) -> Any:
    return _choice(field, text)


def _choice(field: Field, text: str) -> Any:
    """Find a choice as people write it: any case."""
    by_text = {str(choice).casefold(): choice for choice in field.choices}
    wanted = text.strip().casefold()
    if wanted in by_text:
        return by_text[wanted]
    close = get_close_matches(wanted, by_text, n=1)
    if close:
        raise WrongValue(f"Did you mean “{by_text[close[0]]}”?")
    listed = ", ".join(str(choice) for choice in field.choices[:_LISTED])
    more = ", …" if len(field.choices) > _LISTED else ""
    raise WrongValue(f"Please choose one of: {one_line(listed, 200)}{more}.")


def _read_number(field: Field, text: str) -> float | int:
    del field
    written = text.strip().replace(" ", "").replace("_", "")
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", written):
        written = written.replace(",", "")
    try:
        number = float(written)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise WrongValue("Please write a number, such as 3400 or 12.5.")
    return int(written) if re.fullmatch(r"[+-]?\d+", written) else number


def _read_whole(field: Field, text: str) -> int:
    number = _read_number(field, text)
    if number != int(number):
        raise WrongValue("Please write a whole number.")
    return int(number)


def _read_yes_or_no(field: Field, text: str) -> bool:
    del field
    word = text.strip().casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise WrongValue("Please write yes or no.")


def _read_date(field: Field, text: str) -> str:
    del field
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError as error:
        raise WrongValue("Please write the date as 2026-11-27.") from error


def _read_choices(field: Field, text: str) -> list[Any]:
    return [_choice(field, part) for part in re.split(r"[,\n;]", text) if part.strip()]


def _read_list(field: Field, text: str) -> list[Any]:
    """Read a list: one a line; on one line, with commas."""
    lines = text.split("\n") if "\n" in text.strip() else text.split(",")
    parts = [line.strip() for line in lines if line.strip()]
    match (field.item or {}).get("type"):
        case "integer":
            return [_read_whole(field, part) for part in parts]
        case "number":
            return [_read_number(field, part) for part in parts]
        case _:
            return list(parts)


def _read_json(field: Field, text: str) -> Any:
    del field
    try:
        return json.loads(text, parse_constant=_no_constant)
    except RecursionError as error:
        raise WrongValue("This JSON is nested too deeply.") from error
    except ValueError as error:
        raise WrongValue(f"Please write JSON: {error}.") from error


def _no_constant(name: str) -> None:
    message = f"{name} is no JSON"
    raise ValueError(message)


def _read_string(field: Field, text: str) -> str:
    del field
    return text


_READERS: Final[Mapping[FieldKind, Callable[[Field, str], Any]]] = {
    FieldKind.TEXT: _read_string,
    FieldKind.LONG_TEXT: _read_string,
    FieldKind.NUMBER: _read_number,
    FieldKind.WHOLE: _read_whole,
    FieldKind.CHOICE: _read_choice,
    FieldKind.CHECKBOX: _read_yes_or_no,
    FieldKind.DATE: _read_date,
    FieldKind.CHOICES: _read_choices,
    FieldKind.LIST: _read_list,
    FieldKind.JSON: _read_json,
}


def _check_text(schema: Mapping[str, Any], text: str) -> None:
    least, most = schema.get("minLength"), schema.get("maxLength")
    if least is not None and len(text.strip()) < least:
        raise WrongValue(f"Please write at least {count(least, 'character')}.")
    if most is not None and len(text) > most:
        over = len(text) - most
        raise WrongValue(
            f"Please write at most {count(most, 'character')}: it is {over:,} too long."
        )
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and not _fits(pattern, text):
        raise WrongValue(f"Please write it in the form {one_line(pattern, 100)}.")


def _fits(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except (
        re.error
    ):  # JSON Schema's expressions are JavaScript's; the crew checks again
        return True


def _check_number(schema: Mapping[str, Any], number: float) -> None:
    limits: tuple[tuple[str, str, Callable[[float], bool]], ...] = (
        ("minimum", "at least", lambda limit: number >= limit),
        ("maximum", "at most", lambda limit: number <= limit),
        ("exclusiveMinimum", "more than", lambda limit: number > limit),
        ("exclusiveMaximum", "less than", lambda limit: number < limit),
    )
    for name, words, holds in limits:
        limit = schema.get(name)
        if isinstance(limit, int | float) and not holds(limit):
            raise WrongValue(f"Please write a number of {words} {limit:,}.")
    step = schema.get("multipleOf")
    if isinstance(step, int | float) and step and not _divides(step, number):
        raise WrongValue(f"Please write a multiple of {step}.")


def _divides(step: float, number: float) -> bool:
    return math.isclose(number / step, round(number / step), abs_tol=1e-9)


def _check_list(field: Field, values: list[Any]) -> None:
    least, most = field.schema.get("minItems"), field.schema.get("maxItems")
    if least is not None and len(values) < least:
        raise WrongValue(f"Please give at least {least}.")
    if most is not None and len(values) > most:
        raise WrongValue(f"Please give at most {most}.")
    if field.schema.get("uniqueItems") and len({*map(str, values)}) < len(values):
        raise WrongValue("Please give each one only once.")
    for value in values:
        try:
            _check_one(field.item or {}, value)
        except WrongValue as error:
            raise WrongValue(f"“{one_line(str(value), _SHOWN)}”: {error}") from error


def _check_one(schema: Mapping[str, Any], value: Any) -> None:
    if isinstance(value, str):
        _check_text(schema, value)
    elif _is_number(value):
        _check_number(schema, value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
