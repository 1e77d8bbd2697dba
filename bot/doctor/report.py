"""What doctor found, for people and for scripts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.problems import Check, Level, Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What one check saw, in a few words, and what is wrong.

    `is_skipped`: it could not look at all, and `saw` says why.
    """

    check: Check
    saw: str
    problems: tuple[Problem, ...] = ()
    is_skipped: bool = False

    @property
    def worst(self) -> Level | None:
        """Give the worst level among its problems."""
        levels = {problem.level for problem in self.problems}
        return next((level for level in Level if level in levels), None)


_MARKS: Final = {
    Level.ERROR: "✗",
    Level.WARNING: "!",
    Level.NOTICE: "✓",
    None: "✓",
}


def is_well(findings: Sequence[Finding]) -> bool:
    """Tell whether nothing is wrong that must be mended."""
    return all(finding.worst is not Level.ERROR for finding in findings)


def as_text(findings: Sequence[Finding]) -> str:
    """Write a line for each check, and below it what is wrong and what to do."""
    lines: list[str] = []
    for finding in findings:
        mark = "-" if finding.is_skipped else _MARKS[finding.worst]
        lines.append(f"{mark} {finding.check.value:<9} {finding.saw}".rstrip())
        for problem in finding.problems:
            if problem.level is not Level.NOTICE:
                lines.append(f"    {problem.sentence}  [{problem.code}]")
                lines.append(f"    → {problem.remedy}")
    lines.append("")
    lines.append(_summary(findings))
    return "\n".join(lines) + "\n"


def as_json_text(findings: Sequence[Finding]) -> str:
    """Write one JSON object: `ok`, and `checks` with their problems' codes."""
    report = {
        "ok": is_well(findings),
        "checks": [
            {
                "check": finding.check.value,
                "ok": finding.worst is not Level.ERROR,
                "skipped": finding.is_skipped,
                "saw": finding.saw,
                "problems": [
                    {
                        "code": problem.code.value,
                        "level": problem.level.value,
                        "sentence": problem.sentence,
                        "remedy": problem.remedy,
                    }
                    for problem in finding.problems
                ],
            }
            for finding in findings
        ],
    }
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def _summary(findings: Sequence[Finding]) -> str:
    count = sum(
        problem.level is Level.ERROR
        for finding in findings
        for problem in finding.problems
    )
    match count:
        case 0:
            return "Nothing must be mended."
        case 1:
            return "1 thing must be mended."
        case _:
            return f"{count} things must be mended."
