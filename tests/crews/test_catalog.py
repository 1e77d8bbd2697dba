"""Crews are loaded through a runner and put on the shelf; one that is broken harms none."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from approvals.crews import CrewVersion
from approvals.errors import Unknown
from crews.bundles import BundleCache
from crews.catalog import Catalog
from crews.errors import BundleProblem, RunnerUnfit
from crews.pool import RunnerPool
from crews.worker import starter
from tests.crews.desks import NOW, StoppedClock
from tests.crews.plays import crew_file, finished, pretending


@dataclass
class MemoryShelf:
    """Keeps the contract of `approvals.ports.CrewShelf`."""

    versions: dict[str, CrewVersion] = field(default_factory=dict)
    bundles: dict[str, bytes] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)

    def put(self, version: CrewVersion, bundle: bytes) -> None:
        self.versions[version.name] = version
        self.bundles[version.hash] = bundle

    def keep(self, names: Iterable[str]) -> None:
        self.kept = list(names)

    def bundle(self, hash_: str) -> bytes:
        if hash_ not in self.bundles:
            raise Unknown("crew version")
        return self.bundles[hash_]


MakeCatalog = Callable[..., Catalog]


@pytest.fixture
def shelf() -> MemoryShelf:
    return MemoryShelf()


@pytest.fixture
def make_catalog(shelf: MemoryShelf, tmp_path: Path) -> Iterator[MakeCatalog]:
    pools: list[RunnerPool] = []

    def make_catalog(*, first: str = "ready", cache: str = "cache") -> Catalog:
        pools.append(RunnerPool(starter(pretending(first=first)), size=1))
        return Catalog(
            search_path=[tmp_path / "crews", tmp_path / "more"],
            cache=BundleCache(tmp_path / cache),
            pool=pools[-1],
            shelf=shelf,
            clock=StoppedClock(),
        )

    yield make_catalog
    for pool in pools:
        pool.close()


def write(folder: Path, name: str, **described: object) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(crew_file([finished()], **described))


def test_a_crew_is_described_and_put_on_the_shelf(
    make_catalog: MakeCatalog, shelf: MemoryShelf, tmp_path: Path
) -> None:
    """Under its file's name, with what people see of it, and its bundle."""
    point = {"name": "look_at_it", "method": "look_at_it", "title": "See ${state.x}"}
    method: dict[str, object] = {"name": "write_draft", "listens": []}
    write(
        tmp_path / "crews",
        "content-plan",
        input_schema={"type": "object"},
        checkpoints=[point],
        graph={"methods": [method]},
        warnings=["stream is ignored"],
    )

    make_catalog().load()

    version = shelf.versions["content-plan"]
    assert version.can_start
    assert version.loaded_at == NOW
    assert version.checkpoints[0].title == "Look at it"
    assert version.steps == {"write_draft": "Write draft"}
    assert version.warnings == ("stream is ignored",)
    assert version.hash in shelf.bundles
    assert shelf.kept == ["content-plan"]


def test_two_crews_of_one_name_are_told(
    make_catalog: MakeCatalog, shelf: MemoryShelf, tmp_path: Path
) -> None:
    """The first one on the search path is the crew; the second is a problem."""
    write(tmp_path / "crews", "same", title="The first")
    write(tmp_path / "more", "same", title="The second")

    report = make_catalog().load()

    assert shelf.versions["same"].title == "The first"
    assert "a second crew of the name “same”" in str(report.problems[0])


def test_a_broken_folder_is_on_the_shelf_with_its_line(
    make_catalog: MakeCatalog, shelf: MemoryShelf, tmp_path: Path
) -> None:
    """People who look for the crew find out why it is not there."""
    (tmp_path / "more").mkdir()
    folder = tmp_path / "crews" / "broken"
    folder.mkdir(parents=True)
    (folder / "main.py").write_text("x = 1\ny = (\n")

    make_catalog().load()

    version = shelf.versions["broken"]
    assert not version.can_start
    assert str(version.problems[0]) == "main.py:2: not Python: '(' was never closed"


def test_a_machine_without_crewai_breaks_no_crew(
    make_catalog: MakeCatalog, shelf: MemoryShelf, tmp_path: Path
) -> None:
    """What is on the shelf stays: other workers can run it."""
    write(tmp_path / "crews", "fine")

    with pytest.raises(RunnerUnfit, match="crewAI is missing"):
        make_catalog(first="unfit").load()

    assert shelf.versions == {}
    assert shelf.kept == []


def test_another_machine_gets_the_crew_from_the_shelf(
    make_catalog: MakeCatalog, shelf: MemoryShelf, tmp_path: Path
) -> None:
    """A run goes on with its version, wherever a worker is free."""
    write(tmp_path / "crews", "fine")
    make_catalog().load()
    (tmp_path / "crews" / "fine.yaml").unlink()

    unpacked = make_catalog(cache="elsewhere").fetch(shelf.versions["fine"].hash)

    assert unpacked.entry == "fine.yaml"
    assert (unpacked.root / "fine.yaml").exists()


def test_a_version_that_is_gone_is_named(make_catalog: MakeCatalog) -> None:
    """The run fails with a reason, not with a traceback."""
    with pytest.raises(BundleProblem, match="this crew version is gone"):
        make_catalog().fetch("0" * 64)
