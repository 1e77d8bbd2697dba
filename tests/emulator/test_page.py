"""People at work in the page: clicking, typing, two of them side by side."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page, expect
from slack_bolt.async_app import AsyncApp
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ConfirmObject,
    InputBlock,
    PlainTextInputElement,
    SectionBlock,
)
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from emulator.client import Person, Workspace
from emulator.seed import WorkspaceSeed
from emulator.slack import LocalSlack
from tests.emulator.bolt_apps import connected
from tests.emulator.windows import Windows, browsing, needs_browser

pytestmark = needs_browser

CONTENT = "C0CONTENT0"
AT_WORK = "?as={}&channel=content-team"
CARD = [
    SectionBlock(block_id="what", text="Approve *the draft*?"),
    ActionsBlock(
        block_id="verdict",
        elements=[
            ButtonElement(
                action_id="approve",
                text="Approve",
                style="primary",
                confirm=ConfirmObject(
                    title="Sure?", text="It is published.", confirm="Publish"
                ),
            ),
            ButtonElement(action_id="revise", text="Revise…"),
        ],
    ),
]
FORM = View(
    type="modal",
    callback_id="create",
    title="Start a crew",
    submit="Start",
    close="Cancel",
    blocks=[
        InputBlock(
            block_id="topic",
            label="Topic",
            element=PlainTextInputElement(action_id="value"),
        ),
        ActionsBlock(
            block_id="more",
            elements=[ButtonElement(action_id="push", text="What is this?")],
        ),
    ],
)
PUSHED = View(
    type="modal",
    title="About topics",
    blocks=[SectionBlock(text="One line says what the text is about.")],
)


@pytest.fixture
async def windows(slack: LocalSlack) -> AsyncIterator[Windows]:
    async with browsing(slack) as windows:
        yield windows


@pytest.fixture
async def crew(app: AsyncApp, slack: LocalSlack) -> AsyncIterator[list[Any]]:
    """A stock Bolt app: a command, a modal that finds fault, a card that is decided."""
    heard: list[Any] = []

    @app.command("/crew")
    async def command(ack: Any, body: Any, client: Any) -> None:
        heard.append(body["text"])
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)
        await ack()

    @app.action("push")
    async def push(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_push(trigger_id=body["trigger_id"], view=PUSHED)

    @app.view("create")
    async def create(ack: Any, view: Any) -> None:
        topic = view["state"]["values"]["topic"]["value"]["value"]
        if topic == "secret":
            errors = {"topic": "Not this one."}
            await ack(response_action="errors", errors=errors)
        else:
            heard.append(topic)
            await ack()

    @app.action("approve")
    async def approve(ack: Any, body: Any, client: Any) -> None:
        await ack()
        done = [CARD[0], SectionBlock(text=f"Approved by <@{body['user']['id']}>")]
        place = {"channel": body["channel"]["id"], "ts": body["message"]["ts"]}
        await client.chat_update(**place, text="Approved", blocks=done)

    async with connected(app, slack):
        yield heard


async def post_card(web: AsyncWebClient, **more: Any) -> str:
    answer = await web.chat_postMessage(
        channel=CONTENT, text="Approve the draft?", blocks=CARD, **more
    )
    return str(answer["ts"])


def composer(page: Page, *, thread: bool = False) -> Any:
    return page.get_by_role("complementary" if thread else "main").get_by_role(
        "textbox", name=re.compile("^(Message|Reply)")
    )


async def focused(page: Page) -> Any:
    script = "document.activeElement.getAttribute('aria-label') ?? ''"
    return await page.evaluate(script)


async def test_a_first_visit_says_what_to_do(windows: Windows) -> None:
    """One line tells a newcomer the first command; a button types it for them."""
    page = await windows.open(AT_WORK.format("ana"), stay=False)

    await page.get_by_role("button", name="Try it").click()

    await expect(composer(page)).to_have_value(re.compile("^/crew"))
    await expect(composer(page)).to_be_focused()


async def test_a_card_is_approved_by_clicking(
    windows: Windows, web: AsyncWebClient, crew: list[Any]
) -> None:
    """The click asks first; the decided card changes in place, as the same node."""
    del crew
    ts = await post_card(web)
    page = await windows.open(AT_WORK.format("ben"))
    card = page.locator(f'[data-ts="{ts}"]')
    await card.evaluate("node => { node.same = true; }")

    await card.locator('[data-action-id="approve"]').click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Publish").click()

    await expect(card).to_contain_text("Approved by @Ben Okafor")
    await expect(card.get_by_role("button", name="Approve")).to_have_count(0)
    assert await card.evaluate("node => node.same") is True


async def test_taking_a_click_back(
    windows: Windows, web: AsyncWebClient, workspace: Workspace, crew: list[Any]
) -> None:
    """Who says no to "Sure?" has done nothing."""
    del crew
    await post_card(web)
    page = await windows.open(AT_WORK.format("ben"))

    await page.get_by_role("button", name="Approve").click()
    await page.keyboard.press("Escape")

    await expect(page.get_by_role("alertdialog")).to_have_count(0)
    await expect(page.get_by_role("button", name="Approve")).to_be_focused()
    sent = [e["type"] for e in await workspace.envelopes()]
    assert "interactive" not in sent


async def test_a_modal_says_what_is_wrong_beside_the_field(
    windows: Windows, crew: list[Any]
) -> None:
    """Slack's own complaint, then the app's, stand at the field; then it goes."""
    page = await windows.open(AT_WORK.format("ana"))
    await composer(page).fill("/crew create")
    await composer(page).press("Enter")
    modal = page.get_by_role("dialog", name="Start a crew")
    topic = modal.get_by_label("Topic")

    await modal.get_by_role("button", name="Start").click()
    await expect(modal.get_by_role("alert")).to_have_count(1)
    await expect(topic).to_be_focused()
    await topic.fill("secret")
    await topic.press("Enter")
    await expect(modal.get_by_role("alert")).to_have_text("Not this one.")
    await expect(topic).to_have_attribute("aria-invalid", "true")
    await topic.fill("Lamps")
    await topic.press("Enter")

    await expect(modal).to_have_count(0)
    assert crew == ["create", "Lamps"]


async def test_a_pushed_view_leaves_what_was_typed(
    windows: Windows, crew: list[Any]
) -> None:
    """Escape goes back one view, to the form as it was left."""
    del crew
    page = await windows.open(AT_WORK.format("ana"))
    await composer(page).fill("/crew create")
    await composer(page).press("Enter")
    await page.get_by_label("Topic").fill("Half a thought")

    await page.get_by_role("button", name="What is this?").click()
    await expect(page.get_by_role("dialog", name="About topics")).to_be_visible()
    await page.keyboard.press("Escape")

    await expect(page.get_by_label("Topic", exact=True)).to_have_value("Half a thought")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_two_people_in_two_windows(
    windows: Windows, web: AsyncWebClient, crew: list[Any]
) -> None:
    """What one decides, the other sees; a channel one is not in gets its mark."""
    del crew
    ana = await windows.open("?as=ana&channel=general")
    ben = await windows.open(AT_WORK.format("ben"))
    mark = ana.locator('[data-channel-name="content-team"] .count')
    await expect(mark).to_have_count(0)

    await post_card(web)
    await expect(mark).to_have_text("1")
    await ana.locator('[data-channel-name="content-team"]').click()
    await ben.get_by_role("button", name="Approve").click()
    await ben.get_by_role("button", name="Publish").click()

    await expect(ana.get_by_text("Approved by @Ben Okafor")).to_be_visible()
    await expect(mark).to_have_count(0)


async def test_becoming_somebody_else(windows: Windows, web: AsyncWebClient) -> None:
    """One click makes this window another person, also in its address."""
    page = await windows.open(AT_WORK.format("ana"))
    await web.chat_postEphemeral(channel=CONTENT, user="U0ANARUIZ0", text="For Ana")
    note = page.get_by_text("For Ana")
    await expect(note).to_be_visible()
    await expect(page.get_by_text("Only visible to you")).to_be_visible()

    await page.get_by_role("radio", name="Ben").click()

    await expect(composer(page)).to_have_attribute(
        "placeholder", "Message #content-team as Ben"
    )
    await expect(note).to_have_count(0)
    await expect(page).to_have_url(re.compile(r"\?as=ben&channel=content-team$"))


async def test_keyboard_alone(windows: Windows, crew: list[Any]) -> None:
    """Command, form and answer without a mouse; focus never leaves the open modal."""
    page = await windows.open(AT_WORK.format("ana"))
    await page.keyboard.type("/cr")
    await page.keyboard.press("Tab")
    await page.keyboard.type("create topic=“Tea”")
    await page.keyboard.press("Enter")
    modal = page.get_by_role("dialog", name="Start a crew")
    await expect(modal.get_by_label("Topic")).to_be_focused()

    for _ in range(8):
        await page.keyboard.press("Tab")
        inside = "document.activeElement.closest('dialog') ?? document.activeElement"
        assert await page.evaluate(f"({inside}).tagName") in {"DIALOG", "BODY"}
    await page.keyboard.press("Escape")

    await expect(modal).to_have_count(0)
    assert await focused(page) == "Message #content-team as Ana Ruiz"
    assert crew == ["create topic=“Tea”"]


async def test_walking_the_messages(
    windows: Windows, web: AsyncWebClient, ana: Person
) -> None:
    """F6 goes from region to region, arrows from message to message, Enter inside."""
    first = await ana.say("First", channel="content-team")
    await post_card(web)
    page = await windows.open(AT_WORK.format("ana"))

    await page.keyboard.press("Shift+F6")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")

    await expect(page).to_have_url(re.compile(f"thread={re.escape(first.ts)}"))
    await expect(composer(page, thread=True)).to_be_focused()
    await page.keyboard.press("Escape")
    main = page.get_by_role("main")
    await expect(main.locator(f'[data-ts="{first.ts}"]')).to_be_focused()


async def test_a_thread(windows: Windows, web: AsyncWebClient, ana: Person) -> None:
    """Replies stand in the thread, their number at the parent; commands do not work."""
    parent = await ana.say("A plan", channel="content-team")
    page = await windows.open(AT_WORK.format("ben"))
    await web.chat_postMessage(channel=CONTENT, thread_ts=parent.ts, text="A reply")

    await page.get_by_role("button", name="1 reply").click()
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_text("A reply")).to_be_visible()
    await composer(page, thread=True).fill("/crew create")
    await composer(page, thread=True).press("Enter")

    await expect(thread.get_by_role("alert")).to_have_text(
        "/crew is not supported in threads. Sorry!"
    )
    await expect(composer(page, thread=True)).to_have_value("/crew create")
    await composer(page, thread=True).fill("Good")
    await composer(page, thread=True).press("Enter")
    await expect(page.get_by_role("button", name="2 replies")).to_be_visible()


async def test_the_composer_remembers(windows: Windows, workspace: Workspace) -> None:
    """What is sent is what was typed, and Arrow Up brings it back."""
    page = await windows.open(AT_WORK.format("ana"))

    await composer(page).fill("“Curly” & <b>straight</b> — @ben")
    await composer(page).press("Enter")
    await expect(page.get_by_role("article")).to_contain_text(
        "“Curly” & <b>straight</b> — @Ben Okafor"
    )
    await composer(page).press("ArrowUp")

    await expect(composer(page)).to_have_value("“Curly” & <b>straight</b> — @ben")
    stored = await workspace.get("/messages", {"as": "ana", "channel": CONTENT})
    assert stored["messages"][-1]["text"] == (
        "“Curly” &amp; &lt;b&gt;straight&lt;/b&gt; — <@U0BENOKAF0>"
    )


async def test_an_ack_that_never_came(
    windows: Windows, web: AsyncWebClient, workspace: Workspace, crew: list[Any]
) -> None:
    """After three seconds of silence the card says so, where the click was."""
    del crew
    ts = await post_card(web)
    await workspace.fault("socket", "lose_ack")
    page = await windows.open(AT_WORK.format("ben"))
    card = page.locator(f'[data-ts="{ts}"]')

    button = card.get_by_role("button", name="Revise…")
    await button.click()
    await expect(button).to_have_attribute("aria-busy", "true")
    await workspace.advance("3s", in_flight=True)

    await expect(card.get_by_role("alert")).to_contain_text(re.compile("respond"))
    await expect(button).not_to_have_attribute("aria-busy", "true")


async def test_a_submission_that_was_never_answered(
    windows: Windows, workspace: Workspace, crew: list[Any]
) -> None:
    """The modal stays, says so, keeps what was typed, and can be sent again."""
    page = await windows.open(AT_WORK.format("ana"))
    await composer(page).fill("/crew create")
    await composer(page).press("Enter")
    modal = page.get_by_role("dialog", name="Start a crew")
    await modal.get_by_label("Topic").fill("Lamps")
    await workspace.fault("socket", "lose_envelope")

    await modal.get_by_role("button", name="Start").click()
    await expect(modal.get_by_role("button", name="Start")).to_be_disabled()
    await workspace.advance("3s", in_flight=True)
    await expect(modal.get_by_role("alert")).to_contain_text("trouble connecting")
    await expect(modal.get_by_label("Topic")).to_have_value("Lamps")
    await modal.get_by_role("button", name="Start").click()

    await expect(modal).to_have_count(0)
    assert crew == ["create", "Lamps"]


async def test_a_draft_waits(windows: Windows) -> None:
    """What was begun in one place is there again when one comes back."""
    page = await windows.open(AT_WORK.format("ana"))
    await composer(page).fill("Half a sentence")

    await page.get_by_role("radio", name="Ben").click()
    await expect(composer(page)).to_have_value("")
    await page.get_by_role("radio", name="Ana").click()

    await expect(composer(page)).to_have_value("Half a sentence")


async def test_home(windows: Windows, web: AsyncWebClient) -> None:
    """What the app publishes for somebody is on their Home, also while they look."""
    page = await windows.open("?as=ana&home")
    await expect(page.get_by_text("has not published a Home")).to_be_visible()

    view = View(type="home", blocks=[SectionBlock(text="Two wait for you")])
    await web.views_publish(user_id="U0ANARUIZ0", view=view)

    await expect(page.get_by_text("Two wait for you")).to_be_visible()


async def test_an_app_without_home_that_is_not_written_to(
    windows: Windows, seed: WorkspaceSeed
) -> None:
    """What the manifest turned off is not offered."""
    seed.app.home_tab = False
    seed.app.messages_read_only = True

    page = await windows.open("?as=ana&home")
    await expect(page.get_by_role("button", name="Countersign Home")).to_have_count(0)
    await page.locator('[data-dm="crew"]').click()

    await expect(page.get_by_text("has been turned off")).to_be_visible()
    await expect(composer(page)).to_have_count(0)


async def test_a_file_opens(windows: Windows, web: AsyncWebClient) -> None:
    """A Markdown file is read in the page."""
    content = "# The draft\n\n- one\n- two"
    await web.files_upload_v2(channel=CONTENT, filename="draft.md", content=content)
    page = await windows.open(AT_WORK.format("ana"))

    await page.get_by_role("button", name="draft.md").click()

    shown = page.get_by_role("dialog", name="draft.md")
    await expect(shown.get_by_role("heading", name="The draft")).to_be_visible()
    await expect(shown.get_by_role("listitem")).to_have_text(["one", "two"])


async def test_a_permalink_leads_to_its_message(
    windows: Windows, web: AsyncWebClient, ana: Person
) -> None:
    """A link to a message opens it here, as the same person."""
    old = await ana.say("The one meant", channel="general")
    link = await web.chat_getPermalink(channel=old.channel, message_ts=old.ts)
    await web.chat_postMessage(channel=CONTENT, text=f"<{link['permalink']}|there>")
    page = await windows.open(AT_WORK.format("ben"))

    await page.get_by_role("link", name="there").click()

    await expect(page).to_have_url(re.compile(r"\?as=ben&channel=general$"))
    await expect(page.locator(f'[data-ts="{old.ts}"]')).to_be_focused()


async def test_many_windows(windows: Windows, ana: Person) -> None:
    """More windows than a browser's six connections, and each hears what happens."""
    first = await windows.open(AT_WORK.format("ana"))
    context = first.context
    pages = [first]
    for _ in range(9):
        page = await context.new_page()
        await page.goto(first.url)
        pages.append(page)

    await ana.say("Hear, hear", channel="content-team")

    for page in pages:
        await expect(page.get_by_text("Hear, hear")).to_be_visible()


