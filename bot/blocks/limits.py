"""Slack's limits in one table, and the net that nothing slips through.

Builders keep within the limits by themselves; `check` is asked before anything leaves.
Numbers: [d] docs.slack.dev, [s] slack_sdk 3.47's models, [t] @slack/types 3.2.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.blocks.message import Message, View
from bot.wording.text import length

MESSAGE_BLOCKS: Final = 50  #: [d] reference/block-kit/blocks
VIEW_BLOCKS: Final = 100  #: [d] reference/views
VIEW_BYTES: Final = 250_000  #: [d] methods/views.update, `view_too_large`
FALLBACK: Final = 4_000  #: [d] methods/chat.update, `msg_too_long`
HEADER: Final = 150  #: [s] HeaderBlock
SECTION: Final = 3_000  #: [s] SectionBlock
FIELDS: Final = 10  #: [s] SectionBlock.fields
CONTEXT_ELEMENTS: Final = 10  #: [s] ContextBlock
ACTIONS: Final = 25  #: [s] ActionsBlock
LABEL: Final = 2_000  #: [s] InputBlock
HINT: Final = 2_000  #: [s] InputBlock
PLACEHOLDER: Final = 150  #: [s] InteractiveElement
BUTTON: Final = 75  #: [s] ButtonElement
ID: Final = 255  #: [d] block_id, action_id, callback_id, external_id
OPTIONS: Final = 100  #: [s] StaticSelectElement
FEW_OPTIONS: Final = 10  #: [t] Checkboxes, RadioButtons
OPTION: Final = 75  #: [s] Option: its text and its description
OPTION_VALUE: Final = 150  #: [s] Option
TYPED: Final = 3_000  #: [s] PlainTextInputElement
CONFIRM_TITLE: Final = 100  #: [s] ConfirmObject
CONFIRM_TEXT: Final = 300  #: [s] ConfirmObject
CONFIRM_BUTTON: Final = 30  #: [s] ConfirmObject
VIEW_TITLE: Final = 24  #: [d] reference/views; also submit and close
METADATA: Final = 3_000  #: [d] reference/views, private_metadata

CARRIED: Final = 200
"""Ours (Slack allows 2,000): characters of what a button carries."""

RICH_TEXT: Final = 12_000
"""Ours, since Slack names none: characters of one stretch of rich text."""

MESSAGE_BYTES: Final = 100_000
"""Ours, since Slack names none for `msg_blocks_too_long`: bytes of a message's JSON."""

_CONTROL: Final = {"action_id": ID, "placeholder": PLACEHOLDER}
_SELECT: Final = _CONTROL | {"options": OPTIONS}
_FEW: Final = {"action_id": ID, "options": FEW_OPTIONS}

#: By kind of node: what may be how long. Text is measured in characters, a list in
#: entries; nothing that is there may be empty.
_SIZES: Final[Mapping[str, Mapping[str, int]]] = {
    "header": {"text": HEADER},
    "divider": {},
    "section": {"text": SECTION, "fields": FIELDS},
    "context": {"elements": CONTEXT_ELEMENTS},
    "actions": {"elements": ACTIONS},
    "input": {"label": LABEL, "hint": HINT},
    "rich_text": {"elements": 1_000},
    "rich_text_section": {"elements": 10_000},
    "rich_text_quote": {"elements": 10_000},
    "rich_text_preformatted": {"elements": 10_000},
    "rich_text_list": {"elements": 10_000},
    "text": {"text": RICH_TEXT},
    "user": {},
    "date": {},
    "plain_text": {"text": SECTION},
    "mrkdwn": {"text": SECTION},
    "button": {"action_id": ID, "text": BUTTON, "value": CARRIED},
    "static_select": _SELECT,
    "multi_static_select": _SELECT,
    "conversations_select": _CONTROL,
    "checkboxes": _FEW,
    "radio_buttons": _FEW,
    "datepicker": _CONTROL,
    "number_input": _CONTROL | {"initial_value": TYPED},
    "plain_text_input": _CONTROL | {"initial_value": TYPED},
    "option": {"text": OPTION, "description": OPTION, "value": OPTION_VALUE},
    "confirm": {
        "title": CONFIRM_TITLE,
        "text": CONFIRM_TEXT,
        "confirm": CONFIRM_BUTTON,
        "deny": CONFIRM_BUTTON,
    },
    "modal": {
        "title": VIEW_TITLE,
        "submit": VIEW_TITLE,
        "close": VIEW_TITLE,
        "blocks": VIEW_BLOCKS,
        "callback_id": ID,
        "private_metadata": METADATA,
        "external_id": ID,
    },
}

