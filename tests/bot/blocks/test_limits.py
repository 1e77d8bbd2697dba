"""The net under everything that leaves."""

from typing import Any

import pytest

from bot.blocks.limits import check
from bot.blocks.message import Message, note


def a_message(*blocks: dict[str, Any], text: str = "text") -> Message:
    return Message(text, blocks)


def a_view(*blocks: dict[str, Any], **changes: Any) -> dict[str, Any]:
    title = {"type": "plain_text", "text": "Title"}
    return {"type": "modal", "title": title, "blocks": list(blocks)} | changes


def a_section(text: str = "x", **changes: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}} | changes


def a_button(**changes: Any) -> dict[str, Any]:
    label = {"type": "plain_text", "text": "Go"}
    return {"type": "button", "action_id": "a", "text": label, "value": "v"} | changes


INPUT = {
    "type": "input",
    "label": {"type": "plain_text", "text": "Label"},
    "element": {"type": "plain_text_input", "action_id": "value"},
}
OPTION = {"text": {"type": "plain_text", "text": "One"}, "value": "1"}
OTHER = {"text": {"type": "plain_text", "text": "Two"}, "value": "2"}


@pytest.mark.parametrize(
    ("shown", "complaint"),
    [
        (a_message(a_section(), text=""), "/text: is empty"),
        (a_message(a_section(), text="x" * 4_001), "/text: 4001 is more than 4000"),
        (a_message(), "/blocks: is empty"),
        (a_message(*[a_section()] * 51), "/blocks: 51 is more than 50"),
        (a_message(a_section("x" * 3_001)), "/blocks/0/text: 3001 is more than 3000"),
        (a_message(a_section("😀" * 1_501)), "/blocks/0/text: 3002 is more than 3000"),
        (a_message(a_section("")), "/blocks/0/text: is empty"),
        (a_message({"type": "sektion"}), "/blocks/0: sektion is not something that we send"),
        (
            a_message(a_section(block_id="b"), a_section(block_id="b")),
            "/blocks/1/block_id: b is there twice",
        ),
        (
            a_message({"type": "actions", "elements": [a_button(), a_button()]}),
            "/blocks/0: an action_id is there twice",
        ),
        (
            a_message({"type": "actions", "elements": [a_button(value="x" * 201)]}),
            "/blocks/0/elements/0/value: 201 is more than 200",
        ),
        (
            a_message(
                {
                    "type": "rich_text",
                    "elements": [{"type": "rich_text_section", "elements": []}],
                }
            ),
            "/blocks/0/elements/0/elements: is empty",
        ),
        (a_view(*[a_section()] * 101), "/blocks: 101 is more than 100"),
        (
            a_view(a_section(), private_metadata="x" * 3_001),
            "/private_metadata: 3001 is more than 3000",
        ),
        (a_view(INPUT), "/submit: is missing, and there is an input"),
        (
            a_view(a_section(), title={"type": "plain_text", "text": "x" * 25}),
            "/title: 25 is more than 24",
        ),
        (
            a_view(*[a_section("x" * 3_000)] * 90),
            "/: 275569 bytes of JSON are more than 250000",
        ),
        (
            a_message(
                a_section(
                    accessory={
                        "type": "static_select",
                        "action_id": "a",
                        "options": [OPTION],
                        "initial_option": OTHER,
                    }
                )
            ),
            "/blocks/0/accessory: what is chosen at first is not among the options",
        ),
        ({"type": "home", "blocks": []}, "/type: is not modal"),
    ],
)  # fmt: skip
def test_what_slack_refuses_is_found(
    shown: Message | dict[str, Any], complaint: str
) -> None:
    """Each limit has its complaint, with the place."""
    found = check(shown)

    assert [one for one in found if one.startswith(complaint)], found


def test_what_slack_takes_passes() -> None:
    """Exactly at the limits nothing is said."""
    submit = {"type": "plain_text", "text": "x" * 24}

    assert check(a_message(*[a_section("x" * 1_000)] * 50, text="x" * 4_000)) == []
    assert check(a_view(INPUT, submit=submit, private_metadata="")) == []
    assert check(note("*Hello*")) == []
