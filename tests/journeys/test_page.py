"""One story through the page: Ana and Ben side by side in a real browser."""

import os
import re
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.journeys.product import Product

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(
        CHROMIUM is None, reason="there is no Chromium on this machine (apt: chromium)"
    ),
]

PATIENCE_MS = 20_000
TOPIC = "Free returns for all"
WISH = "Say in the first line that returns are free."


@pytest_asyncio.fixture(loop_scope="session", name="browser")
async def _browser() -> AsyncIterator[Browser]:
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=as_root
        )
        yield browser
        await browser.close()


async def window(browser: Browser, product: Product, person: str) -> Page:
    """Open the workspace in a window of its own, as somebody."""
    context = await browser.new_context(locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    await page.goto(f"{product.page_url}?as={person}&channel=content-team")
    await page.wait_for_selector("body[data-ready]")
    return page


async def shows(place: Page | Locator, text: str) -> None:
    found = place.get_by_text(text).first
    await expect(found).to_be_visible(timeout=PATIENCE_MS)


async def start_by_the_form(ana: Page, topic: str) -> None:
    """Type the command, choose a crew, fill in what it needs."""
    composer = ana.get_by_role("main").get_by_role(
        "textbox", name=re.compile("Message")
    )
    await composer.fill("/crew create")
    await composer.press("Enter")
    form = ana.get_by_role("dialog")
    await form.get_by_role("combobox", name="Crew").click()
    await ana.get_by_role("option", name="Content", exact=True).click()
    await form.get_by_role("textbox", name="Topic").fill(topic)
    await form.get_by_role("button", name="Start").click()
    await expect(form).to_have_count(0)


async def open_thread(page: Page, topic: str, replies: str) -> Locator:
    """Find the run's message in the channel, and open what stands under it."""
    run = page.get_by_role("main").get_by_role("article")
    run = run.filter(has_text=f"Content: {topic}")
    await run.get_by_text(replies).click()
    return page.get_by_role("complementary")


async def test_ana_starts_by_the_form_and_ben_revises_and_approves(
    product: Product, browser: Browser
) -> None:
    """What one does, the other sees; nobody reloads anything."""
    ana = await window(browser, product, "ana")
    ben = await window(browser, product, "ben")

    await start_by_the_form(ana, TOPIC)
    thread = await open_thread(ben, TOPIC, "1 reply")
    await thread.get_by_role("button", name="Revise…").click()
    await ben.get_by_role("dialog").get_by_role("textbox").fill(WISH)
    await ben.get_by_role("button", name="Send back").click()
    await shows(thread, "version 2 of 4")
    await shows(thread, f"Changed in version 2: {WISH}")
    await thread.get_by_role("button", name="Approve", exact=True).click()

    await shows(thread, "Result of Content")
    seen_by_ana = await open_thread(ana, TOPIC, "3 replies")
    await shows(seen_by_ana, "Approved by Ben Okafor")
    await shows(seen_by_ana, "Result of Content")
