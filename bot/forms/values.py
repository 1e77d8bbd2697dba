"""One value for one field, read from what somebody typed."""

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from bot.forms.checks import WrongValue
from bot.forms.fields import Field, FieldKind
from bot.wording.text import one_line

_YES: Final = frozenset({"yes", "y", "true", "on", "1"})
_NO: Final = frozenset({"no", "n", "false", "off", "0"})
_LISTED: Final = 8


def read_text(field: Field, text: str) -> Any:
    """Read a value from what somebody typed.

    Raises:
        WrongValue: it is not what the field takes.

    """
    return _READERS[field.kind](field, text)


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
