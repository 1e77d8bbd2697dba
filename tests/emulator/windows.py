"""The local Slack's page in a real browser: windows, each of them somebody."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from emulator.slack import LocalSlack

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
#: For modules whose tests click in the page.
needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no Chromium on this machine (apt: chromium)"
)
#: Chromium's own sandbox refuses to run as root.
_OPTIONS = ["--no-sandbox"] if os.geteuid() == 0 else []
_PATIENCE_MS = 8_000


class Windows:
    """Opens windows; what goes wrong inside any of them is kept in `complaints`."""

    def __init__(self, browser: Browser, slack: LocalSlack) -> None:
        self._browser = browser
        self._slack = slack
        self.complaints: list[str] = []

    async def open(self, address: str, *, stay: bool = True, **more: Any) -> Page:
        """A new window (its own storage) at an address such as `?as=ana`.

        Args:
            address: what follows the workspace's URL.
            stay: whether the first visit's welcome has been seen before.
            more: Playwright's context options: `viewport`, `color_scheme` and so on.
        """
        context = await self._browser.new_context(**{"locale": "en-GB", **more})
        context.set_default_timeout(_PATIENCE_MS)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)
        await page.goto(self._slack.base_url + address)
        await page.wait_for_selector("body[data-ready]")
        if stay:
            await _put_away_welcome(page)
        return page

    def _heard(self, message: Any) -> None:
        # A refused act is HTTP 400, which Chromium writes down by itself.
        refused = "status of 400" in message.text
        if message.type in {"error", "warning"} and not refused:
            self.complaints.append(message.text)


async def _put_away_welcome(page: Page) -> None:
    welcome = page.get_by_role("region", name="Welcome")
    if await welcome.count():
        await welcome.get_by_role("button", name="Dismiss").click()


@asynccontextmanager
async def browsing(slack: LocalSlack) -> AsyncIterator[Windows]:
    """A browser for the length of a `with` block; no window may have complained."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=_OPTIONS
        )
        windows = Windows(browser, slack)
        try:
            yield windows
        finally:
            await browser.close()
        if windows.complaints:
            pytest.fail("The page complained: " + "; ".join(windows.complaints))
