"""Which methods there are, what they need, and how they read their arguments."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from emulator.errors import invalid_arguments
from emulator.records import Json
from emulator.slack import LocalSlack

_TRUE = frozenset({"true", "1", "True", "yes"})


@dataclass(frozen=True, slots=True)
class Call:
    """The arguments of one call, from a form or from JSON."""

    arguments: Json

    def text(self, name: str) -> str:
        """A text; empty where it is missing."""
        value = self.arguments.get(name)
        return "" if value is None else str(value)

    def needed(self, *names: str) -> list[str]:
        """Texts that must be there.

        Raises:
            Refusal: `invalid_arguments`, naming every missing one.
        """
        missing = [name for name in names if not self.text(name)]
        if missing:
            raise invalid_arguments(*(f"missing required field: {n}" for n in missing))
        return [self.text(name) for name in names]

    def flag(self, name: str) -> bool:
        return str(self.arguments.get(name)) in _TRUE

    def number(self, name: str, default: int) -> int:
        """A whole number.

        Raises:
            Refusal: `invalid_arguments`.
        """
        try:
            return int(self.text(name) or default)
        except ValueError as error:
            complaint = f"must be a valid integer [json-pointer:/{name}]"
            raise invalid_arguments(complaint) from error

    def has(self, name: str) -> bool:
        return self.arguments.get(name) not in (None, "")

    def structure(self, name: str) -> Any:
        """An object or a list, sent as such or as JSON text; None if missing.

        Raises:
            ValueError: it is not JSON.
        """
        value = self.arguments.get(name)
        return json.loads(value) if isinstance(value, str) and value else value


Handler = Callable[[LocalSlack, Call], Json]


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    """A method: what it does, which scope it needs and which token."""

    name: str
    handler: Handler
    #: Any one of these is enough; none is needed where it is empty.
    scopes: tuple[str, ...]
    #: Whose token it takes: `bot`, `app` or `anyone`.
    caller: str


METHODS: dict[str, Method] = {}


def method(
    name: str, *scopes: str, caller: str = "bot"
) -> Callable[[Handler], Handler]:
    """Serve a method of this name."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(name=name, handler=handler, scopes=scopes, caller=caller)
        return handler

    return register
