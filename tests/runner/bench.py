"""A worker in the same process: keeps the journal, collects asks, gives answers.

What crosses the boundary is turned into JSON text and back, as on the pipe.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from countersign.crew import Crew, load
from countersign.inside import AnyFlow
from countersign.messages import Start
from countersign.segment import Segment

RUN = "0199f3a2-0000-7000-8000-000000000001"

Ask = Mapping[str, Any]
Decide = Callable[[Ask], Mapping[str, Any] | None]
"""Answers an ask with verdict, words and the like; None: not yet."""


def crew_of(flow_class: type[AnyFlow], bundle: Path) -> Crew:
    """Make a crew of a class that a test has at hand."""
    return Crew(
        bundle=bundle,
        entry=f"{flow_class.__module__}:{flow_class.__qualname__}",
        definition=flow_class.flow_definition(),
        flow_class=flow_class,
    )


def crew_in(bundle: Path, yaml: str) -> Crew:
    """Write a declarative flow and load it."""
    (bundle / "flow.yaml").write_text(yaml, encoding="utf-8")
    return load(bundle, "flow.yaml")


@dataclass(kw_only=True)
class Bench:
    """A run: its journal and decisions, across segments."""

    crew: Crew
    executor: Executor
    inputs: dict[str, Any] = field(default_factory=dict)
    held: Sequence[str] | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    journal: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    segments: int = 0

    async def segment(self) -> dict[str, Any]:
        """Run one segment; give the message that ended it."""
        self.segments += 1
        self.messages = []
        held = self.held
        if held is None:
            methods = self.crew.methods.items()
            held = [name for name, method in methods if method.human_feedback]
        order = {
            "type": "start",
            "run": {"id": RUN, "code": "K7Q2M4", "requester": "Ana"},
            "segment": self.segments,
            "bundle": str(self.crew.bundle),
            "entry": self.crew.entry,
            "inputs": self.inputs,
            "held": held,
            "journal": self.journal,
            "answers": self.answers,
            "limits": self.limits,
        }
        segment = Segment(
            Start.model_validate_json(json.dumps(order)),
            self.crew,
            report=lambda message: self._hear(json.loads(json.dumps(message)), segment),
            executor=self.executor,
        )
        async with asyncio.timeout(30):
            await segment.run()
        return self.messages[-1]

    def answer(self, ask: Ask, **decision: Any) -> None:
        """Decide an ask that a segment has left open."""
        key = {name: ask[name] for name in ("path", "method", "call")}
        request = f"request-{len(self.answers) + 1}"
        self.answers.append({**key, "request": request, "words": "", **decision})

    async def drive(
        self, decide: Decide, *, one_by_one: bool = False
    ) -> dict[str, Any]:
        """Run segments and answer what is asked until the run ends."""
        for _ in range(50):
            ending = await self.segment()
            if ending.get("outcome") != "waiting":
                return ending
            asks = self.open_asks(ending)
            decided = [(ask, decide(ask)) for ask in asks]
            given = [(ask, decision) for ask, decision in decided if decision]
            assert given, f"nobody answers {ending['asks']}"
            for ask, decision in given[:1] if one_by_one else given:
                self.answer(ask, **decision)
        message = "the run does not end"
        raise AssertionError(message)

    def cut(self, kept: int) -> "Bench":
        """Give the run as it was when so many steps had been journalled."""
        journal = self.journal[:kept]
        decided = sum(len(entry["applied"]) for entry in journal)
        return Bench(
            crew=self.crew,
            executor=self.executor,
            inputs=self.inputs,
            held=self.held,
            journal=list(journal),
            answers=self.answers[:decided],
        )

    def open_asks(self, ending: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Give the asks that an ending names, whole."""
        return [self.ask_of(key) for key in ending["asks"]]

    def ask_of(self, key: Mapping[str, Any]) -> dict[str, Any]:
        """Find an ask of this segment."""
        name = (key["path"], key["method"], key["call"])
        return next(
            ask
            for ask in self.asks()
            if (ask["path"], ask["method"], ask["call"]) == name
        )

    def asks(self) -> list[dict[str, Any]]:
        """List what was asked in this segment."""
        return [message["ask"] for message in self.said("ask")]

    def said(self, kind: str) -> list[dict[str, Any]]:
        """List the messages of a kind in this segment."""
        return [message for message in self.messages if message["type"] == kind]

    def calls(self) -> list[str]:
        """List the journalled calls as `method#n`, nested ones with their path."""
        return [
            f"{entry['path']}/{entry['method']}#{entry['call']}".lstrip("/")
            for entry in self.journal
        ]

    def _hear(self, message: dict[str, Any], segment: Segment) -> None:
        self.messages.append(message)
        if message["type"] == "step":
            assert message["seq"] == len(self.journal) + 1
            self.journal.append(message["entry"])
            segment.written(message["seq"])
