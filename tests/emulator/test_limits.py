"""Slack's limits: each value at its limit is accepted, one beyond it is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import block_elements, blocks
from slack_sdk.web.async_client import AsyncWebClient

from emulator.block_kit import BLOCKS, ELEMENTS
from emulator.slack import LocalSlack

Blocks = list[dict[str, Any]]
Making = Callable[[int], Blocks]


def _text(length: int) -> dict[str, str]:
    return {"type": "plain_text", "text": "x" * length}


def _button(**changes: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": "a", "text": _text(1), **changes}


def _actions(*elements: dict[str, Any]) -> Blocks:
    return [{"type": "actions", "elements": list(elements)}]


def _section(**fields: Any) -> Blocks:
    return [{"type": "section", **fields}]


def _input(**element: Any) -> Blocks:
    return [{"type": "input", "label": _text(1), "element": element}]


def _option(number: int = 0, **changes: Any) -> dict[str, Any]:
    return {"text": _text(1), "value": f"v{number}", **changes}


def _select(options: Blocks) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "s", "options": options}


def _confirm(**changes: Any) -> dict[str, Any]:
    confirm = {"title": _text(1), "text": _text(1), **changes}
    return _button(confirm=confirm)


def _rows(rows: int, cells: int) -> Blocks:
    cell = {"type": "raw_text", "text": "x"}
    return [{"type": "table", "rows": [[cell] * cells] * rows}]


def _card(**fields: Any) -> dict[str, Any]:
    return {"type": "card", "title": _text(1), **fields}


def _container(**fields: Any) -> Blocks:
    child = {"type": "divider"}
    base = {"type": "container", "title": _text(1), "child_blocks": [child]}
    return [{**base, **fields}]


#: What, its limit, and how to make it as long as asked.
MESSAGE_LIMITS: dict[str, tuple[int, Making]] = {
    "blocks": (50, lambda n: [{"type": "divider"}] * n),
    "section.text": (3000, lambda n: _section(text=_text(n))),
    "section.fields": (10, lambda n: _section(fields=[_text(1)] * n)),
    "section.fields.text": (2000, lambda n: _section(fields=[_text(n)])),
    "header.text": (150, lambda n: [{"type": "header", "text": _text(n)}]),
    "block_id": (255, lambda n: [{"type": "divider", "block_id": "x" * n}]),
    "context.elements": (
        10,
        lambda n: [{"type": "context", "elements": [_text(1)] * n}],
    ),
    "actions.elements": (
        25,
        lambda n: _actions(*(_button(action_id=f"a{i}") for i in range(n))),
    ),
    "button.text": (75, lambda n: _actions(_button(text=_text(n)))),
    "button.value": (2000, lambda n: _actions(_button(value="x" * n))),
    "button.url": (3000, lambda n: _actions(_button(url="x" * n))),
    "button.action_id": (255, lambda n: _actions(_button(action_id="x" * n))),
    "button.accessibility_label": (
        75,
        lambda n: _actions(_button(accessibility_label="x" * n)),
    ),
    "confirm.title": (100, lambda n: _actions(_confirm(title=_text(n)))),
    "confirm.text": (300, lambda n: _actions(_confirm(text=_text(n)))),
    "confirm.confirm": (30, lambda n: _actions(_confirm(confirm=_text(n)))),
    "confirm.deny": (30, lambda n: _actions(_confirm(deny=_text(n)))),
    "select.options": (
        100,
        lambda n: _actions(_select([_option(i) for i in range(n)])),
    ),
    "option.text": (75, lambda n: _actions(_select([_option(text=_text(n))]))),
    "option.value": (150, lambda n: _actions(_select([_option(value="x" * n)]))),
    "option.description": (
        75,
        lambda n: _actions(_select([_option(description=_text(n))])),
    ),
    "select.placeholder": (
        150,
        lambda n: _actions({**_select([_option()]), "placeholder": _text(n)}),
    ),
    "overflow.options": (
        5,
        lambda n: _actions(
            {"type": "overflow", "options": [_option(i) for i in range(n)]}
        ),
    ),
    "checkboxes.options": (
        10,
        lambda n: _actions(
            {"type": "checkboxes", "options": [_option(i) for i in range(n)]}
        ),
    ),
    "radio_buttons.options": (
        10,
        lambda n: _actions(
            {"type": "radio_buttons", "options": [_option(i) for i in range(n)]}
        ),
    ),
    "image.image_url": (
        3000,
        lambda n: [{"type": "image", "image_url": "x" * n, "alt_text": "x"}],
    ),
    "image.alt_text": (
        2000,
        lambda n: [{"type": "image", "image_url": "x", "alt_text": "x" * n}],
    ),
    "table.rows": (100, lambda n: _rows(n, 1)),
    "table.cells": (20, lambda n: _rows(1, n)),
    "context_actions.elements": (
        5,
        lambda n: [
            {
                "type": "context_actions",
                "elements": [{"type": "icon_button", "icon": "trash", "text": _text(1)}]
                * n,
            }
        ],
    ),
    "card.title": (150, lambda n: [_card(title=_text(n))]),
    "card.subtitle": (150, lambda n: [_card(subtitle=_text(n))]),
    "card.body": (200, lambda n: [_card(body=_text(n))]),
    "carousel.elements": (
        10,
        lambda n: [{"type": "carousel", "elements": [_card()] * n}],
    ),
    "container.title": (150, lambda n: _container(title=_text(n))),
    "container.child_blocks": (
        10,
        lambda n: _container(child_blocks=[{"type": "divider"}] * n),
    ),
}
#: The same for modals.
VIEW_LIMITS: dict[str, tuple[int, Callable[[int], dict[str, Any]]]] = {
    "title": (24, lambda n: {"title": _text(n)}),
    "submit": (24, lambda n: {"submit": _text(n)}),
    "close": (24, lambda n: {"close": _text(n)}),
    "private_metadata": (3000, lambda n: {"private_metadata": "x" * n}),
    "callback_id": (255, lambda n: {"callback_id": "x" * n}),
    "external_id": (255, lambda n: {"external_id": "x" * n}),
    "blocks": (100, lambda n: {"blocks": [{"type": "divider"}] * n}),
    "input.label": (
        2000,
        lambda n: {
            "blocks": [{**_input(type="plain_text_input")[0], "label": _text(n)}]
        },
    ),
    "input.hint": (
        2000,
        lambda n: {
            "blocks": [{**_input(type="plain_text_input")[0], "hint": _text(n)}]
        },
    ),
    "plain_text_input.max_length": (
        3000,
        lambda n: {"blocks": _input(type="plain_text_input", max_length=n)},
    ),
    "plain_text_input.placeholder": (
        150,
        lambda n: {"blocks": _input(type="plain_text_input", placeholder=_text(n))},
    ),
    "file_input.max_files": (
        10,
        lambda n: {"blocks": _input(type="file_input", max_files=n)},
    ),
    "rich_text_input.max_lines": (
        100,
        lambda n: {"blocks": _input(type="rich_text_input", max_lines=n)},
    ),
}


async def _post(web: AsyncWebClient, shown: Blocks) -> Any:
    return await web.chat_postMessage(channel="C0GENERAL0", text="x", blocks=shown)


async def _open(web: AsyncWebClient, slack: LocalSlack, **changes: Any) -> Any:
    trigger = slack.triggers.new("U0ANARUIZ0", here=None)
    base = {"type": "modal", "title": _text(1), "submit": _text(1), "blocks": []}
    return await web.views_open(trigger_id=trigger, view={**base, **changes})


@pytest.mark.parametrize("what", MESSAGE_LIMITS)
async def test_limits_of_messages(what: str, web: AsyncWebClient) -> None:
    """The limit itself is fine; one more is refused, with the place."""
    limit, make = MESSAGE_LIMITS[what]

    assert (await _post(web, make(limit)))["ok"]
    with pytest.raises(SlackApiError) as refused:
        await _post(web, make(limit + 1))

    answer = refused.value.response
    assert answer["error"] == "invalid_blocks"
    messages = answer["response_metadata"]["messages"]
    assert any(str(limit) in m or str(limit + 1) in m for m in messages)
    assert all("[json-pointer:/blocks" in message for message in messages)
    assert [f"[ERROR] {one}" for one in answer["errors"]] == messages


@pytest.mark.parametrize("what", VIEW_LIMITS)
async def test_limits_of_modals(
    what: str, web: AsyncWebClient, slack: LocalSlack
) -> None:
    """The same for what a modal holds."""
    limit, make = VIEW_LIMITS[what]

    assert (await _open(web, slack, **make(limit)))["ok"]
    with pytest.raises(SlackApiError) as refused:
        await _open(web, slack, **make(limit + 1))

    answer = refused.value.response
    assert answer["error"] == "invalid_arguments"
    messages = answer["response_metadata"]["messages"]
    assert all("[json-pointer:/view" in message for message in messages)


#: What is wrong in itself, and what Slack says of it.
MISTAKES: dict[str, tuple[Blocks, str]] = {
    "an unknown block": (
        [{"type": "hologram"}],
        "unsupported type: hologram [json-pointer:/blocks/0/type]",
    ),
    "an unknown element": (
        _actions({"type": "knob"}),
        "unsupported type: knob [json-pointer:/blocks/0/elements/0/type]",
    ),
    "no type": ([{}], "missing required field: type [json-pointer:/blocks/0]"),
    "no text": (
        [{"type": "header"}],
        "missing required field: text [json-pointer:/blocks/0]",
    ),
    "an empty text": (
        _section(text=_text(0)),
        "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
    ),
    "an empty section": (
        _section(),
        "must define either `text` or `fields` [json-pointer:/blocks/0]",
    ),
    "mrkdwn where plain_text must be": (
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    "an unknown field": (
        [{"type": "divider", "colour": "red"}],
        "invalid additional property: colour [json-pointer:/blocks/0]",
    ),
    "a wrong style": (
        _actions(_button(style="loud")),
        "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]",
    ),
    "an input element in a section": (
        _section(text=_text(1), accessory={"type": "plain_text_input"}),
        "unsupported type: plain_text_input [json-pointer:/blocks/0/accessory/type]",
    ),
    "the same block_id twice": (
        [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}],
        "block_id a already exists [json-pointer:/blocks/1/block_id]",
    ),
    "the same action_id twice": (
        _actions(_button(), _button()),
        "action_id a already exists [json-pointer:/blocks/0/elements/1/action_id]",
    ),
    "no elements": (
        _actions(),
        "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]",
    ),
}


@pytest.mark.parametrize("what", MISTAKES)
async def test_mistakes(what: str, web: AsyncWebClient) -> None:
    """A wrong block is refused with Slack's words for it."""
    wrong, message = MISTAKES[what]

    with pytest.raises(SlackApiError) as refused:
        await _post(web, wrong)

    assert message in refused.value.response["errors"]


