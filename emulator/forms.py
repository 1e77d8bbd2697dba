"""Controls in blocks: finding them, and what a person has put into them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from emulator import ids
from emulator.errors import Refusal
from emulator.records import Json
from emulator.workspace import Workspace

#: Where each element's value stands in `state.values` and in an action.
VALUE_KEYS = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
}
_STATELESS = frozenset({"overflow"})
_WITH_OPTIONS = frozenset(
    {"static_select", "external_select", "checkboxes", "radio_buttons", "overflow"}
)
_TEXTUAL = frozenset(
    {"plain_text_input", "email_text_input", "url_text_input", "number_input"}
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")

Values = dict[str, dict[str, Json]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Control:
    """An element that people can use, and the block it stands in."""

    block: Json
    block_id: str
    element: Json

    @property
    def type(self) -> str:
        return str(self.element["type"])

    @property
    def action_id(self) -> str:
        return str(self.element["action_id"])


def controls(blocks: list[Json]) -> list[Control]:
    """Every control in these blocks, also in nested ones."""
    return [control for block in blocks for control in _within(block, block)]


def _within(node: Any, block: Json) -> Iterator[Control]:
    if isinstance(node, list):
        for item in node:
            yield from _within(item, block)
    elif isinstance(node, dict):
        if "block_id" in node:
            block = node
        if "action_id" in node and "type" in node:
            yield Control(block=block, block_id=block["block_id"], element=node)
        for key, value in node.items():
            if key not in {"options", "option_groups", "rich_text_value"}:
                yield from _within(value, block)


def find_control(blocks: list[Json], block_id: object, action_id: object) -> Control:
    """One control; `block_id` may be left out where `action_id` is enough.

    Raises:
        Refusal: `no_such_control`.
    """
    for control in controls(blocks):
        if control.action_id == action_id and block_id in {None, control.block_id}:
            return control
    there = ", ".join(c.action_id for c in controls(blocks)) or "none"
    sentence = f'There is no control "{action_id}" here; there are: {there}.'
    raise Refusal("no_such_control", sentence)


def initial_values(blocks: list[Json], *, here: str | None, before: Values) -> Values:
    """What a form holds when it appears; entries of `before` are kept."""
    values: Values = {}
    for control in controls(blocks):
        if control.type not in VALUE_KEYS or control.type in _STATELESS:
            continue
        kept = before.get(control.block_id, {}).get(control.action_id)
        if kept is None or kept["type"] != control.type:
            kept = _initial(control, here)
        values.setdefault(control.block_id, {})[control.action_id] = kept
    return values


def _initial(control: Control, here: str | None) -> Json:
    key = VALUE_KEYS[control.type]
    many = key.endswith("s")
    initial = control.element.get("initial_" + key.removeprefix("selected_"))
    if control.type == "rich_text_input":
        initial = control.element.get("initial_value")
        return {"type": control.type} | ({key: initial} if initial else {})
    if control.element.get("default_to_current_conversation") and not initial:
        initial = [here] if many and here else here
    return {"type": control.type, key: initial or ([] if many else None)}


def entry(
    control: Control, simple: Any, *, workspace: Workspace, answered: list[Json]
) -> Json:
    """A value in its simple form as an entry of `state.values`.

    Args:
        control: the control that the value is put into.
        simple: the simple form, as the control surface takes it.
        workspace: where people and channels are looked up.
        answered: options that the app answered last, for external selects.

    Raises:
        Refusal: `invalid_value`: the control cannot hold it.
    """
    key = VALUE_KEYS.get(control.type)
    if key is None:
        raise Refusal("invalid_value", f"A {control.type} holds no value.")
    if key.endswith("s"):
        given = [] if simple in (None, "") else simple
        if not isinstance(given, list):
            raise _wrong(control, simple)
        return {
            "type": control.type,
            key: [_single(control, one, workspace, answered) for one in given],
        }
    if simple in (None, ""):
        return {"type": control.type} | ({} if "rich" in control.type else {key: None})
    return {
        "type": control.type,
        key: _single(control, simple, workspace, answered),
    }


def _single(
    control: Control, simple: Any, workspace: Workspace, answered: list[Json]
) -> Any:
    kind = control.type.removeprefix("multi_")
    if kind in _WITH_OPTIONS:
        return _option(control, simple, answered)
    match kind:
        case "users_select":
            return workspace.person(simple).id
        case "conversations_select" | "channels_select":
            return workspace.channel(simple).id
        case "file_input":
            return _file(control, simple, workspace)
        case _:
            return _typed(control, simple)


def _option(control: Control, simple: Any, answered: list[Json]) -> Json:
    element = control.element
    groups = element.get("option_groups", [])
    offered = [*element.get("options", []), *answered]
    offered += [option for group in groups for option in group["options"]]
    for option in offered:
        if option.get("value") == simple:
            return {
                k: v for k, v in option.items() if k in {"text", "value", "description"}
            }
    names = ", ".join(str(option.get("value")) for option in offered) or "none"
    sentence = f'"{control.action_id}" has no option "{simple}"; it has: {names}.'
    raise Refusal("invalid_value", sentence)


def _file(control: Control, simple: Any, workspace: Workspace) -> Json:
    file = workspace.files.get(str(simple))
    if file is None or not file.complete:
        raise _wrong(control, simple)
    return {
        "id": file.id,
        "created": file.created,
        "name": file.name,
        "title": file.title,
        "user": file.owner,
        "size": len(file.content or b""),
    }


def _typed(control: Control, simple: Any) -> Any:
    if control.type in _TEXTUAL:
        return str(simple)
    if control.type == "rich_text_input":
        return simple if isinstance(simple, dict) else rich_text(str(simple))
    if control.type == "datetimepicker":
        return _whole_number(control, simple)
    pattern = _DATE if control.type == "datepicker" else _TIME
    if not pattern.fullmatch(str(simple)):
        raise _wrong(control, simple)
    return str(simple)


def _whole_number(control: Control, simple: Any) -> int:
    try:
        return int(simple)
    except (TypeError, ValueError) as error:
        raise _wrong(control, simple) from error


def _wrong(control: Control, simple: Any) -> Refusal:
    return Refusal("invalid_value", f"A {control.type} cannot hold {simple!r}.")


def rich_text(text: str) -> Json:
    """Plain text as a rich_text block."""
    section = {
        "type": "rich_text_section",
        "elements": [{"type": "text", "text": text}],
    }
    return {"type": "rich_text", "block_id": ids.fresh("b"), "elements": [section]}
