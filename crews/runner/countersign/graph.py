"""A flow's graph: what listens to what, and what a label leads to."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from crewai.flow.flow_definition import FlowMethodDefinition

Methods = Mapping[str, FlowMethodDefinition]


def title_of(method: str) -> str:
    """Give a method's name as people read it."""
    return method.replace("_", " ").strip().capitalize()


def events_of(condition: object) -> Iterator[str]:
    """List the events that a condition names."""
    if isinstance(condition, str):
        yield condition
    elif isinstance(condition, dict):
        for branches in condition.values():
            for branch in branches:
                yield from events_of(branch)


def listens_to(method: FlowMethodDefinition) -> set[str]:
    """Give the events that may start a method."""
    return {*events_of(method.listen), *events_of(method.start)}


def emits(method: FlowMethodDefinition) -> tuple[str, ...]:
    """Give the events that a method may cause beside its own name."""
    feedback = method.human_feedback
    if feedback is not None and feedback.emit:
        return tuple(feedback.emit)
    return tuple(method.emit or ())


def what_follows(
    methods: Methods, events: Iterable[str], *, past_checkpoints: bool = False
) -> list[str]:
    """List the methods that events lead to, nearest first.

    It ends at the next checkpoint, which is listed, unless `past_checkpoints`.
    """
    found: list[str] = []
    todo = list(events)
    seen: set[str] = set()
    while todo:
        event = todo.pop(0)
        if event in seen:
            continue
        seen.add(event)
        for name, method in methods.items():
            if name in found or event not in listens_to(method):
                continue
            found.append(name)
            if method.human_feedback is None or past_checkpoints:
                todo.extend((name, *emits(method)))
    return found


def as_message(methods: Methods) -> dict[str, Any]:
    """Give the protocol's graph."""
    return {
        "methods": [
            {
                "name": name,
                "title": title_of(name),
                "description": method.description,
                "kind": _kind(method),
                "listens": sorted(listens_to(method)),
                "condition": method.listen,
                "emits": list(emits(method)),
                "checkpoint": method.human_feedback is not None,
            }
            for name, method in methods.items()
        ]
    }


def _kind(method: FlowMethodDefinition) -> str:
    if method.is_start:
        return "start"
    return "router" if method.router else "listen"
