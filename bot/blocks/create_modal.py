"""The form that starts a run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from approvals.crews import Checkpoint, CrewVersion
from approvals.ids import ChannelId
from approvals.runs import Priority
from bot.blocks import limits, rich
from bot.blocks.elements import (
    context,
    divider,
    input_block,
    option,
    placeholder,
    section,
    select,
)
from bot.blocks.form_fields import MOST_FIELDS, State, form_blocks
from bot.blocks.ids import VALUE, Action, Callback, CreateRef, Input
from bot.blocks.message import Block, Element, View
from bot.blocks.modals import modal
from bot.forms.form import Form
from bot.wording.formats import checkpoint_title, spoken
from bot.wording.text import escape, one_line, sentence

_DESCRIPTION: Final = 500
_NAME: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class CreateView:
    """What the form of a start shows.

    `crews` are those that can be started; `crew` is the chosen one. `prefill` are
    inputs: typed before, or remembered. `can_untick` names the checkpoints that may be
    left out, `unticked` those that are. `channel` is where the run is shown; None: where
    the person is now. `problem` says why it was not started.
    """

    crews: tuple[CrewVersion, ...]
    crew: CrewVersion | None = None
    prefill: Mapping[str, Any] = field(default_factory=dict)
    can_untick: frozenset[str] = frozenset()
    unticked: frozenset[str] = frozenset()
    priority: Priority = Priority.MEDIUM
    channel: ChannelId | None = None
    problem: str = ""
    practice: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """What a submitted form says beside the crew's own inputs."""

    channel: ChannelId | None
    priority: Priority
    unticked: tuple[str, ...]


def create(view: CreateView) -> View:
    """Draw the form."""
    ref = CreateRef(
        crew_version=view.crew.hash if view.crew else "", practice=view.practice
    )
    if not view.crews:
        nothing = section(
            "There is no crew that can be started. `/crew crews` says why."
        )
        return modal(Callback.CREATE, "Start a crew", [nothing], about=ref)
    blocks = [*_problem(view), _crew_field(view)]
    if view.crew is not None:
        blocks += _about(view, view.crew)
    return modal(
        Callback.CREATE,
        "Start a crew",
        blocks,
        about=ref,
        submit="Start",
        close="Close",
    )


def read_chosen(crew: CrewVersion, state: State) -> Chosen:
    """Read what a submitted form says beside the crew's inputs."""
    channel = _held(state, Input.CHANNEL).get("selected_conversation")
    priority = _held(state, Input.PRIORITY).get("selected_option") or {}
    known = {one.value for one in Priority}
    chosen = priority.get("value")
    return Chosen(
        channel=ChannelId(channel) if isinstance(channel, str) else None,
        priority=Priority(chosen) if chosen in known else Priority.MEDIUM,
        unticked=tuple(_unticked(crew, state)),
    )


def _problem(view: CreateView) -> list[Block]:
    if not view.problem:
        return []
    return [section(f":warning: {sentence(view.problem)}")]


def _crew_field(view: CreateView) -> Block:
    options = {
        crew.name: option(crew.title or crew.name, crew.name)
        for crew in view.crews[: limits.OPTIONS]
        if len(crew.name) <= limits.OPTION_VALUE
    }
    initial = options.get(view.crew.name) if view.crew else None
    menu = select(
        Action.CREW, list(options.values()), initial=initial, hint="Choose a crew"
    )
    return input_block(Input.CREW, "Crew", menu, reports=True)


def _about(view: CreateView, crew: CrewVersion) -> list[Block]:
    description = one_line(crew.description, _DESCRIPTION)
    form = Form.of(crew)
    blocks = [context(escape(description))] if description else []
    blocks += form_blocks(form, view.prefill)
    if len(form.fields) > MOST_FIELDS:
        rest = ", ".join(one.name for one in form.fields[MOST_FIELDS:])
        blocks.append(
            context(sentence(f"More than fits here; with the command: {rest}"))
        )
    if view.practice:
        practice = "A practice run in your own DM: a scripted model writes, you decide."
        return [*blocks, divider(), context(practice)]
    return [
        *blocks,
        divider(),
        *_held_blocks(view, crew),
        *_optional_blocks(view, crew),
        _channel_field(view),
        _priority_field(view),
    ]


def _held_blocks(view: CreateView, crew: CrewVersion) -> list[Block]:
    """List the checkpoints where people are asked whatever is chosen here."""
    held = [point for point in crew.checkpoints if point.name not in view.can_untick]
    if not held:
        return []
    entries = [rich.section(rich.span(_title(crew, point))) for point in held[:30]]
    heading = rich.section(rich.bold("People decide at"))
    return [rich.rich_text(heading, rich.bullets(entries))]


def _optional_blocks(view: CreateView, crew: CrewVersion) -> Iterator[Block]:
    for number, points in enumerate(_optional_groups(crew)):
        shown = {
            place: option(_title(crew, point), str(place))
            for place, point in points
            if point.name in view.can_untick
        }
        if not shown:
            continue
        ticked = [
            shown[place]
            for place, point in points
            if place in shown and point.name not in view.unticked
        ]
        boxes: Element = {
            "type": "checkboxes",
            "action_id": VALUE,
            "options": list(shown.values()),
        }
        if ticked:
            boxes["initial_options"] = ticked
        yield input_block(
            _optional_id(crew, number),
            "Also ask people at",
            boxes,
            hint="What you leave out is written on the run and on the record.",
            optional=True,
        )


def _optional_groups(crew: CrewVersion) -> list[list[tuple[int, Checkpoint]]]:
    """Give the checkpoints with their places, ten at most in a group of boxes."""
    places = list(enumerate(crew.checkpoints))
    size = limits.FEW_OPTIONS
    return [places[start : start + size] for start in range(0, len(places), size)]


def _optional_id(crew: CrewVersion, number: int) -> str:
    return f"{Input.OPTIONAL}:{crew.name[:_NAME]}:{number}"


def _unticked(crew: CrewVersion, state: State) -> Iterator[str]:
    """Name the checkpoints whose boxes were there and are not ticked."""
    for number, points in enumerate(_optional_groups(crew)):
        block = state.get(_optional_id(crew, number))
        if block is None:
            continue
        ticked = {
            one.get("value")
            for one in block.get(VALUE, {}).get("selected_options") or []
        }
        yield from (
            point.name
            for place, point in points
            if point.optional and str(place) not in ticked
        )


def _channel_field(view: CreateView) -> Block:
    element: Element = {
        "type": "conversations_select",
        "action_id": VALUE,
        "placeholder": placeholder("Choose a channel"),
        "filter": {
            "include": ["public", "private"],
            "exclude_external_shared_channels": True,
            "exclude_bot_users": True,
        },
    }
    if view.channel:
        element["initial_conversation"] = view.channel
    else:
        element["default_to_current_conversation"] = True
    hint = "I must be a member there: invite me first if I am not."
    return input_block(Input.CHANNEL, "Show the run in", element, hint=hint)


def _priority_field(view: CreateView) -> Block:
    options = {one: option(spoken(one.value), one.value) for one in Priority}
    menu = select(
        VALUE,
        list(options.values()),
        initial=options[view.priority],
        hint="Choose a priority",
    )
    return input_block(Input.PRIORITY, "Priority", menu)


def _title(crew: CrewVersion, point: Checkpoint) -> str:
    return checkpoint_title(crew, point.name)


def _held(state: State, block_id: str) -> Mapping[str, Any]:
    return state.get(block_id, {}).get(VALUE, {})
