"""A form as Slack's input blocks, and Slack's state of them as inputs."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.blocks import limits
from bot.blocks.elements import input_block, option, placeholder, select
from bot.blocks.ids import VALUE
from bot.blocks.message import Block, Element
from bot.forms.checks import WrongValue
from bot.forms.fields import Field, FieldKind, limit
from bot.forms.form import Filled, Form
from bot.forms.values import is_empty, read_text
from bot.wording.text import clean, length

MOST_FIELDS: Final = 80
"""Fields that fit into a modal beside everything else; the rest must have defaults,
or come with the command."""

YES: Final = "yes"
"""The value of a ticked checkbox."""

State = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""`view.state.values`: block_id → action_id → what is there."""

_MANY_LINES: Final = frozenset({FieldKind.LONG_TEXT, FieldKind.LIST, FieldKind.JSON})


def form_blocks(form: Form, prefill: Mapping[str, Any]) -> list[Block]:
    """Give the form's fields; `prefill` goes before the crew's own defaults."""
    return [
        _block(form, field, prefill.get(field.name, field.default))
        for field in form.fields[:MOST_FIELDS]
    ]


def read_state(form: Form, state: State) -> Filled:
    """Read and check what a submitted form holds."""
    given: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in form.fields:
        held = state.get(form.block_id(field.name), {}).get(VALUE, {})
        try:
            given[field.name] = _read(field, held)
        except WrongValue as error:
            errors[field.name] = str(error)
    filled = form.completed(given)
    return Filled(inputs=filled.inputs, errors={**filled.errors, **errors})


def _block(form: Form, field: Field, value: Any) -> Block:
    hint = field.help
    if field.kind is FieldKind.LIST:
        hint = f"{hint} One a line.".strip()
    if field.kind is FieldKind.JSON:
        hint = f"{hint} Write it as JSON.".strip()
    return input_block(
        form.block_id(field.name),
        field.label,
        _element(field, value),
        hint=hint,
        optional=not field.is_required or field.kind is FieldKind.CHECKBOX,
    )


def _element(field: Field, value: Any) -> Element:
    match field.kind:
        case FieldKind.CHOICE:
            return _choice(field, value)
        case FieldKind.CHOICES:
            return _choices(field, value)
        case FieldKind.CHECKBOX:
            return _checkbox(value)
        case FieldKind.DATE:
            made: Element = {"type": "datepicker", "action_id": VALUE}
            return made | ({"initial_date": value} if _is_day(field, value) else {})
        case FieldKind.NUMBER | FieldKind.WHOLE:
            return _number(field, value)
        case _:
            return _text(field, value)


def _choice(field: Field, value: Any) -> Element:
    options = _options(field)
    initial = options[field.choices.index(value)] if value in field.choices else None
    return select(VALUE, options, initial=initial, hint="Choose one")


def _choices(field: Field, value: Any) -> Element:
    options = _options(field)
    wanted = value if isinstance(value, list) else []
    initial = [
        entry
        for entry, choice in zip(options, field.choices, strict=False)
        if choice in wanted
    ]
    few = len(options) <= limits.FEW_OPTIONS
    made: Element = {
        "type": "checkboxes" if few else "multi_static_select",
        "action_id": VALUE,
        "options": options,
    }
    if not few:
        made["placeholder"] = placeholder("Choose any")
    return made | ({"initial_options": initial} if initial else {})


def _options(field: Field) -> Sequence[Element]:
    """Give the choices; each carries its place, for values may be of any length."""
    return [
        option(str(choice), str(number))
        for number, choice in enumerate(field.choices[: limits.OPTIONS])
    ]


def _checkbox(value: Any) -> Element:
    ticked = option("Yes", YES)
    made: Element = {"type": "checkboxes", "action_id": VALUE, "options": [ticked]}
    return made | ({"initial_options": [ticked]} if value is True else {})


def _number(field: Field, value: Any) -> Element:
    made: Element = {
        "type": "number_input",
        "action_id": VALUE,
        "is_decimal_allowed": field.kind is FieldKind.NUMBER,
    }
    for key, name in (("min_value", "minimum"), ("max_value", "maximum")):
        bound = limit(field.schema, name)
        if bound is not None:
            made[key] = str(bound)
    if field.example:
        made["placeholder"] = placeholder(field.example)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return made | ({"initial_value": str(value)} if is_number else {})


def _text(field: Field, value: Any) -> Element:
    most = limit(field.schema, "maxLength") if field.kind in _PLAIN_TEXT else None
    room = limits.TYPED if most is None else min(int(most), limits.TYPED)
    made: Element = {
        "type": "plain_text_input",
        "action_id": VALUE,
        "multiline": field.kind in _MANY_LINES,
        "max_length": max(1, room),
    }
    if field.example:
        made["placeholder"] = placeholder(field.example)
    shown = "" if is_empty(value) else _shown(field, value)
    return made | ({"initial_value": shown} if 0 < length(shown) <= room else {})


_PLAIN_TEXT: Final = frozenset({FieldKind.TEXT, FieldKind.LONG_TEXT})


def _shown(field: Field, value: Any) -> str:
    """Write a value as its text field shows it."""
    if field.kind is FieldKind.LIST and isinstance(value, list):
        return clean("\n".join(str(entry) for entry in value))
    if field.kind is FieldKind.JSON:
        return clean(json.dumps(value, ensure_ascii=False, indent=2, default=str))
    return clean(str(value))


def _is_day(field: Field, value: Any) -> bool:
    try:
        return isinstance(value, str) and read_text(field, value) == value
    except WrongValue:
        return False


def _read(field: Field, held: Mapping[str, Any]) -> Any:
    """Read one field of Slack's state; None where nothing was given."""
    match field.kind:
        case FieldKind.CHECKBOX:
            return bool(held.get("selected_options"))
        case FieldKind.CHOICE:
            return _chosen(field, held.get("selected_option"))
        case FieldKind.CHOICES:
            chosen = held.get("selected_options") or []
            return [_chosen(field, one) for one in chosen]
        case FieldKind.DATE:
            typed = held.get("selected_date")
        case _:
            typed = held.get("value")
    return read_text(field, typed) if isinstance(typed, str) and typed.strip() else None


def _chosen(field: Field, one: Any) -> Any:
    """Give the choice at the place that an option carries."""
    if one is None:
        return None
    place = str(one.get("value"))
    if not place.isdecimal() or int(place) >= len(field.choices):
        message = "Please choose again: the choices have changed."
        raise WrongValue(message)
    return field.choices[int(place)]
