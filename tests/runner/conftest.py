"""crewAI in this process as in a runner: quiet, in its place, without a console."""

import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from countersign.surroundings import Surroundings

_SURROUNDINGS = Surroundings()
_SURROUNDINGS.prepare()
with _SURROUNDINGS.home_elsewhere(), warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what crewAI and its dependencies do at import
    from crewai.flow.expressions import Expression

    from countersign.nested import watch_for_nested_flows
    from countersign.quietness import turn_off

turn_off()
Expression("1").evaluate()  # the first one raises the recursion limit, for good
watch_for_nested_flows()


@pytest.fixture(scope="session", autouse=True)
def _surroundings() -> Iterator[None]:
    yield
    _SURROUNDINGS.remove()


@pytest.fixture(scope="session")
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(32) as executor:
        yield executor


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """An empty folder for a crew."""
    folder = tmp_path / "bundle"
    folder.mkdir()
    return folder
