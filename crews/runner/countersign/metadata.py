"""What an author may write under `human_feedback.metadata`, checked when it is loaded."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from countersign.verdicts import Labels, VerdictName

Text = Annotated[str, Field(min_length=1)]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FactSpec(_Written):
    """A fact beside the text: where it comes from and how it is to be read."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
    type: Literal["money", "number", "choice", "text"] = "text"
    label: Text | None = None
    value: str | int | float | bool
    currency: Text | None = None
    choices: tuple[str, ...] | None = None

    @property
    def shown_as(self) -> str:
        """The label that people read."""
        return self.label or self.name


class CheckpointMetadata(_Written):
    """All that Countersign reads of a checkpoint's metadata."""

    verdicts: dict[VerdictName, str] | None = None
    optional: bool = False
    policy: Text | None = None
    title: Text | None = None
    facts: tuple[FactSpec, ...] = ()
    criteria: tuple[Text, ...] = ()
    context: Text | None = None
    consequence: dict[VerdictName, Text] = Field(default_factory=dict)
    max_revisions: Annotated[int, Field(ge=0)] | None = None

    @field_validator("facts")
    @classmethod
    def _names_are_unique(cls, facts: tuple[FactSpec, ...]) -> tuple[FactSpec, ...]:
        names = [fact.name for fact in facts]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            message = f"facts must have different names: {', '.join(sorted(twice))}"
            raise ValueError(message)
        return facts

    def templates(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """List the texts that may hold `${CEL}`, with the way to each."""
        if self.title is not None:
            yield ("title",), self.title
        if self.context is not None:
            yield ("context",), self.context
        for verdict, text in self.consequence.items():
            yield ("consequence", verdict), text
        for index, fact in enumerate(self.facts):
            if isinstance(fact.value, str):
                yield ("facts", index, "value"), fact.value
            if fact.currency is not None:
                yield ("facts", index, "currency"), fact.currency


Problem = tuple[tuple[str | int, ...], str]
"""The way to a wrong place within the metadata, and what is wrong there."""


def problems_of(error: ValidationError) -> list[Problem]:
    """Say what is wrong, in plain words."""
    return [(_way(found["loc"]), _words(found)) for found in error.errors()]


def mapping_problems(
    metadata: CheckpointMetadata, emit: Sequence[str]
) -> list[Problem]:
    """Say what is wrong between a checkpoint's verdicts and its labels."""
    if not emit:
        if metadata.verdicts is None:
            return []
        return [(("verdicts",), "verdicts map to labels, but there is no emit")]
    labels = ", ".join(emit)
    problems: list[Problem] = [
        (("verdicts", verdict), f"{label!r} is not in emit ({labels})")
        for verdict, label in (metadata.verdicts or {}).items()
        if label not in emit
    ]
    if Labels.of(emit, metadata.verdicts).approve:
        return problems
    message = (
        "no label means approval: name one of the labels"
        f" ({labels}) in metadata.verdicts.approve"
    )
    return [*problems, (("verdicts",), message)]


def _way(loc: Sequence[str | int]) -> tuple[str | int, ...]:
    return tuple(part for part in loc if part != "[key]")


def _words(found: Any) -> str:
    kind, name = found["type"], found["loc"][-1] if found["loc"] else ""
    if kind == "extra_forbidden":
        return f"unknown key {name!r}"
    if kind == "missing":
        return f"{name!r} is missing"
    message = str(found["msg"])
    return message.removeprefix("Value error, ").replace("Input should", "should")
