"""The list of calls: proof of what the model was asked, and of what it was not."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from emulator.model.script import Prompt

#: How long a call's summary gets, in characters.
SUMMARY = 120

_TASK = re.compile(r"Current Task: *(\S.*)")
_ROLE = re.compile(r"^You are (.+?)\.", re.MULTILINE)


@dataclass(kw_only=True, slots=True)
class Call:
    """One question to the model. Neither the key nor the whole prompt is kept."""

    n: int
    model: str
    at: datetime
    summary: str
    #: The script's entry, "unscripted", or the fault; None while there is no answer yet.
    answered_by: str | None = None


class Calls:
    """Every call since the start, numbered from 1."""

    def __init__(self) -> None:
        self._calls: list[Call] = []

    def record(self, model: str, prompt: Prompt) -> Call:
        """Note that the model is being asked."""
        call = Call(
            n=len(self._calls) + 1,
            model=model,
            at=datetime.now(UTC),
            summary=summarise(prompt.text),
        )
        self._calls.append(call)
        return call

    def find(self, *, since: int, pattern: re.Pattern[str]) -> list[Call]:
        """Give the calls after number `since` whose summary the pattern is found in."""
        return [c for c in self._calls if c.n > since and pattern.search(c.summary)]


def summarise(text: str) -> str:
    """Shorten a prompt to who is asked and the first line of what is asked."""
    role = _ROLE.search(text)
    task = _TASK.search(text)
    what = task.group(1) if task else text.strip().partition("\n")[0]
    said = f"{role.group(1)}: {what}" if role else what
    return said if len(said) <= SUMMARY else said[: SUMMARY - 1] + "…"
