"""Where a run stands, in a sentence."""

import re
from collections.abc import Mapping
from typing import Final

from approvals.runs import Run, RunState
from bot.blocks import rich
from bot.blocks.message import Element
from bot.blocks.run_view import RunView
from bot.blocks.settled import run_end
from bot.wording.formats import checkpoint_title, spoken
from bot.wording.text import one_line

_REASON: Final = 500
_FAILED_IN: Final = re.compile(r"Failed in \*(?P<step>.+?)\*: (?P<why>.*)", re.DOTALL)

_SIMPLE: Final[Mapping[RunState, str]] = {
    RunState.QUEUED: "In line: goes on as soon as a worker is free",
    RunState.SUCCEEDED: "Finished",
}


def state_text(view: RunView) -> str:
    """Say where a run stands, as a sentence without its full stop."""
    run = view.run
    match run.state:
        case RunState.RUNNING:
            doing = one_line(run.doing, _REASON)
            return f"Working on {doing}" if doing else "Working"
        case RunState.WAITING:
            return _waiting(view)
        case RunState.FAILED:
            return failure_text(view)
        case RunState.REJECTED:
            return f"Finished after a rejection at {_ended_at(view)}"
        case RunState.EXPIRED:
            return f"Finished because nobody decided in time at {_ended_at(view)}"
        case RunState.CANCELLED | RunState.STOPPED:
            return run_end(run)
        case state:
            return _SIMPLE[state]


def state_element(view: RunView) -> Element:
    """Show where a run stands, and since when."""
    said = "Working" if step_now(view) else state_text(view)
    spans = [rich.bold(said), rich.span(" · ")]
    return rich.section(*spans, rich.date(view.run.changed_at))


def step_now(view: RunView) -> tuple[str, str] | None:
    """Give the step that a worker is at, and what it does there.

    The worker says `Write draft` or `Write draft: Content Writer`.
    """
    run = view.run
    if run.state is not RunState.RUNNING or view.crew is None:
        return None
    for method in view.crew.steps:
        title = step_title(view, method)
        for name in (title, spoken(method)):
            if run.doing == name:
                return method, ""
            if run.doing.startswith(f"{name}: "):
                return method, one_line(run.doing.removeprefix(f"{name}: "), _REASON)
    return None


def failure_text(view: RunView) -> str:
    """Say why a run failed: `Failed in Write draft: rate limit, 3 tries`."""
    reason = view.run.reason
    step = failed_step(view.run)
    if step is None:
        return f"Failed: {one_line(reason, _REASON)}".rstrip(": .")
    why = one_line(reason.partition("*: ")[2], _REASON).rstrip(".")
    return f"Failed in {step_title(view, step)}: {why}"


def failed_step(run: Run) -> str | None:
    """Give the step that a failed run failed in, as the worker named it."""
    found = _FAILED_IN.fullmatch(run.reason) if run.state is RunState.FAILED else None
    return None if found is None else found["step"]


def step_title(view: RunView, method: str) -> str:
    """Give a step's title for people."""
    title = view.crew.steps.get(method, "") if view.crew else ""
    return one_line(title, 120).rstrip(".") or spoken(method)


def _waiting(view: RunView) -> str:
    asked = [request for request in view.open_requests if request.is_routed]
    if asked:
        return f"Waiting for {view.approvers_of(*asked)}"
    if any(request.unroutable for request in view.open_requests):
        return "Waiting, and nobody can decide yet"
    return "Waiting: it is being settled who decides"


def _ended_at(view: RunView) -> str:
    return checkpoint_title(view.crew, view.run.ended_by) or "a checkpoint"
