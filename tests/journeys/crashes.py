"""Ending processes where it hurts, and starting them again."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

from tests.journeys.crash_launcher import ENDED, order
from tests.journeys.processes import runners_of
from tests.journeys.product import ROOT, Process, Product, running

PATIENCE = 90.0
"""Seconds: a restart, the lease of a dead courier, an import of crewAI; all under load."""


@dataclass(frozen=True, kw_only=True)
class Crash:
    """Whose process ends, and at which of `crash_points`."""

    process: str
    point: str


@asynccontextmanager
async def breakable(folder: Path) -> AsyncIterator[Product]:
    """Run a product whose bot and worker end where they are told; its time can be moved.

    It has one crew and one runner: a worker that starts again has little to load.
    """
    crews = folder / "crews"
    copytree(ROOT / "crews" / "library" / "content", crews / "content")
    program = ("-m", "tests.journeys.crash_launcher", str(folder))
    async with running(
        folder, program=program, COUNTERSIGN_CREWS=str(crews), RUNNERS="1"
    ) as product:
        yield product


async def crash(
    product: Product,
    crashes: Sequence[Crash],
    *,
    both: bool = False,
    down_for: float = 0.0,
) -> None:
    """End processes at their points, in this order; what has ended is started again.

    With `both`, the other process ends in the same moment. `down_for` are the seconds
    that pass before the start.
    """
    processes = {process.name: process for process in (product.bot, product.worker)}
    orphans: set[int] = set()
    for each in crashes:
        order(product.folder, each.process).write_text(each.point)
        await _start_again(processes.values())
        await _ends(processes[each.process], each.point)
        if both:
            for process in processes.values():
                await process.kill()
        if product.worker.is_over:
            orphans.update(runners_of(product))
        await product.time_passes(down_for)
    await _start_again(processes.values())
    await _are_gone(product, orphans)


async def _start_again(processes: Iterable[Process]) -> None:
    for process in processes:
        if process.is_over:
            await process.launch()


async def _ends(process: Process, point: str) -> None:
    try:
        status = await process.ended(PATIENCE)
    except TimeoutError:
        raise AssertionError(f"the {process.name} never came to: {point}") from None
    assert status == ENDED, f"{process.name}, {point}: {process.said()}"


async def _are_gone(product: Product, runners: set[int]) -> None:
    """Wait until the runners of dead workers have ended by themselves."""

    async def look() -> bool | None:
        return None if runners.intersection(runners_of(product)) else True

    async def there() -> str:
        return f"runners {runners.intersection(runners_of(product))}"

    await product.workspace.until(
        look, wanted="no runner without a worker", there=there, within=PATIENCE
    )
