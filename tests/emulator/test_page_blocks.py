"""What the page draws: Block Kit whole, text as text, controls that report."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect
from slack_bolt.async_app import AsyncApp
from slack_sdk.models.blocks import Block, block_elements, blocks
from slack_sdk.models.blocks.block_elements import (
    ImageElement,
    InteractiveElement,
)
from slack_sdk.web.async_client import AsyncWebClient

from emulator.slack import LocalSlack
from tests.emulator.bolt_apps import connected
from tests.emulator.windows import Windows, browsing, needs_browser

CONTENT = "C0CONTENT0"
STATIC = Path(__file__).parents[2] / "emulator" / "static"

#: Text as a model, or somebody with bad intentions, might write it.
HOSTILE = (
    "<img src=x onerror=alert(1)> <script>alert(1)</script> "
    "[click](javascript:alert(1)) <javascript:alert(1)|here> "
    "**bold** *bold* &lt;b&gt; <!channel> ![pic](http://192.0.2.1/pixel.png)"
)


@pytest.fixture
async def windows(slack: LocalSlack) -> AsyncIterator[Windows]:
    async with browsing(slack) as windows:
        yield windows


@pytest.fixture
async def page(windows: Windows) -> Page:
    return await windows.open("?as=ana&channel=content-team")


def text(words: str, kind: str = "plain_text") -> dict[str, str]:
    return {"type": kind, "text": words}


def options(*values: str) -> list[dict[str, Any]]:
    return [{"text": text(value.title()), "value": value} for value in values]


def subclasses(base: Any) -> Iterator[Any]:
    for child in base.__subclasses__():
        yield child
        yield from subclasses(child)


@needs_browser
async def test_every_block_of_the_sdk_is_drawn(page: Page) -> None:
    """Whatever Slack's own SDK can build, the page can draw."""
    script = "import('/app/blocks/blocks.js').then(m => Object.keys(m.BLOCKS))"
    drawn = set(await page.evaluate(script))

    known = {c.type for c in subclasses(Block) if c.__module__ == blocks.__name__}

    assert known - drawn == set()


@needs_browser
async def test_every_element_of_the_sdk_is_drawn(page: Page) -> None:
    """Buttons, selects, pickers, inputs: none is missing."""
    script = "import('/app/controls/elements.js').then(m => Object.keys(m.ELEMENTS))"
    drawn = set(await page.evaluate(script))

    known = {
        element.type
        for element in [*subclasses(InteractiveElement), ImageElement]
        if element.__module__ == block_elements.__name__
        and "type" in vars(element)  # else it is only a base
    }

    assert "static_select" in known
    assert known - drawn == set()


@needs_browser
async def test_every_part_of_rich_text_is_drawn(page: Page) -> None:
    """All elements that may stand in a `rich_text` block."""
    parts: list[Any] = list(vars(block_elements.RichTextElementParts).values())
    kinds = [part.type for part in parts if hasattr(part, "type")]
    script = """async kinds => {
        const { richText } = await import('/app/text/richtext.js');
        const session = { me: { tz: 'UTC' }, users: new Map(), channelNames: new Map(),
                          groups: new Map(), workspace: { team: { name: 'Team' } } };
        const section = type => ({ type: 'rich_text_section', elements: [{ type,
            timestamp: 0, format: '{date}', name: 'tada', url: 'https://example.com' }] });
        const drawn = richText({ elements: kinds.map(section) }, session);
        return drawn.querySelectorAll('.unknown-span').length;
    }"""

    assert len(kinds) >= 10
    assert await page.evaluate(script, kinds) == 0


@needs_browser
async def test_an_unknown_block_is_said(page: Page) -> None:
    """A block of the future is not left out in silence."""
    script = """async () => {
        const { renderBlock } = await import('/app/blocks/blocks.js');
        const node = renderBlock({ type: 'hologram', colour: 'blue' }, {});
        return node.textContent;
    }"""

    said = await page.evaluate(script)

    assert "cannot draw the block “hologram”" in said
    assert '"colour": "blue"' in said


