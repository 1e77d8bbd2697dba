"""What Slack's own client checks in a form before it is sent."""

from typing import Any

import pytest

from emulator.form_checks import form_errors
from emulator.forms import initial_values, rich_text

OPTION = {"text": {"type": "plain_text", "text": "One"}, "value": "1"}


def _form(element: dict[str, Any], **block: Any) -> list[dict[str, Any]]:
    field = {"type": "input", "block_id": "b", "element": {"action_id": "a", **element}}
    return [{**field, **block}]


def _errors(element: dict[str, Any], value: Any, **block: Any) -> dict[str, str]:
    blocks = _form(element, **block)
    values = initial_values(blocks, here=None, before={})
    (key,) = values["b"]["a"].keys() - {"type"}
    values["b"]["a"][key] = value
    return form_errors(blocks, values)


TEXT = {"type": "plain_text_input", "min_length": 2, "max_length": 3}
WHOLE = {"type": "number_input", "is_decimal_allowed": False}
DECIMAL = {
    "type": "number_input",
    "is_decimal_allowed": True,
    "min_value": "1",
    "max_value": "10",
}
EMAIL = {"type": "email_text_input"}
URL = {"type": "url_text_input"}
SEVERAL = {"type": "checkboxes", "options": [OPTION]}
AT_MOST_ONE = {"type": "multi_users_select", "max_selected_items": 1}


@pytest.mark.parametrize(
    ("element", "value"),
    [
        (TEXT, "ab"),
        (TEXT, "abc"),
        (WHOLE, "-7"),
        (DECIMAL, "1"),
        (DECIMAL, "9.5"),
        (EMAIL, "ana@example.org"),
        (URL, "https://example.org/x"),
        (SEVERAL, [OPTION]),
        (AT_MOST_ONE, ["U1"]),
    ],
)
def test_what_may_be_sent(element: dict[str, Any], value: Any) -> None:
    """Values within their bounds pass."""
    assert _errors(element, value) == {}


@pytest.mark.parametrize(
    ("element", "value", "complaint"),
    [
        (TEXT, "a", "at least 2 characters"),
        (TEXT, "abcd", "at most 3 characters"),
        (WHOLE, "1.5", "a whole number"),
        (WHOLE, "many", "a whole number"),
        (DECIMAL, "x", "a number"),
        (DECIMAL, "0.5", "at least 1"),
        (DECIMAL, "11", "at most 10"),
        (EMAIL, "ana", "an email address"),
        (URL, "example.org", "a URL"),
        (SEVERAL, [], "required"),
        (TEXT, None, "required"),
        (AT_MOST_ONE, ["U1", "U2"], "at most 1"),
    ],
)
def test_what_slack_would_not_send(
    element: dict[str, Any], value: Any, complaint: str
) -> None:
    """The complaint stands at the field."""
    assert complaint in _errors(element, value)["b"]


def test_what_is_optional_may_be_empty() -> None:
    """Emptiness is fine where the block says so; a wrong value is not."""
    assert _errors(WHOLE, None, optional=True) == {}
    assert "whole number" in _errors(WHOLE, "x", optional=True)["b"]


def test_what_a_form_holds_at_first() -> None:
    """Initial values, the present conversation, else nothing."""
    blocks = [
        *_form({"type": "plain_text_input", "initial_value": "tea"}),
        *_form({"type": "static_select", "initial_option": OPTION}, block_id="c"),
        *_form(
            {"type": "conversations_select", "default_to_current_conversation": True},
            block_id="d",
        ),
        *_form(
            {"type": "rich_text_input", "initial_value": rich_text("x")}, block_id="e"
        ),
        *_form({"type": "multi_users_select"}, block_id="f"),
    ]

    values = initial_values(blocks, here="C1", before={})

    assert values["b"]["a"]["value"] == "tea"
    assert values["c"]["a"]["selected_option"] == OPTION
    assert values["d"]["a"]["selected_conversation"] == "C1"
    assert values["e"]["a"]["rich_text_value"]["type"] == "rich_text"
    assert values["f"]["a"]["selected_users"] == []


def test_what_was_typed_survives_only_in_the_same_field() -> None:
    """Another kind of element under the same ids starts afresh."""
    typed = {"b": {"a": {"type": "plain_text_input", "value": "tea"}}}

    same = initial_values(_form({"type": "plain_text_input"}), here=None, before=typed)
    other = initial_values(_form({"type": "datepicker"}), here=None, before=typed)

    assert same["b"]["a"]["value"] == "tea"
    assert other["b"]["a"] == {"type": "datepicker", "selected_date": None}
