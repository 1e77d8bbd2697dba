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
    """A compiled condition; `names` are what it takes from the facts it is given.

    Raises:
        BadCondition: on making, when the text does not parse.

    """

    text: str
    program: celpy.Runner
    names: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> "Condition":
        """Compile a condition once, when the rules are loaded."""
        environment = celpy.Environment()
        try:
            tree = environment.compile(text)
        except CELParseError as error:
            message = f"`{text}` is no condition from its column {error.column} on"
            raise BadCondition(message) from error
        return cls(text, environment.program(tree), _names(tree))

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
            why, _, _ = str(error.args[0]).partition(" (in activation")
            raise Unanswerable(why) from error
        if not isinstance(answer, BoolType):
            message = f"`{self.text}` is {answer!r}, not true or false"
            raise Unanswerable(message)
        return bool(answer)


def _names(tree: Any) -> frozenset[str]:
    """List the names in a syntax tree, but for the variables of `exists` and its like."""
    names = {str(ident.children[0]) for ident in tree.find_data("ident")}
    own = {
        str(ident.children[0])
        for macro in tree.find_data("member_dot_arg")
        if len(macro.children[-1].children) > 1
        for ident in macro.children[-1].children[0].find_data("ident")
    }
    return frozenset(names - own)
