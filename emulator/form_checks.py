"""What Slack's own client refuses to submit, before the app hears of it."""

import re
from collections.abc import Callable
from typing import Any

from emulator.forms import VALUE_KEYS, Control, Values, controls
from emulator.records import Json

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://[^\s/]+.*")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_WHOLE = re.compile(r"[+-]?\d+")


def form_errors(blocks: list[Json], values: Values) -> dict[str, str]:
    """What is wrong with a form, by block_id; empty when it may be submitted."""
    errors = {}
    for control in controls(blocks):
        if control.block.get("type") != "input" or control.type not in VALUE_KEYS:
            continue
        held = values.get(control.block_id, {}).get(control.action_id, {})
        value = held.get(VALUE_KEYS[control.type])
        complaint = _complaint(control, value)
        if complaint is not None:
            errors[control.block_id] = complaint
    return errors


def _complaint(control: Control, value: Any) -> str | None:
    if value in (None, "", []):
        optional = control.block.get("optional", False)
        return None if optional else "Please complete this required field."
    check = _CHECKS.get(control.type)
    if check is not None:
        return check(control.element, value)
    most = control.element.get("max_selected_items")
    if isinstance(value, list) and most is not None and len(value) > most:
        return f"Please select at most {most}."
    return None


def _text(element: Json, value: str) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < least:
        return f"Please enter at least {least} characters."
    if len(value) > most:
        return f"Please enter at most {most} characters."
    return None


def _number(element: Json, value: str) -> str | None:
    decimal = element.get("is_decimal_allowed", False)
    if not (_NUMBER if decimal else _WHOLE).fullmatch(value):
        return "Please enter a number." if decimal else "Please enter a whole number."
    least, most = element.get("min_value"), element.get("max_value")
    if least is not None and float(value) < float(least):
        return f"Please enter a number of at least {least}."
    if most is not None and float(value) > float(most):
        return f"Please enter a number of at most {most}."
    return None


def _email(element: Json, value: str) -> str | None:
    del element
    return None if _EMAIL.fullmatch(value) else "Please enter an email address."


def _url(element: Json, value: str) -> str | None:
    del element
    return None if _URL.fullmatch(value) else "Please enter a URL."


_CHECKS: dict[str, Callable[[Json, str], str | None]] = {
    "plain_text_input": _text,
    "number_input": _number,
    "email_text_input": _email,
    "url_text_input": _url,
}
