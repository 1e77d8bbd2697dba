"""The house: who may import whom, and what no contract of imports can hold."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Final

import pytest
from importlinter import cli
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.settings import ROOT

OURS: Final = ("approvals", "bot", "crews", "storage", "emulator")

LONG: Final = {
    "bot/listeners/starting.py": "three ways to start, with the same checks",
    "crews/messages.py": "the whole protocol of runners on one page",
    "crews/runner/countersign/codec.py": "encoding and decoding are read side by side",
    "crews/runner_process.py": "one child process from its birth to its end",
    "emulator/block_kit.py": "one table of what Slack refuses",
    "emulator/person.py": "all that a person can do, for tests to read on one page",
    "storage/mapping.py": "rows to values and back, read side by side",
    "storage/migrations/versions/r0001_first_tables.py": "written once, never changed",
    "storage/tables.py": "the whole schema on one page",
}
"""Files of more than 300 lines, and why they are not cut."""

TOOLS: Final = frozenset({"codespell", "coverage", "mypy", "ruff", "uv"})
"""What is run and never imported, and plug-ins that pytest finds by itself."""


def source_files(*folders: str) -> Iterator[tuple[str, Path]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path


def imported(path: Path) -> set[str]:
    """Name the top-level modules that a file imports, anywhere in it."""
    return {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in _names_in(node)
    }


def _names_in(node: ast.AST) -> list[str]:
    match node:
        case ast.Import():
            return [alias.name for alias in node.names]
        case ast.ImportFrom(module=str(module), level=0):
            return [module]
        case ast.Call(
            func=ast.Attribute(attr="importorskip"),
            args=[ast.Constant(value=str(module)), *_],
        ):
            return [module]
        case _:
            return []


def project() -> dict[str, list[str]]:
    """Give the declared dependencies: those to run, and those to develop."""
    written = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {
        "run": written["project"]["dependencies"],
        "dev": written["dependency-groups"]["dev"],
    }


def distributions(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(text).name) for text in requirements}


def test_imports_keep_the_contracts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every import is one that `pyproject.toml` allows; every file has its place."""
    monkeypatch.chdir(ROOT)

    status = cli.lint_imports(config_filename="pyproject.toml", no_cache=True)

    assert status == 0, capsys.readouterr().out


def test_dbos_is_in_exactly_two_files() -> None:
    """The queue's engine can be replaced by rewriting two files."""
    assert ["crews/dispatch.py", "storage/segment_queue.py"] == [
        name for name, path in source_files(*OURS) if "dbos" in imported(path)
    ]


def test_files_fit_in_one_reading() -> None:
    """A file of more than 300 lines is a question; the answer is in the list above."""
    long = {
        name
        for name, path in source_files(*OURS)
        if len(path.read_text(encoding="utf-8").splitlines()) > 300
    }

    assert set(LONG) == long


def test_what_is_imported_is_declared() -> None:
    """Nothing of ours works only because something else brings a package along."""
    owners = packages_distributions()
    declared = distributions(project()["run"])
    undeclared = {
        (name, module)
        for name, path in source_files(*OURS)
        if not name.startswith("crews/runner/")  # crewAI and what comes with it
        for module in imported(path) - set(OURS) - set(sys.stdlib_module_names)
        if not declared & {canonicalize_name(each) for each in owners.get(module, [])}
    }

    assert {
        ("bot/rules/rules_text.py", "pydantic_core")
    } == undeclared  # pydantic's own


def test_what_is_declared_is_imported() -> None:
    """No package is downloaded for nothing."""
    owners = packages_distributions()
    modules = {
        module for _, path in source_files(*OURS, "tests") for module in imported(path)
    }
    used = {
        canonicalize_name(each) for name in modules for each in owners.get(name, [])
    }
    named = ("asyncio", "randomly", "socket", "timeout", "xdist")
    plugins = {f"pytest-{name}" for name in named}
    declared = distributions(project()["run"] + project()["dev"])

    assert set() == {
        name
        for name in declared - used - TOOLS - plugins
        if not name.startswith("types-")
    }
