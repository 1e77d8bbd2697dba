"""The form that starts a run."""

from dataclasses import replace
from typing import Any

import pytest

from approvals.ids import ChannelId
from approvals.runs import Priority
from bot.blocks.create_modal import Chosen, CreateView, create, read_chosen
from bot.blocks.ids import VALUE, Action, CreateRef, Input
from bot.blocks.limits import check
from tests.bot.blocks.shown import CREW, nodes, texts
from tests.builders import a_checkpoint, a_crew_version

VIEW = CreateView(
    crews=(CREW, a_crew_version("purchase")),
    crew=CREW,
    can_untick=frozenset({"legal_check"}),
)


def field(view: dict[str, Any], block_id: str) -> dict[str, Any]:
    (found,) = [block for block in view["blocks"] if block.get("block_id") == block_id]
    return dict(found)


def test_choosing_a_crew_comes_first() -> None:
    """Without a crew there is only the choice, which redraws the form."""
    view = create(replace(VIEW, crew=None))

    assert [block.get("block_id") for block in view["blocks"]] == [Input.CREW]
    crew = view["blocks"][0]
    assert crew["dispatch_action"] is True
    assert crew["element"]["action_id"] == Action.CREW
    assert [one["value"] for one in crew["element"]["options"]] == [
        "content",
        "purchase",
    ]


def test_the_form_remembers_the_exact_version() -> None:
    """What is submitted is read with the schema that was shown."""
    ref = CreateRef.parse(create(VIEW)["private_metadata"])

    assert ref == CreateRef(crew_version=CREW.hash)


def test_the_crews_fields_come_prefilled() -> None:
    """What was typed or remembered is there already."""
    view = create(replace(VIEW, prefill={"topic": "Bees"}))

    assert field(view, "input:content:topic")["element"]["initial_value"] == "Bees"


def test_no_run_is_shown_outside() -> None:
    """Channels shared with others cannot be chosen; this one is chosen at first."""
    element = field(create(VIEW), Input.CHANNEL)["element"]

    assert element["default_to_current_conversation"] is True
    assert element["filter"]["exclude_external_shared_channels"] is True


def test_a_chosen_channel_stays_chosen() -> None:
    """A form drawn again keeps its channel."""
    view = create(replace(VIEW, channel=ChannelId("C0FINANCE")))

    element = field(view, Input.CHANNEL)["element"]
    assert element["initial_conversation"] == "C0FINANCE"
    assert "default_to_current_conversation" not in element


def test_held_checkpoints_are_told_and_optional_ones_ticked() -> None:
    """Only what may be left out has a box, and the box is ticked."""
    view = create(VIEW)

    boxes = field(view, "optional:content:0")["element"]
    assert [one["text"]["text"] for one in boxes["options"]] == ["Legal check"]
    assert boxes["initial_options"] == boxes["options"]
    assert "People decide at\nDraft review" in texts(view)


def test_without_optional_checkpoints_there_are_no_boxes() -> None:
    """A crew that must be approved everywhere offers nothing to untick."""
    view = create(replace(VIEW, can_untick=frozenset()))

    assert not [n for n in nodes(view) if n.get("type") == "checkboxes"]


def test_a_problem_is_told_in_the_form() -> None:
    """Why it was not started stands on top."""
    view = create(replace(VIEW, problem="Nobody can decide *Draft review*: no rule."))

    assert view["blocks"][0]["text"]["text"] == (
        ":warning: Nobody can decide *Draft review*: no rule."
    )


def test_without_crews_the_form_says_so() -> None:
    """Nothing to start is a sentence, not an empty menu."""
    view = create(CreateView(crews=()))

    assert "There is no crew that can be started." in texts(view)
    assert "submit" not in view


def test_a_practice_run_asks_for_the_inputs_only() -> None:
    """Where it is shown and who decides is settled."""
    view = create(replace(VIEW, practice=True))

    assert [
        block.get("block_id") for block in view["blocks"] if "block_id" in block
    ] == [
        Input.CREW,
        "input:content:topic",
    ]


def test_what_was_chosen_is_read() -> None:
    """Channel, priority and the unticked come out of Slack's state."""
    state = {
        Input.CHANNEL: {VALUE: {"selected_conversation": "C0GENERAL"}},
        Input.PRIORITY: {VALUE: {"selected_option": {"value": "high"}}},
        "optional:content:0": {VALUE: {"selected_options": []}},
    }

    assert read_chosen(CREW, state) == Chosen(
        channel=ChannelId("C0GENERAL"),
        priority=Priority.HIGH,
        unticked=("legal_check",),
    )


def test_a_ticked_checkpoint_is_not_left_out() -> None:
    """A box's value is the checkpoint's place."""
    state = {"optional:content:0": {VALUE: {"selected_options": [{"value": "1"}]}}}

    assert read_chosen(CREW, state).unticked == ()


@pytest.mark.parametrize(
    "state", [{}, {"priority": {VALUE: {"selected_option": {"value": "now"}}}}]
)
def test_what_is_not_there_is_not_invented(state: dict[str, Any]) -> None:
    """Without boxes nothing is unticked; an unknown priority is the usual one."""
    chosen = read_chosen(CREW, state)

    assert chosen == Chosen(channel=None, priority=Priority.MEDIUM, unticked=())


def test_a_form_too_large_for_slack_still_opens() -> None:
    """A hundred inputs and thirty checkpoints: what does not fit is named."""
    properties = {f"input_{number}": {"type": "string"} for number in range(100)}
    points = tuple(a_checkpoint(f"point_{n}", optional=True) for n in range(30))
    crew = a_crew_version(input_schema={"properties": properties}, checkpoints=points)
    names = frozenset(point.name for point in points)

    view = create(replace(VIEW, crew=crew, can_untick=names))

    assert check(view) == []
    assert "input_99" in texts(view)
