"""What pydantic says of a flow's file, without the ways that the author did not mean.

A step's `do` may be one of several actions, told apart by `call`. Pydantic tries each
and complains of all of them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

Way = Sequence[str | int]

_ACTION: Final = re.compile(r"Flow\w+ActionDefinition\b")
"""What pydantic puts into a way where it tries an action."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Complaint:
    """Something wrong in the file: the way to it, and why. `wanted` is for choices."""

    way: tuple[str | int, ...]
    why: str
    wanted: str = ""
    found: str = ""


def complaints_of(error: ValidationError) -> Iterator[Complaint]:
    """Give what is wrong, of each action only what was meant."""
    return _meant(
        Complaint(
            way=found["loc"],
            why=found["msg"].removeprefix("Value error, "),
            wanted=str(found.get("ctx", {}).get("expected", "")),
            found=str(found["input"]),
        )
        for found in error.errors()
    )


def _meant(complaints: Iterable[Complaint]) -> Iterator[Complaint]:
    choices: dict[tuple[str | int, ...], dict[str, list[Complaint]]] = defaultdict(dict)
    for complaint in complaints:
        at = _action_at(complaint.way)
        if at is None:
            yield complaint
            continue
        actions = choices[complaint.way[:at]]
        actions.setdefault(str(complaint.way[at]), []).append(complaint)
    for way, actions in choices.items():
        yield from _of_the_right_action(way, actions)


def _of_the_right_action(
    way: tuple[str | int, ...], actions: dict[str, list[Complaint]]
) -> Iterator[Complaint]:
    """Choose the action that `call` names; if none, say just that."""
    here = len(way)
    calls: list[Complaint] = []
    for complaints in actions.values():
        wrong = [each for each in complaints if each.way[here + 1 :] == ("call",)]
        calls += wrong
        if not wrong:
            yield from _meant(_without_action(each, here) for each in complaints)
    if len(calls) == len(actions):
        names = ", ".join(each.wanted.strip("'") for each in calls if each.wanted)
        first = calls[0]
        why = f"'{first.found}' is none of {names}" if names else first.why
        yield Complaint(way=(*way, "call"), why=why)


def _without_action(complaint: Complaint, at: int) -> Complaint:
    way = (*complaint.way[:at], *complaint.way[at + 1 :])
    return Complaint(
        way=way, why=complaint.why, wanted=complaint.wanted, found=complaint.found
    )


def _action_at(way: Way) -> int | None:
    return next(
        (n for n, part in enumerate(way) if _ACTION.search(str(part))),
        None,
    )
