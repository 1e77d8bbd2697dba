"""Planned faults: how a journey makes the model late, silent, rude or gone."""

import re
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from emulator.model.script import Pattern


class Fault(BaseModel):
    """One planned fault, as `POST /control/fault` takes it.

    At most one of `status`, `hang` and `drop`; `delay_ms` goes with each of them, and
    alone it makes the next answers late but right.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: The HTTP status to answer with.
    status: int | None = Field(default=None, ge=400, le=599)
    #: Seconds for the `Retry-After` header.
    retry_after: float | None = Field(default=None, ge=0)
    #: Never answer: until the client gives up or the faults are deleted.
    hang: bool = False
    #: Cut the connection without a word.
    drop: bool = False
    #: Milliseconds to wait before anything else.
    delay_ms: int = Field(default=0, ge=0)
    #: How many calls it hits; null: every one until the faults are deleted.
    times: int | None = Field(default=1, ge=1)
    #: A regular expression; only prompts that it is found in are hit.
    match: Pattern = ""

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        chosen = [self.status is not None, self.hang, self.drop]
        if sum(chosen) > 1:
            raise ValueError("choose one of status, hang and drop")
        if not any(chosen) and not self.delay_ms:
            raise ValueError("say what goes wrong: status, hang, drop or delay_ms")
        return self

    def next(self) -> "Fault | None":
        """Give what is left of the fault after one more hit; None: nothing."""
        if self.times is None:
            return self
        return (
            self.model_copy(update={"times": self.times - 1})
            if self.times > 1
            else None
        )


class Faults:
    """The faults that are still to come, oldest first."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []

    def planned(self) -> tuple[Fault, ...]:
        """List what is still to come."""
        return tuple(self._planned)

    def plan(self, fault: Fault) -> None:
        """Add a fault."""
        self._planned.append(fault)

    def clear(self) -> None:
        """Forget them all."""
        self._planned.clear()

    def standing(self) -> "Fault | None":
        """Give the fault that meets whoever asks whatever, until it is deleted."""
        lasting = (fault for fault in self._planned if fault.times is None)
        return next((fault for fault in lasting if not fault.match), None)

    def hit(self, text: str) -> Fault | None:
        """Take one hit out of the oldest fault that is meant for this prompt."""
        for index, fault in enumerate(self._planned):
            if re.search(fault.match, text):
                left = fault.next()
                self._planned[index : index + 1] = [left] if left else []
                return fault
        return None