@pytest.mark.parametrize("kind", ["markdown", "table", "plan", "task_card"])
async def test_blocks_for_messages_only(
    kind: str, web: AsyncWebClient, slack: LocalSlack
) -> None:
    """Some blocks are refused outside messages."""
    fields: dict[str, dict[str, Any]] = {
        "markdown": {"text": "# x"},
        "table": {"rows": [[{"type": "raw_text", "text": "x"}]]},
        "plan": {"title": "x"},
        "task_card": {"task_id": "1", "title": "x", "status": "pending"},
    }
    block = fields[kind]

    assert (await _post(web, [{"type": kind, **block}]))["ok"]
    with pytest.raises(SlackApiError, match=f"unsupported type: {kind}"):
        await _open(web, slack, blocks=[{"type": kind, **block}])


async def test_markdown_counts_together(web: AsyncWebClient) -> None:
    """12,000 characters over all markdown blocks of a message."""
    half = {"type": "markdown", "text": "x" * 6_000}
    more = {"type": "markdown", "text": "x" * 6_001}

    assert (await _post(web, [half, half]))["ok"]
    with pytest.raises(SlackApiError, match="msg_too_long"):
        await _post(web, [half, more])


async def test_one_table_a_message(web: AsyncWebClient) -> None:
    """A second table is refused."""
    with pytest.raises(SlackApiError, match="only_one_table_allowed"):
        await _post(web, _rows(1, 1) * 2)


