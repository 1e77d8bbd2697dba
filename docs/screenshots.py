"""`make screenshots`: the pictures of the README, taken from the running demo.

Starts `countersign demo`, plays a short story in Chromium and writes PNGs to
`docs/images/`. Look at them before you commit them.
"""

import asyncio
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Page, async_playwright, expect

ROOT: Final = Path(__file__).resolve().parents[1]
IMAGES: Final = ROOT / "docs" / "images"
SIZE: Final = {"width": 1280, "height": 860}
TOPIC: Final = "Our new return policy"
FEEDBACK: Final = "Say in the first line that returns are free for 60 days."
PATIENCE: Final = 30_000
"""Milliseconds."""


async def main() -> None:
    """Take all pictures."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Chromium is needed: apt-get install chromium")
    IMAGES.mkdir(exist_ok=True)
    async with demo() as url, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-background-networking"],
        )
        await story(browser, url)
        await browser.close()


async def story(browser: Browser, url: str) -> None:
    """Ana starts a run; Ben sends it back once, then approves."""
    ana = await page_of(browser, url, "ana")
    composer = ana.locator("textarea.composer-text:visible").first
    await composer.fill(f'/crew create content topic="{TOPIC}"')
    await composer.press("Enter")
    ben = await page_of(browser, url, "ben")
    await ben.get_by_text("1 reply").click(timeout=PATIENCE)
    revise = ben.get_by_role("button", name="Revise…")
    await expect(revise).to_be_visible(timeout=PATIENCE)
    await shot(ben, "card")

    await revise.click()
    words = ben.get_by_role("dialog").get_by_role("textbox")
    await words.fill(FEEDBACK)
    await shot(ben, "revise")

    await ben.get_by_role("button", name="Send back").click()
    await expect(ben.get_by_text("version 2 of 4").first).to_be_visible(
        timeout=PATIENCE
    )
    await ben.get_by_role("button", name="Approve", exact=True).click()
    await expect(ben.get_by_text("Result of Content").first).to_be_visible(
        timeout=PATIENCE
    )
    await expect(ben.get_by_text("Finished", exact=True).first).to_be_visible(
        timeout=PATIENCE
    )
    await shot(ben, "finished")


async def page_of(browser: Browser, url: str, person: str) -> Page:
    """Open the workspace as somebody, in #content-team."""
    page = await browser.new_page(viewport=SIZE)  # type: ignore[arg-type]  # a plain dict
    await page.goto(f"{url}?as={person}&channel=content-team")
    await expect(page.locator("textarea.composer-text:visible").first).to_be_visible()
    return page


async def shot(page: Page, name: str) -> None:
    """Write one picture."""
    await page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")


@asynccontextmanager
async def demo() -> AsyncIterator[str]:
    """Run the demo; give the address of its page."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "demo",
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield await _address(child)
    finally:
        child.terminate()
        await child.wait()


async def _address(child: asyncio.subprocess.Process) -> str:
    if child.stdout is None:
        sys.exit("the demo says nothing")
    async for line in child.stdout:
        found = re.search(r"Open\s+(http\S+)", line.decode())
        if found:
            return found[1]
    sys.exit("the demo did not start")


if __name__ == "__main__":
    asyncio.run(main())
