"""The one message of a run: where it stands, step by step."""

import json
from collections.abc import Mapping
from typing import Any, Final

from approvals.runs import Priority, Run, RunState
from bot.blocks import rich
from bot.blocks.elements import actions, button, confirmation, context, header
from bot.blocks.ids import Action, RunRef
from bot.blocks.message import Block, Element, Message
from bot.blocks.run_state import state_element, state_text
from bot.blocks.run_view import RunView
from bot.blocks.steps import steps_elements
from bot.problem_table import problem
from bot.problems import ProblemCode
from bot.wording.formats import (
    NAME_LENGTH,
    checkpoint_title,
    date_mark,
    number_text,
    spoken,
)
from bot.wording.text import escape, inline, one_line, shorten

_FALLBACK: Final = 300
_TITLE: Final = 80
_INPUTS_SHOWN: Final = 4
_INPUT: Final = 100


def run_message(view: RunView) -> Message:
    """Draw a run."""
    run = view.run
    blocks = [
        *_practice(run),
        header(run_title(view)),
        context("\n".join([_origin(run), *_inputs(view)])),
        rich.rich_text(state_element(view)),
        *_progress(view),
        *_what_to_do(run),
        *_unticked(view),
        actions(*run_buttons(run)),
    ]
    text = f"{run_title(view)} (run {run.code}): {state_text(view)}."
    return Message(escape(shorten(text, _FALLBACK)), tuple(blocks))


def run_title(view: RunView) -> str:
    """Give a run a name that tells it from others: `Content: Our return policy`."""
    crew = one_line(view.run.crew_title, _TITLE)
    first = next(iter(spoken_inputs(view)), None)
    return crew if first is None else f"{crew}: {first[1]}"


def run_buttons(run: Run) -> list[Element]:
    """Give the buttons that a run has in its state."""
    ref = RunRef.of(run)
    buttons = [button("Details", Action.RUN_DETAILS, ref)]
    if run.state is RunState.FAILED:
        buttons.insert(0, button("Retry", Action.RUN_RETRY, ref, style="primary"))
    return buttons if run.is_final else [*buttons, cancel_button(run)]


def cancel_button(run: Run) -> Element:
    """Make the button that ends a run, once more asked."""
    ask = confirmation(
        f"Cancel run {run.code}?",
        "The crew stops at once, and what is being asked is withdrawn."
        " This cannot be undone.",
        yes="Cancel the run",
        no="Keep it",
    )
    return button("Cancel", Action.RUN_CANCEL, RunRef.of(run), confirm=ask)


def spoken_inputs(view: RunView, limit: int = _INPUT) -> list[tuple[str, str]]:
    """Give a run's inputs as label and value, in the order of the crew's form."""
    properties = view.crew.input_schema.get("properties", {}) if view.crew else {}
    inputs = view.run.inputs
    order = [name for name in properties if name in inputs]
    order += [name for name in inputs if name not in properties]
    return [
        (_label(name, properties.get(name)), value)
        for name in order
        if (value := value_text(inputs[name], limit))
    ]


def value_text(value: Any, limit: int = _INPUT) -> str:
    """Write an input's value on one line; empty for nothing."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return one_line(value, limit)
        case list():
            return one_line(", ".join(value_text(entry) for entry in value), limit)
        case dict():
            return one_line(json.dumps(value, ensure_ascii=False, default=str), limit)
        case int() | float():
            return number_text(str(value))
        case _:
            return one_line(str(value), limit)


def _label(name: str, schema: Any) -> str:
    title = schema.get("title") if isinstance(schema, Mapping) else None
    return one_line(str(title), _TITLE) if title else spoken(name)


def _origin(run: Run) -> str:
    parts = [
        f"Run `{run.code}`",
        f"started by *{inline(run.requester_name, NAME_LENGTH)}*",
        date_mark(run.created_at),
    ]
    if run.priority is not Priority.MEDIUM:
        parts.append(f"priority *{run.priority.value}*")
    return " · ".join(parts)


def _inputs(view: RunView) -> list[str]:
    """Name the inputs that the title does not."""
    rest = spoken_inputs(view)[1:]
    shown = [f"{label}: {value}" for label, value in rest[:_INPUTS_SHOWN]]
    if len(rest) > _INPUTS_SHOWN:
        shown.append(f"{len(rest) - _INPUTS_SHOWN} more in *Details*")
    return [escape(" · ".join(shown))] if shown else []


def _progress(view: RunView) -> list[Block]:
    elements = steps_elements(view)
    return [rich.rich_text(*elements)] if elements else []


def _what_to_do(run: Run) -> list[Block]:
    """Say what people can do about a failure, where it is one of the known ones."""
    if run.state is not RunState.FAILED or run.cause is None:
        return []
    return [context(str(problem(ProblemCode(run.cause), where="")))]


def _unticked(view: RunView) -> list[Block]:
    """Name the checkpoints that were left out and that no step stands for."""
    run = view.run
    steps = view.crew.steps if view.crew else {}
    unseen = [name for name in run.unticked if name not in steps]
    if not unseen:
        return []
    titles = ", ".join(
        inline(checkpoint_title(view.crew, name), _TITLE) for name in unseen
    )
    who = inline(run.requester_name, NAME_LENGTH)
    return [context(f"{who} left out: *{titles}*. Nobody is asked there.")]


def _practice(run: Run) -> list[Block]:
    if not run.practice:
        return []
    return [context("*Practice run*: a scripted model writes, nothing real follows.")]
