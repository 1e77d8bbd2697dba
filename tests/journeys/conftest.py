"""One running product for all journeys that only use it; others start their own."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
import yaml

from tests.journeys.product import MANIFEST, ROOT, Product, timed
from tests.journeys.stage import staged
from tests.journeys.stories import at_rest

LIBRARY = ROOT / "crews" / "library"
HOUSE = Path(__file__).parent / "house"
CHANNEL_SCOPES = ("channels:read", "groups:read")

A_MOMENT = 12.0
"""Seconds between stories: what may be shown at Slack's pace then is eight changes. It
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
    await at_rest(shared_product)


@pytest_asyncio.fixture(scope="session", loop_scope="session", name="shared_house")
async def _shared_house(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Product]:
    folder = tmp_path_factory.mktemp("house")
    async with timed(
        folder,
        manifest=seeing_manifest(folder),
        APPROVALS_FILE=str(HOUSE / "approvals.yaml"),
        COUNTERSIGN_CREWS=os.pathsep.join([str(LIBRARY), str(HOUSE / "crews")]),
        RUNNERS="2",
    ) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="session", name="house")
async def _house(shared_house: Product) -> AsyncIterator[Product]:
    """Another product: its own rules and crews, and an app that may look at channels."""
    await shared_house.time_passes(A_MOMENT)
    yield shared_house
    await shared_house.workspace.clear_faults()
    await at_rest(shared_house)


@pytest_asyncio.fixture(scope="session", loop_scope="session", name="shared_stage")
async def _shared_stage(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Product]:
    folder = tmp_path_factory.mktemp("stage")
    async with staged(folder, manifest=seeing_manifest(folder)) as stage:
        yield stage


@pytest_asyncio.fixture(loop_scope="session", name="stage")
async def _stage(shared_stage: Product) -> AsyncIterator[Product]:
    """A third product, for trouble: see `tests.journeys.stage`."""
    await shared_stage.time_passes(A_MOMENT)
    yield shared_stage
    await shared_stage.workspace.clear_faults()
    await shared_stage.model_recovers()
    await at_rest(shared_stage)


def seeing_manifest(folder: Path) -> Path:
    """Write the app's manifest with the two scopes that let it look at channels."""
    manifest = yaml.safe_load(MANIFEST.read_text())
    manifest["oauth_config"]["scopes"]["bot"] += sorted(CHANNEL_SCOPES)
    file = folder / "manifest.yml"
    file.write_text(yaml.safe_dump(manifest))
    return file


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Show what the product's processes said, beside a failed journey."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]  # pluggy's result
    if report.when != "call" or not report.failed:
        return
    for product in getattr(item, "funcargs", {}).values():
        if isinstance(product, Product):
            for process in (product.bot, product.worker):
                report.sections.append((f"the {process.name}'s log", process.said()))
