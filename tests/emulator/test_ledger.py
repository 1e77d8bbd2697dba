"""FIDELITY.md names tests that exist."""

import re
from pathlib import Path

_HERE = Path(__file__).parent
_LEDGER = _HERE.parents[1] / "emulator" / "FIDELITY.md"
_ROW = re.compile(r"`(test_\w+\.py)::(test_\w+)`")


def test_every_row_is_held_by_a_test() -> None:
    """Each test that the ledger names is defined where it says."""
    named = _ROW.findall(_LEDGER.read_text())

    missing = [
        f"{file}::{name}"
        for file, name in named
        if not re.search(rf"def {name}\(", (_HERE / file).read_text())
    ]

    assert named
    assert missing == []


def test_no_row_is_without_a_test() -> None:
    """Every row of a table of behaviours names at least one."""
    rows = [line for line in _LEDGER.read_text().splitlines() if line.startswith("| ")]

    without = [
        row for row in rows if not _ROW.search(row) and "| behaviour |" not in row
    ]

    assert without == []
