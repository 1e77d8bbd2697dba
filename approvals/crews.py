"""A crew as the rest of the system knows it: one loaded version and its checkpoints."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from approvals.verdicts import Labels


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """A named place in a flow where people are asked.

    `leads_to` says in words what follows each verdict, read from the flow's graph.
    """

    name: str
    title: str
    labels: Labels
    optional: bool = False
    policy: str | None = None
    max_revisions: int | None = None
    leads_to: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class CrewProblem:
    """Why a crew's file could not be used, and where."""

    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        """Write it as editors do: file, line, reason."""
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.message}"


@dataclass(frozen=True, kw_only=True, slots=True)
class CrewVersion:
    """One version of a crew, by the hash of everything in its folder.

    `input_schema` is JSON Schema; `steps` are the flow's methods in file order, with
    the title people see. A version with `problems` cannot be started.
    """

    hash: str
    name: str
    title: str
    description: str
    entry: str
    input_schema: Mapping[str, Any]
    checkpoints: tuple[Checkpoint, ...] = ()
    steps: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[CrewProblem, ...] = ()
    warnings: tuple[str, ...] = ()
    loaded_at: datetime

    @property
    def can_start(self) -> bool:
        """Tell whether a run may be started with it."""
        return not self.problems

    def checkpoint(self, name: str) -> Checkpoint | None:
        """Find a checkpoint by name."""
        return next((point for point in self.checkpoints if point.name == name), None)
