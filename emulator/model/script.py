"""The script: which prompt gets which answer, read once from a YAML file."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from jinja2 import StrictUndefined, Template, TemplateError, meta
from jinja2.sandbox import SandboxedEnvironment
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

#: Crockford's base 32 without the letters that look like digits.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

#: crewAI puts a task's `expected_output` between these two sentences.
EXPECTED_OUTPUT = re.compile(
    r"expected criteria for your final answer: (.*?)\nyou MUST return", re.DOTALL
)
#: How every answer begins that no entry of the script wrote.
UNSCRIPTED = "[scripted]"


class ScriptError(Exception):
    """The script cannot be used; the message names the file, the place and why."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Prompt:
    """What the model is asked: the texts it may see and the tools it may call."""

    text: str
    tools: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class ToolCall:
    """A tool that the answer asks for, its arguments as they will be sent."""

    name: str
    arguments: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the model says, and the entry that made it say so (None: no entry)."""

    entry: str | None
    text: str
    tool_calls: tuple[ToolCall, ...] = ()


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]


class ToolCallEntry(BaseModel):
    """A tool call as the script writes it; each argument is a template."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    arguments: dict[str, str] = {}


class Entry(BaseModel):
    """One entry of the script: it answers the prompts that all of `match` are found in.

    The named groups of `match` and `find` are the variables of the answer's templates;
    a pattern of `find` that is not found leaves its groups empty.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    match: tuple[Pattern, ...] = Field(min_length=1)
    find: tuple[Pattern, ...] = ()
    answer: str = ""
    tool_calls: tuple[ToolCallEntry, ...] = ()

    def variables(self) -> frozenset[str]:
        """Give the names that the entry's templates may use."""
        patterns = (*self.match, *self.find)
        return frozenset(name for p in patterns for name in re.compile(p).groupindex)

    def read(self, prompt: Prompt) -> dict[str, str] | None:
        """Read the variables out of a prompt; None when the entry is not for it."""
        if not prompt.tools.issuperset(call.name for call in self.tool_calls):
            return None
        found = dict.fromkeys(self.variables(), "")
        for pattern in self.match:
            if (hit := re.search(pattern, prompt.text)) is None:
                return None
            found |= _groups(hit)
        for pattern in self.find:
            if hit := re.search(pattern, prompt.text):
                found |= _groups(hit)
        return found

    def templates(self) -> list[str]:
        """List every template that the entry holds."""
        return [
            self.answer,
            *(t for c in self.tool_calls for t in c.arguments.values()),
        ]


class ScriptFile(BaseModel):
    """The file as it is written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1]
    entries: tuple[Entry, ...]


class Script:
    """Answers prompts: the first entry that fits speaks, else the prompt answers itself.

    Answers depend on the prompt alone, except where a template calls `code(n)`,
    which draws n random letters and digits.
    """

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self._entries = entries
        self._language = _language()
        self._templates = {
            source: self._language.from_string(source)
            for entry in entries
            for source in entry.templates()
        }

    @classmethod
    def load(cls, path: Path) -> "Script":
        """Read a script file.

        Raises:
            ScriptError: It cannot be read, is not YAML, does not fit the format, or
                holds a template that is wrong or uses a name that no pattern sets.
        """
        try:
            content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
            entries = ScriptFile.model_validate(content).entries
        except OSError as error:
            raise ScriptError(path, error.strerror or str(error)) from error
        except yaml.YAMLError as error:
            raise ScriptError(path, f"not YAML: {error}") from error
        except ValidationError as error:
            raise ScriptError(path, _first_problem(error)) from error
        for entry in entries:
            if problem := _template_problem(entry):
                raise ScriptError(path, f"entry {entry.name!r}: {problem}")
        return cls(entries)

    def answer(self, prompt: Prompt) -> Answer:
        """Answer a prompt."""
        for entry in self._entries:
            if (variables := entry.read(prompt)) is not None:
                return self._render(entry, variables)
        return Answer(entry=None, text=_unscripted(prompt))

    def _render(self, entry: Entry, variables: dict[str, str]) -> Answer:
        def rendered(source: str) -> str:
            template: Template = self._templates[source]
            return template.render(variables).strip()

        return Answer(
            entry=entry.name,
            text=rendered(entry.answer),
            tool_calls=tuple(
                ToolCall(
                    name=call.name,
                    arguments={k: rendered(v) for k, v in call.arguments.items()},
                )
                for call in entry.tool_calls
            ),
        )


def _groups(hit: re.Match[str]) -> dict[str, str]:
    return {name: (text or "").strip() for name, text in hit.groupdict().items()}


def _code(length: int) -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _language() -> SandboxedEnvironment:
    language = SandboxedEnvironment(
        autoescape=False,  # answers are model text, never a page
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    language.globals = {"code": _code}
    language.filters |= {"json": _json, "from_json": json.loads}
    return language


def _template_problem(entry: Entry) -> str | None:
    language = _language()
    for source in entry.templates():
        try:
            names = meta.find_undeclared_variables(language.parse(source))
        except TemplateError as error:
            return f"its template is wrong: {error}"
        if unknown := names - entry.variables() - set(language.globals):
            return f"no pattern has a group named {min(unknown)!r}"
    return None


def _first_problem(error: ValidationError) -> str:
    problem = error.errors()[0]
    place = ".".join(str(part) for part in problem["loc"]) or "the file"
    return f"{place}: {problem['msg']}"


def _unscripted(prompt: Prompt) -> str:
    expected = EXPECTED_OUTPUT.search(prompt.text)
    known = expected.group(1).strip() if expected else "no answer for this prompt"
    return f"{UNSCRIPTED} {known}"