async def test_a_workspace_that_comes_back(
    windows: Windows, slack: LocalSlack, crew: list[Any], ana: Person
) -> None:
    """A lost stream is said and found again; a form that is open stays as it is."""
    del crew
    page = await windows.open(AT_WORK.format("ana"))
    await composer(page).fill("/crew create")
    await composer(page).press("Enter")
    await page.get_by_label("Topic").fill("Half a thought")

    slack.hub.close()
    await ana.say("Said meanwhile", channel="content-team")

    await expect(page.get_by_text("Said meanwhile")).to_be_attached()
    await expect(page.get_by_label("Topic")).to_have_value("Half a thought")
    await expect(page.get_by_label("Topic")).to_be_focused()


async def test_ten_thousand_messages(
    windows: Windows, slack: LocalSlack, ana: Person
) -> None:
    """A long channel shows its end at once, and its past on demand."""
    channel = slack.workspace.channels[CONTENT]
    author = slack.workspace.person("ana")
    for number in range(10_000):
        slack.posts.post(channel, {"text": f"n {number}"}, author=author)
    await ana.say("the last", channel="content-team")
    page = await windows.open(AT_WORK.format("ana"))

    await expect(page.get_by_text("the last")).to_be_visible()
    assert await page.locator(".message").count() < 100  # drawn nodes
    await page.get_by_role("button", name="Earlier messages").click()

    await expect(page.locator(".message")).to_have_count(120)