HOSTILE_BLOCKS: list[dict[str, Any]] = [
    {"type": "section", "text": text(HOSTILE, "mrkdwn")},
    {"type": "section", "text": text(HOSTILE)},
    {"type": "markdown", "text": HOSTILE},
    {"type": "header", "text": text(HOSTILE[:150])},
    {"type": "context", "elements": [text(HOSTILE, "mrkdwn")]},
    {"type": "alert", "text": text(HOSTILE, "mrkdwn"), "level": "info"},
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": HOSTILE},
                    {"type": "link", "url": "javascript:alert(1)", "text": "go"},
                ],
            }
        ],
    },
    {"type": "table", "rows": [[{"type": "raw_text", "text": HOSTILE}]]},
    {
        "type": "actions",
        "elements": [{"type": "button", "action_id": "b", "text": text(HOSTILE[:75])}],
    },
]


@needs_browser
async def test_hostile_text_is_only_text(page: Page, web: AsyncWebClient) -> None:
    """No markup, no script, no picture from elsewhere, no link that runs code."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    await web.chat_postMessage(channel=CONTENT, text="x", blocks=HOSTILE_BLOCKS)
    message = page.get_by_role("article")

    for number in range(len(HOSTILE_BLOCKS)):
        block = message.locator(".block").nth(number)
        await expect(block).to_contain_text("<img src=x onerror=alert(1)>")
    assert await message.locator("script, img, iframe").count() == 0
    script = "nodes => nodes.map(node => node.protocol)"
    assert set(await message.locator("a").evaluate_all(script)) <= {"http:"}
    assert not [url for url in asked if "192.0.2.1" in url]


FORMATS = {
    "*bold* _slant_ ~gone~ `code`": "<strong><em><s><code>",
    "2 * 3 * 4 and a_b_c": "",
    "<https://example.com|site> &amp; <mailto:a@example.com|mail>": "<a><a>",
    "> quoted\nnot": "<blockquote>",
    "```\nx *y*\n```": "<pre><code>",
    "*a `b*` c*, (_d_)": "<strong><code><em>",
    "**not bold** and < less": "",
}


@needs_browser
async def test_slacks_own_format(page: Page, web: AsyncWebClient) -> None:
    """mrkdwn becomes exactly these elements, in this order."""
    wanted = "strong, em, s, code, a, blockquote, pre"
    script = f"n => [...n.querySelectorAll('{wanted}')].map(e => e.localName)"

    for written in FORMATS:
        await web.chat_postMessage(channel=CONTENT, text=written)
    messages = page.get_by_role("article").locator(".text")
    await expect(messages).to_have_count(len(FORMATS))

    found = [await message.evaluate(script) for message in await messages.all()]
    shown = ["".join(f"<{name}>" for name in names) for names in found]
    assert dict(zip(FORMATS, shown, strict=True)) == FORMATS


@needs_browser
async def test_names_and_dates(page: Page, web: AsyncWebClient) -> None:
    """People, channels and groups by name; a date in the reader's time zone."""
    await web.chat_postMessage(
        channel=CONTENT,
        text="<@U0BENOKAF0> <#C0GENERAL0|x> <!subteam^S0APPROVER> <!here> "
        "<!date^1795237200^{date_num} {time}|some day>",
    )

    # 1795237200 is 2026-11-21 05:00 UTC; Ana reads it in Madrid.
    await expect(page.get_by_role("article")).to_contain_text(
        "@Ben Okafor #general @approvers @here 2026-11-21 06:00"
    )


@needs_browser
async def test_a_button_for_some_is_not_shown_to_others(
    page: Page, web: AsyncWebClient
) -> None:
    """`visible_to_user_ids` hides; it is no authority, and the app knows that."""
    elements = [
        {"type": "button", "action_id": "all", "text": text("For all")},
        {
            "type": "button",
            "action_id": "ben",
            "text": text("For Ben"),
            "visible_to_user_ids": ["U0BENOKAF0"],
        },
    ]
    block = {"type": "actions", "elements": elements}
    await web.chat_postMessage(channel=CONTENT, text="x", blocks=[block])

    await expect(page.get_by_role("button", name="For all")).to_be_visible()
    await expect(page.get_by_role("button", name="For Ben")).to_have_count(0)


