"""A value held against its field's part of the JSON schema."""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.forms.fields import Field, limit
from bot.wording.formats import count
from bot.wording.text import one_line

_SHOWN: Final = 40


class WrongValue(ValueError):
    """A value that a field does not take; `str()` says what it takes."""


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


def _check_text(schema: Mapping[str, Any], text: str) -> None:
    least, most = limit(schema, "minLength"), limit(schema, "maxLength")
    if least is not None and len(text.strip()) < least:
        raise WrongValue(f"Please write at least {count(int(least), 'character')}.")
    if most is not None and len(text) > most:
        over = len(text) - int(most)
        raise WrongValue(
            f"Please write at most {count(int(most), 'character')}:"
            f" it is {over:,} too long."
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
    bounds: tuple[tuple[str, str, Callable[[float], bool]], ...] = (
        ("minimum", "at least", lambda bound: number >= bound),
        ("maximum", "at most", lambda bound: number <= bound),
        ("exclusiveMinimum", "more than", lambda bound: number > bound),
        ("exclusiveMaximum", "less than", lambda bound: number < bound),
    )
    for name, words, holds in bounds:
        bound = limit(schema, name)
        if bound is not None and not holds(bound):
            raise WrongValue(f"Please write a number of {words} {bound:,}.")
    step = limit(schema, "multipleOf")
    if step and not _divides(step, number):
        raise WrongValue(f"Please write a multiple of {step}.")


def _divides(step: float, number: float) -> bool:
    return math.isclose(number / step, round(number / step), abs_tol=1e-9)


def _check_list(field: Field, values: list[Any]) -> None:
    least, most = limit(field.schema, "minItems"), limit(field.schema, "maxItems")
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
    elif isinstance(value, int | float) and not isinstance(value, bool):
        _check_number(schema, value)