#: Where a node stands tells its kind when it has no `type`.
_KIND_BY_KEY: Final = {
    "options": "option",
    "initial_options": "option",
    "initial_option": "option",
    "confirm": "confirm",
}
_MAY_BE_EMPTY: Final = frozenset({"private_metadata"})


def check(shown: Message | View) -> list[str]:
    """Say what Slack would refuse, each with the place (a JSON pointer)."""
    if isinstance(shown, Message):
        return list(_message(shown))
    return list(_view(shown))


def _message(message: Message) -> Iterator[str]:
    yield from _size("/text", message.text, FALLBACK)
    yield from _size("/blocks", message.blocks, MESSAGE_BLOCKS)
    yield from _bytes(message.blocks, MESSAGE_BYTES)
    yield from _block_ids(message.blocks)
    yield from _node(list(message.blocks), "/blocks", "")


def _view(view: View) -> Iterator[str]:
    if view.get("type") != "modal":
        yield "/type: is not modal"
        return
    yield from _bytes(view, VIEW_BYTES)
    yield from _block_ids(view["blocks"])
    has_input = any(block["type"] == "input" for block in view["blocks"])
    if has_input and "submit" not in view:
        yield "/submit: is missing, and there is an input"
    yield from _node(view, "", "")


def _node(node: Any, path: str, key: str) -> Iterator[str]:
    if isinstance(node, Mapping):
        yield from _mapping(node, path, key)
        for name, value in node.items():
            yield from _node(value, f"{path}/{name}", name)
    elif isinstance(node, list | tuple):
        for number, entry in enumerate(node):
            yield from _node(entry, f"{path}/{number}", key)


def _mapping(node: Mapping[str, Any], path: str, key: str) -> Iterator[str]:
    kind = node.get("type") or _KIND_BY_KEY.get(key)
    if kind is None:
        return
    if kind not in _SIZES:
        yield f"{path}: {kind} is not something that we send"
        return
    for name, most in _SIZES[kind].items():
        if name in node:
            yield from _size(f"{path}/{name}", node[name], most)
    yield from _action_ids(node, path)
    yield from _initial(node, path)


def _size(path: str, value: Any, most: int) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = value.get("text", "")
    size = length(value) if isinstance(value, str) else len(value)
    if size > most:
        yield f"{path}: {size} is more than {most}"
    if size == 0 and path.rpartition("/")[2] not in _MAY_BE_EMPTY:
        yield f"{path}: is empty"


def _bytes(value: Any, most: int) -> Iterator[str]:
    size = len(json.dumps(value))
    if size > most:
        yield f"/: {size} bytes of JSON are more than {most}"


def _block_ids(blocks: Any) -> Iterator[str]:
    seen = set()
    for number, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id is None:
            continue
        yield from _size(f"/blocks/{number}/block_id", block_id, ID)
        if block_id in seen:
            yield f"/blocks/{number}/block_id: {block_id} is there twice"
        seen.add(block_id)


def _action_ids(node: Mapping[str, Any], path: str) -> Iterator[str]:
    if node.get("type") != "actions":
        return
    ids = [element["action_id"] for element in node["elements"]]
    if len(set(ids)) < len(ids):
        yield f"{path}: an action_id is there twice"


def _initial(node: Mapping[str, Any], path: str) -> Iterator[str]:
    options = node.get("options")
    if options is None:
        return
    chosen = [*node.get("initial_options", ())]
    if "initial_option" in node:
        chosen.append(node["initial_option"])
    if any(option not in options for option in chosen):
        yield f"{path}: what is chosen at first is not among the options"
