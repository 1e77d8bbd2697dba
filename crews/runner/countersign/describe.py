"""What a crew is: inputs, checkpoints, graph, and all that is wrong with it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from crewai.flow.expressions import Expression, ExpressionError
from crewai.flow.flow_definition import FlowHumanFeedbackDefinition

from countersign.asks import ROOTS
from countersign.checkpoints import Checkpoint, CheckpointBroken
from countersign.crew import Crew, CrewBroken, Problem, load
from countersign.crew_checks import consoles, crew_files
from countersign.graph import as_message, what_follows
from countersign.input_schema import input_schema_of
from countersign.inside import AnyFlow

_ISSUES: Final = logging.getLogger("crewai.flow")


def describe(bundle: Path, entry: str) -> dict[str, Any]:
    """Give the protocol's `described`; what is wrong stands in it, nothing is raised."""
    with _logged() as warnings:
        try:
            crew = load(bundle, entry)
        except CrewBroken as broken:
            name = Path(entry.partition(":")[0]).stem
            return _described(name, errors=broken.problems, warnings=warnings)
        checkpoints, errors = _checkpoints(crew)
        errors += [*crew_files(crew), *consoles(crew)]
        flow, schema = None, {}
        try:
            flow = crew.build()
            schema = input_schema_of(crew, flow)
        except Exception as error:  # noqa: BLE001 - whatever the crew's code raises
            errors.append(crew.build_problem(error))
    return _described(
        crew.definition.name,
        description=crew.definition.description or "",
        input_schema=schema,
        checkpoints=[_checkpoint(crew, checkpoint) for checkpoint in checkpoints],
        graph=as_message(crew.methods),
        errors=errors,
        warnings=[*warnings, *_warnings(crew, flow)],
    )


def _described(
    name: str,
    *,
    description: str = "",
    input_schema: dict[str, Any] | None = None,
    checkpoints: list[dict[str, Any]] | None = None,
    graph: dict[str, Any] | None = None,
    errors: tuple[Problem, ...] | list[Problem] = (),
    warnings: list[str],
) -> dict[str, Any]:
    return {
        "type": "described",
        "name": name,
        "title": (input_schema or {}).get("title") or name,
        "description": description,
        "input_schema": input_schema or {},
        "checkpoints": checkpoints or [],
        "graph": graph or {"methods": []},
        "errors": [problem.as_message() for problem in errors],
        "warnings": list(dict.fromkeys(warnings)),
    }


def _checkpoints(crew: Crew) -> tuple[list[Checkpoint], list[Problem]]:
    found: list[Checkpoint] = []
    errors: list[Problem] = []
    for name, method in crew.methods.items():
        feedback = method.human_feedback
        if feedback is None:
            continue
        try:
            checkpoint = Checkpoint.of(name, feedback)
        except CheckpointBroken as broken:
            errors += [
                crew.problem(("methods", name, *way), f"checkpoint {name!r}: {message}")
                for way, message in broken.problems
            ]
            continue
        found.append(checkpoint)
        errors += _wrong_templates(crew, checkpoint)
    return found, errors


def _wrong_templates(crew: Crew, checkpoint: Checkpoint) -> Iterator[Problem]:
    for way, template in checkpoint.metadata.templates():
        try:
            Expression(template).validate_template(
                allowed_roots=ROOTS, source=".".join(str(part) for part in way)
            )
        except ExpressionError as error:
            place = ("methods", checkpoint.name, "human_feedback", "metadata", *way)
            message = " ".join(str(error).split())
            yield crew.problem(place, f"checkpoint {checkpoint.name!r}: {message}")


def _checkpoint(crew: Crew, checkpoint: Checkpoint) -> dict[str, Any]:
    metadata, labels = checkpoint.metadata, checkpoint.labels
    _, line = crew.place_of(("methods", checkpoint.name, "human_feedback"))
    return {
        "name": checkpoint.name,
        "method": checkpoint.name,
        "line": line,
        "message": checkpoint.message,
        "emit": list(labels.emit),
        "verdicts": labels.as_message(),
        "optional": metadata.optional,
        "policy": metadata.policy,
        "max_revisions": metadata.max_revisions,
        "title": metadata.title,
        "facts": [
            {"name": fact.name, "type": fact.type, "label": fact.shown_as}
            for fact in metadata.facts
        ],
        "criteria": list(metadata.criteria),
        "consequence": dict(metadata.consequence),
        "leads_to": _leads_to(crew, checkpoint),
    }


def _leads_to(crew: Crew, checkpoint: Checkpoint) -> dict[str, list[str]]:
    labels, name = checkpoint.labels, checkpoint.name
    if not labels.emit:
        return {
            "approve": what_follows(crew.methods, [name]),
            "reject": [],
            "revise": [name],
        }
    pressed = {
        verdict: labels.label(verdict, None)
        for verdict in ("approve", "reject", "revise", "skip", "expired")
    }
    pressed |= {choice: choice for choice in labels.choices}
    return {
        verdict: [] if label is None else what_follows(crew.methods, [label, name])
        for verdict, label in pressed.items()
    }


def _warnings(crew: Crew, flow: AnyFlow | None) -> Iterator[str]:
    for name, method in crew.methods.items():
        if method.human_feedback is not None:
            yield from _feedback_warnings(name, method.human_feedback)
    config = crew.definition.config
    if config.stream or (flow is not None and flow.stream):
        yield "stream is ignored: a run hands on whole results"
    if crew.definition.persist is not None and crew.definition.persist.enabled:
        yield "persist is not needed: Countersign keeps each finished step itself"


def _feedback_warnings(
    name: str, feedback: FlowHumanFeedbackDefinition
) -> Iterator[str]:
    if feedback.provider is not None:
        yield f"{name}: its provider is ignored; people are asked by Countersign"
    if feedback.learn:
        yield f"{name}: learn is ignored; no model rewrites what people look at"


@contextmanager
def _logged() -> Iterator[list[str]]:
    """Catch what crewAI only logs about a definition."""
    caught: list[str] = []

    class Catcher(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            caught.append(record.getMessage())

    catcher = Catcher(logging.WARNING)
    _ISSUES.addHandler(catcher)
    try:
        yield caught
    finally:
        _ISSUES.removeHandler(catcher)
