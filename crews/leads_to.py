"""What each verdict leads to, in words, read from the flow's graph."""

from collections.abc import Iterable, Mapping
from typing import Final

from crews.messages import DescribedCheckpoint, Graph, GraphMethod

ENDS: Final = "the run ends"
DONE: Final = "the run is done"

_FAR_ENOUGH: Final = 3
"""So many steps ahead are named."""


def leads_to(
    graph: Graph, point: DescribedCheckpoint, said: Mapping[str, str | None]
) -> dict[str, str]:
    """Give a sentence for each verdict, and for each further label by its name.

    What the crew's author said of a verdict comes first. A verdict without a label of
    its own takes another one's way, and its words.
    """
    words = {verdict: text for verdict, text in said.items() if text}
    for verdict, label, other in (
        ("skip", point.verdicts.skip, "approve"),
        ("expired", point.verdicts.expired, "reject"),
    ):
        if label is None and other in words:
            words.setdefault(verdict, words[other])
    return _read(graph, point) | words


def said_at_load(point: DescribedCheckpoint) -> dict[str, str]:
    """Give the author's words that need no run to be worked out."""
    return {
        verdict: text for verdict, text in point.consequence.items() if "${" not in text
    }


def _read(graph: Graph, point: DescribedCheckpoint) -> dict[str, str]:
    labels = point.verdicts
    if not point.emit:
        goes_on = _onward(graph, [point.method], otherwise=DONE)
        return {
            "approve": goes_on,
            "reject": ENDS,
            "revise": f"*{point.method}* again with your feedback",
            "skip": goes_on,
            "expired": ENDS,
        }
    approve = _after(graph, point, labels.approve, otherwise=DONE)
    reject = _after(graph, point, labels.reject, otherwise=ENDS)
    sentences = {
        "approve": approve,
        "reject": reject,
        "skip": _after(graph, point, labels.skip, otherwise=DONE)
        if labels.skip
        else approve,
        "expired": _after(graph, point, labels.expired, otherwise=ENDS)
        if labels.expired
        else reject,
    }
    if labels.revise:
        sentences["revise"] = _revised(graph, point, labels.revise)
    for label in labels.choices:
        sentences[label] = _after(graph, point, label, otherwise=DONE)
    return sentences


def _after(
    graph: Graph, point: DescribedCheckpoint, label: str | None, *, otherwise: str
) -> str:
    """Say what follows a label; None is a verdict that the flow has no label for."""
    if label is None:
        return otherwise
    return _onward(graph, [label, point.method], otherwise=otherwise)


def _revised(graph: Graph, point: DescribedCheckpoint, label: str) -> str:
    again = [
        method.name
        for method in _listening(graph, [label])
        if point.method in _reachable(graph, method.name)
    ]
    if not again:
        return _after(graph, point, label, otherwise=DONE)
    return f"{_names(again)} again with your feedback"


def _onward(graph: Graph, events: Iterable[str], *, otherwise: str) -> str:
    """Name the steps ahead, up to where people are asked again."""
    stages: list[str] = []
    seen: set[str] = set()
    coming = _listening(graph, events)
    while coming and len(stages) < _FAR_ENOUGH:
        stages.append(_names(method.name for method in coming))
        seen.update(method.name for method in coming)
        if any(method.checkpoint for method in coming):
            break
        ahead = _listening(graph, _caused_by(coming))
        coming = [method for method in ahead if method.name not in seen]
    if not stages:
        return otherwise
    return "goes on with " + ", then ".join(stages)


def _listening(graph: Graph, events: Iterable[str]) -> list[GraphMethod]:
    heard = set(events)
    return [method for method in graph.methods if heard.intersection(method.listens)]


def _reachable(graph: Graph, start: str) -> set[str]:
    reached: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            events = _caused_by(m for m in graph.methods if m.name == name)
            ahead.extend(method.name for method in _listening(graph, events))
    return reached


def _caused_by(methods: Iterable[GraphMethod]) -> list[str]:
    return [event for method in methods for event in (method.name, *method.emits)]


def _names(names: Iterable[str]) -> str:
    *first, last = [f"*{name}*" for name in names]
    return f"{', '.join(first)} and {last}" if first else last