async def test_a_view_that_is_too_large(web: AsyncWebClient, slack: LocalSlack) -> None:
    """250 kB of JSON is the most, however the blocks share it."""
    many = _section(text=_text(2_900)) * 90

    with pytest.raises(SlackApiError, match="view_too_large"):
        await _open(web, slack, blocks=many)


async def test_a_form_needs_a_submit_button(
    web: AsyncWebClient, slack: LocalSlack
) -> None:
    """A modal with inputs has to say what its button says."""
    with pytest.raises(SlackApiError, match="missing required field: submit"):
        await _open(web, slack, submit=None, blocks=_input(type="plain_text_input"))


async def test_a_refused_message_is_not_posted(
    web: AsyncWebClient, slack: LocalSlack
) -> None:
    """A refusal changes nothing."""
    with pytest.raises(SlackApiError):
        await _post(web, [{"type": "hologram"}])

    assert slack.workspace.channel("general").messages == {}


def test_the_table_knows_what_slacks_sdk_knows() -> None:
    """Every block and element of slack_sdk stands in the table."""

    def types(module: Any, base: type) -> set[str]:
        found = [v for v in vars(module).values() if isinstance(v, type)]
        kinds = {getattr(c, "type", None) for c in found if issubclass(c, base)}
        return {kind for kind in kinds if isinstance(kind, str)}

    parts_of_rich_text = {
        kind
        for kind in types(block_elements, block_elements.BlockElement)
        if kind.startswith("rich_text_") and kind != "rich_text_input"
    }
    known = types(block_elements, block_elements.BlockElement) - parts_of_rich_text
    assert types(blocks, blocks.Block) <= BLOCKS.keys()
    assert known <= ELEMENTS.keys()
