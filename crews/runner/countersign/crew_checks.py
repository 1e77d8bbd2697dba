"""What is wrong with the crews that a flow's methods run, found before a model is paid."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from crewai.flow.flow_definition import FlowCrewActionDefinition
from crewai.project.json_loader import (
    JSONProjectValidationError,
    load_json_crew_project,
)

from countersign.crew import Crew, Problem

_IN_A_FOLDER = ("crew.jsonc", "crew.json")
_CONSOLE = (
    "asks for human_input on a console: put human_feedback on a method of the flow"
    " instead"
)


def crew_files(crew: Crew) -> Iterator[Problem]:
    """Check the crew files that methods name, without running any of their code."""
    for name, action in _crew_actions(crew):
        if action.from_declaration is None:
            continue
        file = _file_of((crew.bundle / crew.entry).parent / action.from_declaration)
        if not file.is_file():
            place = ("methods", name, "do", "from_declaration")
            message = f"there is no {action.from_declaration} beside this file"
            yield crew.problem(place, message)
            continue
        yield from _in_file(crew, file)


def consoles(crew: Crew) -> Iterator[Problem]:
    """Find what would wait for a console."""
    conversational = crew.definition.conversational
    if conversational is not None and conversational.enabled:
        yield crew.problem(
            ("conversational",), "a conversational flow needs somebody at a console"
        )
    for name, action in _crew_actions(crew):
        tasks = action.with_.model_dump()["tasks"] if action.with_ is not None else []
        for index, task in _that_ask(tasks):
            place = ("methods", name, "do", "with", "tasks", index, "human_input")
            yield crew.problem(place, f"task {task!r} {_CONSOLE}")


def _in_file(crew: Crew, file: Path) -> Iterator[Problem]:
    inside = str(file.relative_to(crew.bundle))
    try:
        project = load_json_crew_project(file, collect_errors=True)
    except JSONProjectValidationError as error:
        for found in error.errors:
            message = found.replace(f"{file}: ", "").replace(f"{crew.bundle}/", "")
            yield Problem(file=inside, line=None, message=" ".join(message.split()))
        return
    for _, task in _that_ask(project.task_definitions):
        yield Problem(file=inside, line=None, message=f"task {task!r} {_CONSOLE}")


def _that_ask(tasks: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, str]]:
    for index, task in enumerate(tasks):
        if task.get("human_input"):
            yield index, task.get("name") or str(index + 1)


def _file_of(path: Path) -> Path:
    found = (path / name for name in _IN_A_FOLDER)
    return next((file for file in found if file.is_file()), path)


def _crew_actions(crew: Crew) -> Iterator[tuple[str, FlowCrewActionDefinition]]:
    for name, method in crew.methods.items():
        if isinstance(method.do, FlowCrewActionDefinition):
            yield name, method.do
