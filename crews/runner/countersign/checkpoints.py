"""A flow's checkpoints: the methods whose output people look at."""

from dataclasses import dataclass
from typing import Any

from crewai.flow.flow_definition import FlowHumanFeedbackDefinition
from pydantic import ValidationError

from countersign.metadata import (
    CheckpointMetadata,
    Problem,
    mapping_problems,
    problems_of,
)
from countersign.verdicts import Labels


class CheckpointBroken(Exception):
    """Raised when a checkpoint's definition cannot be used; holds every problem."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(message for _, message in problems))


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """A named place in a flow where people are asked. Its name is its method's."""

    name: str
    message: str
    labels: Labels
    metadata: CheckpointMetadata
    raw_metadata: dict[str, Any]

    @classmethod
    def of(cls, name: str, feedback: FlowHumanFeedbackDefinition) -> "Checkpoint":
        """Read a method's `human_feedback`.

        Raises:
            CheckpointBroken: its metadata, or its labels, cannot be used.

        """
        raw = dict(feedback.metadata or {})
        emit = tuple(feedback.emit or ())
        try:
            metadata = CheckpointMetadata.model_validate(raw)
        except ValidationError as error:
            raise CheckpointBroken(_under_metadata(problems_of(error))) from error
        problems = mapping_problems(metadata, emit)
        if problems:
            raise CheckpointBroken(_under_metadata(problems))
        return cls(
            name=name,
            message=feedback.message,
            labels=Labels.of(emit, metadata.verdicts),
            metadata=metadata,
            raw_metadata=raw,
        )

    @property
    def can_revise(self) -> bool:
        """No revise label: nothing can be sent back. Without labels, anything can."""
        return self.labels.revise is not None or not self.labels.emit


def _under_metadata(problems: list[Problem]) -> list[Problem]:
    return [
        (("human_feedback", "metadata", *way), message) for way, message in problems
    ]
