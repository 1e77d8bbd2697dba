"""A crew's form: its fields, and what became of what was typed into them."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from approvals.crews import CrewVersion
from bot.forms.checks import WrongValue, hold_against
from bot.forms.fields import Field, fields_of
from bot.forms.values import is_empty, read_text
from bot.wording.text import one_line

NEEDED: Final = "Please fill this in."

_PREFIX: Final = "input"
_LONGEST_ID: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """Inputs as far as they are right, and a sentence for each field that is not.

    `unknown` holds a sentence for each name that the crew does not have.
    """

    inputs: Mapping[str, Any]
    errors: Mapping[str, str]
    unknown: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Tell whether a run can be started with it."""
        return not self.errors and not self.unknown


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """The inputs of one crew."""

    crew: str
    fields: tuple[Field, ...]

    @classmethod
    def of(cls, crew: CrewVersion) -> "Form":
        """Make the form of a crew's version."""
        return cls(crew=crew.name, fields=fields_of(crew.input_schema))

    def field(self, name: str) -> Field | None:
        """Find a field by its name."""
        return next((field for field in self.fields if field.name == name), None)

    def block_id(self, name: str) -> str:
        """Give the id of a field's block; another crew's field of the name has another.

        Slack keeps what was typed as long as the id stays.
        """
        block_id = f"{_PREFIX}:{self.crew}:{name}"
        if len(block_id) <= _LONGEST_ID:
            return block_id
        return f"{_PREFIX}:{hashlib.sha256(block_id.encode()).hexdigest()}"

    def labels(self, names: Iterable[str]) -> list[str]:
        """Give the labels of some of its fields."""
        labels = {field.name: field.label for field in self.fields}
        return [labels.get(name, name) for name in names]

    def errors_by_block(self, errors: Mapping[str, str]) -> dict[str, str]:
        """Put each field's sentence where Slack shows it."""
        return {self.block_id(name): sentence for name, sentence in errors.items()}

    def completed(self, given: Mapping[str, Any]) -> Filled:
        """Check values, and fill in the defaults of what was left empty."""
        inputs: dict[str, Any] = {}
        errors: dict[str, str] = {}
        for field in self.fields:
            value = given.get(field.name)
            if is_empty(value):
                if field.is_required:
                    errors[field.name] = NEEDED
                elif "default" in field.schema:
                    inputs[field.name] = field.default
                continue
            try:
                inputs[field.name] = hold_against(field, value)
            except WrongValue as error:
                errors[field.name] = str(error)
        return Filled(inputs=inputs, errors=errors)

    def read_arguments(self, arguments: Mapping[str, str]) -> Filled:
        """Read `key="value"` pairs; each is typed by its field."""
        given: dict[str, Any] = {}
        errors: dict[str, str] = {}
        unknown: list[str] = []
        for name, text in arguments.items():
            field = self._meant(name)
            if field is None:
                unknown.append(self._no_such(name))
                continue
            try:
                given[field.name] = read_text(field, text)
            except WrongValue as error:
                errors[field.name] = str(error)
        filled = self.completed(given)
        return Filled(
            inputs=filled.inputs,
            errors={**filled.errors, **errors},
            unknown=tuple(unknown),
        )

    def _meant(self, name: str) -> Field | None:
        """Find a field by the name that somebody typed: any case, `-` for `_`."""
        exact = self.field(name)
        if exact is not None:
            return exact
        wanted = _folded(name)
        same = [field for field in self.fields if _folded(field.name) == wanted]
        return same[0] if len(same) == 1 else None

    def _no_such(self, name: str) -> str:
        crew, shown = one_line(self.crew, 80), one_line(name, 40)
        names = {_folded(field.name): field.name for field in self.fields}
        close = get_close_matches(_folded(name), names, n=1)
        if close:
            return f"{crew} has no “{shown}”. Did you mean “{names[close[0]]}”?"
        listed = ", ".join(field.name for field in self.fields)
        known = f" It has: {one_line(listed, 300)}." if listed else " It has no inputs."
        return f"{crew} has no “{shown}”.{known}"


def _folded(name: str) -> str:
    return name.casefold().replace("-", "_")
