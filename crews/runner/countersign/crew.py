"""A crew's flow, loaded from its folder: a YAML file, or a Python class."""

import importlib
import inspect
import re
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml
from crewai.flow.flow import Flow as PublicFlow
from crewai.flow.flow_definition import FlowDefinition, FlowMethodDefinition
from crewai.flow.runtime import Flow
from pydantic import ValidationError

from countersign.failures import first_line, place_in
from countersign.flow_errors import Complaint, Way, complaints_of
from countersign.yaml_lines import YamlLines

_WAY: Final = re.compile(r"\bmethods(?:\.\w+|\[\d+\])+")
_UNRESOLVABLE: Final = "methods with unresolvable actions: "


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Why a crew cannot be used, and where."""

    file: str
    line: int | None
    message: str

    def as_message(self) -> dict[str, Any]:
        """Give the protocol's error."""
        return {"file": self.file, "line": self.line, "message": self.message}


class CrewBroken(Exception):
    """Raised when a crew cannot be loaded; holds every problem that was found."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("; ".join(problem.message for problem in problems))


@dataclass(kw_only=True)
class Crew:
    """A loaded crew. `build` gives a flow object that has not begun."""

    bundle: Path
    entry: str
    definition: FlowDefinition
    flow_class: type[Flow[Any]] | None = None
    lines: YamlLines | None = None
    warnings: list[str] = field(default_factory=list)

    def build(self) -> Flow[Any]:
        """Make a fresh flow object."""
        if self.flow_class is not None:
            return self.flow_class()
        return PublicFlow.from_declaration(contents=self.definition)

    def build_problem(self, error: Exception) -> Problem:
        """Say why no flow object could be made."""
        message = first_line(error)
        if isinstance(error, ValidationError):
            message = _plain(error.errors()[0]["msg"])
        _, _, named = message.partition(_UNRESOLVABLE)
        method = next((n for n in self.methods if named.startswith(f"{n}: ")), None)
        if method is None:
            return self.problem(("methods",), message)
        return self.problem(("methods", method, "do"), named)

    def problem(self, way: Way, message: str) -> Problem:
        """Say that something is wrong at a place of the flow."""
        file, line = self.place_of(way)
        return Problem(file=file, line=line, message=message)

    def place_of(self, way: Way) -> tuple[str, int | None]:
        """Give file and line of a place: `methods`, a method's name, what is in it."""
        if self.lines is not None:
            return self.entry, self.lines.line_of(way)
        method = str(way[1]) if len(way) > 1 and way[0] == "methods" else None
        return _place_of_code(self.flow_class, method, self.bundle) or (
            self.entry,
            None,
        )

    @property
    def methods(self) -> Mapping[str, FlowMethodDefinition]:
        """The flow's methods, in the order of the file."""
        return self.definition.methods


def load(bundle: Path, entry: str) -> Crew:
    """Load a crew.

    Raises:
        CrewBroken: it cannot be loaded; says why, with file and line.

    """
    folder = str(bundle)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    if entry.endswith((".yaml", ".yml")):
        return _load_yaml(bundle, entry)
    return _load_class(bundle, entry)


def _load_yaml(bundle: Path, entry: str) -> Crew:
    path = bundle / entry
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}"
        raise CrewBroken(Problem(file=entry, line=None, message=message)) from error
    except UnicodeDecodeError as error:
        message = "the file is not UTF-8 text"
        raise CrewBroken(Problem(file=entry, line=None, message=message)) from error
    try:
        lines = YamlLines(text)
    except yaml.YAMLError as error:
        raise CrewBroken(_yaml_problem(entry, error)) from error
    doubles = [
        Problem(file=entry, line=line, message=f"{key!r} stands here twice")
        for key, line in lines.doubles()
    ]
    if doubles:
        raise CrewBroken(*doubles)
    return Crew(
        bundle=bundle,
        entry=entry,
        definition=_definition(path, entry, lines),
        lines=lines,
    )


def _definition(path: Path, entry: str, lines: YamlLines) -> FlowDefinition:
    try:
        return FlowDefinition.from_declaration(path=path)
    except ValidationError as error:
        problems = [
            Problem(
                file=entry,
                line=lines.line_of(found.way or _way_in(found.why)),
                message=_sentence(found),
            )
            for found in complaints_of(error)
        ]
        raise CrewBroken(*problems) from error
    except (ValueError, TypeError) as error:
        raise CrewBroken(
            Problem(file=entry, line=1, message=str(error).splitlines()[0])
        ) from error


def _sentence(complaint: Complaint) -> str:
    way = ".".join(str(part) for part in complaint.way)
    return f"{way}: {complaint.why}" if way else complaint.why


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")


def _way_in(message: str) -> list[str | int]:
    """Find the way to a place that crewAI only names within its message."""
    found = _WAY.search(message)
    if found is None:
        return []
    parts = re.findall(r"\w+", found.group())
    return [int(part) if part.isdigit() else part for part in parts]


def _yaml_problem(entry: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    line = None if mark is None else mark.line + 1
    what = getattr(error, "problem", None) or "this is not YAML"
    return Problem(file=entry, line=line, message=f"not valid YAML: {what}")


def _load_class(bundle: Path, entry: str) -> Crew:
    module_name, _, class_name = entry.partition(":")
    try:
        module = importlib.import_module(module_name)
    except BaseException as error:
        raise CrewBroken(_import_problem(bundle, entry, error)) from error
    found: Any = module
    for part in class_name.split("."):
        found = getattr(found, part, None)
    if not (inspect.isclass(found) and issubclass(found, Flow)):
        file = _inside(getattr(module, "__file__", None), bundle) or entry
        message = f"there is no Flow class named {class_name!r} in it"
        raise CrewBroken(Problem(file=file, line=None, message=message))
    try:
        definition = found.flow_definition()
    except Exception as error:
        place = _place_of_code(found, None, bundle) or (entry, None)
        problem = Problem(file=place[0], line=place[1], message=str(error))
        raise CrewBroken(problem) from error
    return Crew(bundle=bundle, entry=entry, definition=definition, flow_class=found)


def _import_problem(bundle: Path, entry: str, error: BaseException) -> Problem:
    if isinstance(error, SyntaxError) and error.filename:
        file = _inside(error.filename, bundle) or error.filename
        return Problem(file=file, line=error.lineno, message=f"syntax: {error.msg}")
    place = place_in(error, bundle)
    message = traceback.format_exception_only(error)[-1].strip()
    if place is None:
        return Problem(file=entry, line=None, message=message)
    return Problem(file=place.file, line=place.line, message=message)


def _place_of_code(
    flow_class: type[Any] | None, method: str | None, bundle: Path
) -> tuple[str, int | None] | None:
    found: Any = flow_class
    if method is not None:
        found = getattr(flow_class, method, flow_class)
        found = found.unwrap() if hasattr(found, "unwrap") else found
    try:
        file = inspect.getsourcefile(inspect.unwrap(found))
        _, line = inspect.getsourcelines(inspect.unwrap(found))
    except (OSError, TypeError):
        return None
    inside = _inside(file, bundle)
    return None if inside is None else (inside, line)


def _inside(file: str | None, bundle: Path) -> str | None:
    if file is None or not Path(file).is_relative_to(bundle):
        return None
    return str(Path(file).relative_to(bundle))