async def test_the_inspector(
    windows: Windows, web: AsyncWebClient, crew: list[Any]
) -> None:
    """Envelopes with the ack's milliseconds, API calls, and a clock to move on."""
    del crew
    await post_card(web)
    page = await windows.open(AT_WORK.format("ben"))
    await page.get_by_role("button", name="Inspector", exact=True).click()
    inspector = page.get_by_role("complementary", name="Inspector")

    await page.get_by_role("button", name="Approve").click()
    await page.get_by_role("button", name="Publish").click()
    row = inspector.locator("details", has_text="block_actions")
    await expect(row).to_contain_text(re.compile(r"\d ms"))
    await inspector.get_by_role("tab", name="API calls").click()
    await expect(inspector.get_by_text("chat.update")).to_be_visible()
    await inspector.get_by_role("tab", name="Clock").click()
    before = await inspector.locator("output").inner_text()
    await inspector.get_by_role("button", name="1 day").click()

    await expect(inspector.locator("output")).not_to_contain_text(before[:10])
    await expect(inspector.get_by_text("Moved on by 1d")).to_be_visible()


async def test_a_phone(windows: Windows, web: AsyncWebClient) -> None:
    """At 390 px nothing is cut off; the list slides in, a thread covers the channel."""
    parent = await post_card(web)
    await web.chat_postMessage(channel=CONTENT, thread_ts=parent, text="A reply")
    page = await windows.open(
        AT_WORK.format("ana"), viewport={"width": 390, "height": 844}, has_touch=True
    )
    width = "document.documentElement.scrollWidth"
    assert await page.evaluate(width) <= 390  # the phone's width

    await page.get_by_role("button", name="1 reply").tap()
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_text("A reply")).to_be_visible()
    assert await page.evaluate(width) <= 390
    await page.get_by_role("button", name="Close thread").tap()
    await page.get_by_role("button", name="Conversations").tap()
    await page.get_by_role("navigation").get_by_role("button", name="approvals").tap()

    await expect(composer(page)).to_have_attribute(
        "placeholder", "Message #approvals as Ana"
    )


async def test_dark_as_the_system_or_by_choice(windows: Windows) -> None:
    """The page follows the system's theme until one is chosen."""
    page = await windows.open(AT_WORK.format("ana"), color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = await page.evaluate(ground)

    await page.get_by_role("button", name="Theme").click()
    await page.get_by_role("menuitemradio", name="Light").click()
    light = await page.evaluate(ground)
    await page.reload()
    await page.wait_for_selector("body[data-ready]")

    assert light == await page.evaluate(ground) != dark
