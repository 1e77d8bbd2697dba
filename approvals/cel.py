"""Conditions in CEL, the Common Expression Language; cel-python stops here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import celpy
from celpy.adapter import json_to_cel
from celpy.celparser import CELParseError
from celpy.celtypes import BoolType
from celpy.evaluation import CELEvalError

from approvals.errors import ApprovalError


class BadCondition(ApprovalError):
    """The text is not CEL."""


class Unanswerable(ApprovalError):
    """The condition cannot be said to hold or not: a missing fact, a wrong type."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition.

    Raises:
        BadCondition: on making, when the text does not parse.

    """

    text: str
    program: celpy.Runner

    @classmethod
    def parse(cls, text: str) -> "Condition":
        """Compile a condition once, when the rules are loaded."""
        environment = celpy.Environment()
        try:
            return cls(text, environment.program(environment.compile(text)))
        except CELParseError as error:
            first = str(error).splitlines()[0]
            raise BadCondition(first) from error

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Tell whether it holds.

        Raises:
            Unanswerable: it has no answer for these facts, or not a boolean one.

        """
        try:
            answer = self.program.evaluate(
                {name: json_to_cel(value) for name, value in facts.items()}
            )
        except CELEvalError as error:
            raise Unanswerable(str(error.args[0])) from error
        if not isinstance(answer, BoolType):
            message = f"`{self.text}` is {answer!r}, not true or false"
            raise Unanswerable(message)
        return bool(answer)
