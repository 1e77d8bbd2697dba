"""Where crews are: what in a search path is one, and where it begins.

A search path lists folders that hold crews, or single crews' YAML files. A crew is a
folder with one YAML flow, a YAML flow by itself, or a folder of Python with one class
that inherits from crewAI's `Flow`. No code of a crew is run here.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from approvals.crews import CrewProblem
from crews.bundles import Bundle, files_of, pack
from crews.errors import BundleProblem

_YAML: Final = frozenset({".yaml", ".yml"})

_SCHEMA: Final = re.compile(r"^schema:\s*[\"']?crewai\.flow/", re.MULTILINE)
"""The line by which crewAI knows a flow; the file may be broken further down."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundCrew:
    """A place that holds a crew. `name` is the folder's, or the file's stem."""

    name: str
    place: Path


def find_crews(
    search_path: Iterable[Path],
) -> tuple[list[FoundCrew], list[CrewProblem]]:
    """List the crews of a search path, and what of it is not there."""
    found: list[FoundCrew] = []
    problems: list[CrewProblem] = []
    for place in search_path:
        try:
            found.extend(_crews_at(place))
        except OSError as error:
            reason = error.strerror or "cannot be read"
            problems.append(CrewProblem(file=str(place), line=None, message=reason))
    return found, problems


def bundle_of(crew: FoundCrew) -> Bundle:
    """Pack a crew that was found.

    Raises:
        BundleProblem: its folder cannot be packed, or no single flow is in it.

    """
    if crew.place.is_file():
        return pack({crew.place.name: crew.place}, crew.place.name)
    files = files_of(crew.place)
    flows = [name for name in sorted(files) if _is_flow_at_top(name, files[name])]
    if len(flows) == 1:
        return pack(files, flows[0])
    if flows:
        raise BundleProblem(flows[1], f"a second flow beside {flows[0]}; keep one")
    return _python_bundle(crew, files)


def _crews_at(place: Path) -> Iterator[FoundCrew]:
    if place.is_file():
        yield FoundCrew(name=place.stem, place=place)
        return
    for child in sorted(place.iterdir()):
        if child.name.startswith((".", "__")):
            continue
        if child.is_dir() and _holds_code(child):
            yield FoundCrew(name=child.name, place=child)
        elif child.is_file() and _is_flow(child):
            yield FoundCrew(name=child.stem, place=child)


def _holds_code(folder: Path) -> bool:
    return any(
        child.suffix in _YAML or child.suffix == ".py" for child in folder.iterdir()
    )


def _is_flow(path: Path) -> bool:
    if path.suffix not in _YAML:
        return False
    return _SCHEMA.search(path.read_text("utf-8", "replace")) is not None


def _is_flow_at_top(name: str, path: Path) -> bool:
    return "/" not in name and _is_flow(path)


def _python_bundle(crew: FoundCrew, files: dict[str, Path]) -> Bundle:
    classes = [
        (module, name, path)
        for module, path in files.items()
        if path.suffix == ".py"
        for name in _flow_classes(module, path)
    ]
    if not classes:
        raise BundleProblem(
            ".", "no flow: neither a YAML file with schema crewai.flow/v1 nor a class"
        )
    if len(classes) > 1:
        names = " and ".join(f"{name} ({module})" for module, name, _ in classes[:2])
        raise BundleProblem(classes[1][0], f"more than one flow: {names}; keep one")
    module, name, _ = classes[0]
    if "__init__.py" not in files:
        return pack(files, f"{_dotted(module)}:{name}")
    packed = {f"{crew.place.name}/{inside}": path for inside, path in files.items()}
    return pack(packed, f"{_dotted(f'{crew.place.name}/{module}')}:{name}")


def _dotted(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _flow_classes(name: str, path: Path) -> list[str]:
    try:
        tree = ast.parse(path.read_text("utf-8"))
    except (SyntaxError, ValueError) as error:
        message, line = (
            (error.msg, error.lineno)
            if isinstance(error, SyntaxError)
            else (str(error), None)
        )
        raise BundleProblem(name, f"not Python: {message}", line) from error
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef) and any(map(_is_crewais_flow, node.bases))
    ]


def _is_crewais_flow(base: ast.expr) -> bool:
    """Know `Flow`, `Flow[State]` and `crewai.flow.Flow[State]`."""
    if isinstance(base, ast.Subscript):
        base = base.value
    if isinstance(base, ast.Attribute):
        return base.attr == "Flow"
    return isinstance(base, ast.Name) and base.id == "Flow"
