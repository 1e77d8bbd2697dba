"""Block Kit's blocks and controls as small functions that keep within its limits."""

from collections.abc import Sequence
from typing import Final

from bot.blocks import limits
from bot.blocks.message import Block, Element
from bot.wording.text import one_line, shorten

_LABEL_SHOWN: Final = 150
_HINT_SHOWN: Final = 500


def plain(text: str, limit: int) -> Element:
    """Make `plain_text` of one line, in which nothing is parsed, `:emoji:` neither."""
    shown = one_line(text, limit) or "–"  # noqa: RUF001 - a dash where nothing is
    return {"type": "plain_text", "text": shown, "emoji": False}


def mrkdwn(text: str) -> Element:
    """Make mrkdwn of text in which all that is foreign is escaped already."""
    return {"type": "mrkdwn", "text": shorten(text, limits.SECTION), "verbatim": True}


def header(text: str) -> Block:
    """Make a title."""
    return {"type": "header", "text": plain(text, limits.HEADER)}


def divider() -> Block:
    """Make a line across."""
    return {"type": "divider"}


def section(text: str, *, accessory: Element | None = None) -> Block:
    """Make a paragraph of mrkdwn, with a control beside it where one is given."""
    made: Block = {"type": "section", "text": mrkdwn(text)}
    return made | ({"accessory": accessory} if accessory else {})


def context(*texts: str) -> Block:
    """Make small grey text of mrkdwn parts."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts]}


def actions(*controls: Element) -> Block:
    """Make a row of controls."""
    return {"type": "actions", "elements": list(controls)}


def button(
    label: str,
    action: str,
    value: object,
    *,
    style: str | None = None,
    confirm: Element | None = None,
    spoken_label: str | None = None,
) -> Element:
    """Make a button; `style` is primary or danger."""
    made: Element = {
        "type": "button",
        "text": plain(label, limits.BUTTON),
        "action_id": action,
        "value": str(value),
    }
    if style:
        made["style"] = style
    if confirm:
        made["confirm"] = confirm
    if spoken_label:
        made["accessibility_label"] = one_line(spoken_label, limits.BUTTON)
    return made


def confirmation(
    title: str, text: str, *, yes: str, no: str, style: str = "danger"
) -> Element:
    """Make the question that Slack asks before it reports a press."""
    return {
        "title": plain(title, limits.CONFIRM_TITLE),
        "text": plain(text, limits.CONFIRM_TEXT),
        "confirm": plain(yes, limits.CONFIRM_BUTTON),
        "deny": plain(no, limits.CONFIRM_BUTTON),
        "style": style,
    }


def option(text: str, value: str, description: str = "") -> Element:
    """Make one entry of a select or of checkboxes."""
    made: Element = {"text": plain(text, limits.OPTION), "value": value}
    return made | (
        {"description": plain(description, limits.OPTION)} if description else {}
    )


def placeholder(text: str) -> Element:
    """Make the grey text of an empty field."""
    return plain(text, limits.PLACEHOLDER)


def input_block(
    block_id: str,
    label: str,
    element: Element,
    *,
    hint: str = "",
    optional: bool = False,
    reports: bool = False,
) -> Block:
    """Make a field of a form; `reports` sends every change, not only the submission."""
    made: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, _LABEL_SHOWN),
        "element": element,
        "optional": optional,
    }
    if hint:
        made["hint"] = plain(hint, _HINT_SHOWN)
    if reports:
        made["dispatch_action"] = True
    return made


def select(
    action: str, options: Sequence[Element], *, initial: Element | None, hint: str
) -> Element:
    """Make a menu of up to 100 options."""
    made: Element = {
        "type": "static_select",
        "action_id": action,
        "options": list(options),
        "placeholder": placeholder(hint),
    }
    return made | ({"initial_option": initial} if initial else {})
