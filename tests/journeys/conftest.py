"""One running product for all journeys that only use it; others start their own."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.journeys.product import Product, timed

A_MOMENT = 20.0
"""Seconds between stories: what may be shown at Slack's pace then is ten changes. It
is less than a courier's lease, so that nothing on its way is taken for lost."""


@pytest_asyncio.fixture(scope="session", loop_scope="session", name="shared_product")
async def _shared_product(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Product]:
    async with timed(tmp_path_factory.mktemp("product")) as product:
        yield product


@pytest_asyncio.fixture(loop_scope="session", name="product")
async def _product(shared_product: Product) -> AsyncIterator[Product]:
    """The shared product, without the trouble that the test before may have left."""
    await shared_product.time_passes(A_MOMENT)
    yield shared_product
    await shared_product.workspace.clear_faults()
    await shared_product.model_recovers()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Show what the product's processes said, beside a failed journey."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]  # pluggy's result
    product = getattr(item, "funcargs", {}).get("product")
    if report.when == "call" and report.failed and isinstance(product, Product):
        for process in (product.bot, product.worker):
            report.sections.append((f"the {process.name}'s log", process.said()))