async def pick(control: Locator, name: str, *, role: Any = "option") -> None:
    """Open a list (the control is its opener, or holds it) and choose from it."""
    holds = await control.get_by_role("combobox").count()
    await (control.get_by_role("combobox") if holds else control).click()
    await control.page.get_by_role(role, name=name, exact=True).click()
    await control.page.keyboard.press("Escape")  # a list of several stays open


CONTROLS: list[tuple[dict[str, Any], Any, dict[str, Any]]] = [
    (
        {"type": "static_select", "options": options("low", "high")},
        lambda control: pick(control, "High"),
        {"selected_option": {"value": "high"}},
    ),
    (
        {"type": "multi_static_select", "options": options("a", "b")},
        lambda control: pick(control, "B"),
        {"selected_options": [{"value": "b"}]},
    ),
    (
        {"type": "users_select"},
        lambda control: pick(control, "Chiara Rossi"),
        {"selected_user": "U0CHIARAR0"},
    ),
    (
        {"type": "conversations_select", "filter": {"include": ["public"]}},
        lambda control: pick(control, "general"),
        {"selected_conversation": "C0GENERAL0"},
    ),
    (
        {"type": "channels_select"},
        lambda control: pick(control, "approvals"),
        {"selected_channel": "C0APPROVA0"},
    ),
    (
        {"type": "radio_buttons", "options": options("yes", "no")},
        lambda control: control.get_by_label("No").check(),
        {"selected_option": {"value": "no"}},
    ),
    (
        {"type": "checkboxes", "options": options("x", "y")},
        lambda control: control.get_by_label("Y").check(),
        {"selected_options": [{"value": "y"}]},
    ),
    (
        {"type": "datepicker"},
        lambda control: control.fill("2026-12-24"),
        {"selected_date": "2026-12-24"},
    ),
    (
        {"type": "timepicker"},
        lambda control: control.fill("17:30"),
        {"selected_time": "17:30"},
    ),
    (
        {"type": "datetimepicker"},
        # 2026-12-24 17:30 in Madrid is 16:30 UTC.
        lambda control: control.fill("2026-12-24T17:30"),
        {"selected_date_time": 1798129800},
    ),
    (
        {"type": "overflow", "options": options("open", "note")},
        lambda control: pick(control, "Note", role="menuitem"),
        {"selected_option": {"value": "note"}},
    ),
]


@needs_browser
async def test_controls_report_what_was_chosen(
    page: Page, app: AsyncApp, slack: LocalSlack, web: AsyncWebClient
) -> None:
    """Each control in a message tells the app at once, in Slack's form."""
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @app.action(re.compile("."))
    async def used(ack: Any, action: dict[str, Any]) -> None:
        await ack()
        heard.put_nowait(action)

    elements = [{**element, "action_id": element["type"]} for element, *_ in CONTROLS]
    block = {"type": "actions", "elements": elements}
    await web.chat_postMessage(channel=CONTENT, text="x", blocks=[block])

    async with connected(app, slack):
        for element, use, reported in CONTROLS:
            await use(page.locator(f'[data-action-id="{element["type"]}"]'))
            action = await asyncio.wait_for(heard.get(), timeout=5)
            assert action["action_id"] == element["type"]
            assert {key: bare(action[key]) for key in reported} == reported


def bare(value: Any) -> Any:
    """Options by their value alone."""
    if isinstance(value, list):
        return [bare(item) for item in value]
    return {"value": value["value"]} if isinstance(value, dict) else value


def test_no_module_makes_markup_of_text() -> None:
    """Text becomes nodes in one way only; the page's policy forbids the others too."""
    ways = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|"
        r"setAttribute\(.style|DOMParser|srcdoc|createContextualFragment"
    )

    found = [
        f"{path.name}: {match[0]}"
        for path in (STATIC / "app").rglob("*.js")
        for match in ways.finditer(path.read_text("utf-8"))
    ]

    assert found == []


def test_what_others_wrote_carries_its_licence() -> None:
    """Every vendored folder has a licence, and a line in the table."""
    table = (STATIC / "vendor" / "README.md").read_text("utf-8")
    folders = [path for path in (STATIC / "vendor").iterdir() if path.is_dir()]

    assert folders
    for folder in folders:
        assert (folder / "LICENSE").is_file()
        assert f"`{folder.name}/`" in table
