"""A run's one message: where it stands, step by step."""

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from approvals.requests import CallAddress, RequestState
from approvals.runs import Priority, Run, RunState
from approvals.verdicts import Verdict
from bot.blocks.details_modal import details
from bot.blocks.result import result
from bot.blocks.run_message import run_message
from bot.blocks.run_state import state_text
from bot.blocks.run_view import RunView
from bot.blocks.steps import MOST_STEPS, steps_of
from tests.bot.blocks.shown import (
    CREW,
    a_closing,
    a_run_view,
    buttons,
    nodes,
    texts,
)
from tests.builders import (
    a_crew_version,
    a_request,
    a_routed_request,
    a_run,
    an_ask,
)

RUN = a_run(code="K7M2QX", inputs={"topic": "Bees", "tone": "formal", "budget": 10000})
AT_REVIEW = an_ask(address=CallAddress(path="", method="draft_review", call=1))


def done(*methods: str) -> tuple[CallAddress, ...]:
    return tuple(CallAddress(path="", method=method, call=1) for method in methods)


def progress(view: RunView) -> list[str]:
    """The steps' lines as they are read."""
    return [
        " ".join(
            [step.state.value, step.title, *(n.get("text", "…") for n in step.note)]
        )
        for step in steps_of(view)
    ]


def test_a_run_that_waits() -> None:
    """The whole message: title, who and what, state, steps, buttons."""
    run = replace(RUN, state=RunState.WAITING, unticked=("legal_check",))
    request = a_routed_request(run, ask=AT_REVIEW)
    view = a_run_view(run, requests=(request,), done=done("draft"))

    drawn = run_message(view)

    assert drawn.text == "Content: Bees (run K7M2QX): Waiting for Ben."
    assert texts(drawn) == snapshot("""\
Content: Bees
Run `K7M2QX` · started by *Ana* · <!date^1795165200^{date_short_pretty} at {time}|Fri 20 Nov 2026, 09:00 UTC>
Tone: formal · Budget: 10,000
Waiting for Ben · [Fri 20 Nov 2026, 09:00 UTC]
✓  Write a draft
◆  Draft review · Ben, until [Mon 23 Nov 2026, 09:00 UTC]
○  Legal check · left out by Ana
○  Publish
Details
Cancel
Cancel run K7M2QX?
The crew stops at once, and what is being asked is withdrawn. This cannot be undone.
Cancel the run
Keep it\
""")


def test_progress_while_it_works() -> None:
    """The step that a worker is at says what it does; checkpoints to come are marked."""
    run = replace(RUN, state=RunState.RUNNING, doing="Write a draft: Content Writer")

    assert progress(a_run_view(run)) == [
        "▸ Write a draft Content Writer",
        "○ Draft review people decide",
        "○ Legal check people decide",
        "○ Publish",
    ]


def test_progress_after_a_rejection() -> None:
    """The checkpoint says who rejected; what was not reached is struck off."""
    run = replace(RUN, state=RunState.REJECTED, ended_by="draft_review")
    closing = a_closing(Verdict.REJECT, "No.")
    request = a_routed_request(
        run, ask=AT_REVIEW, state=RequestState.REJECTED, closing=closing
    )
    view = a_run_view(run, requests=(request,), done=done("draft", "draft_review"))

    assert state_text(view) == "Finished after a rejection at Draft review"
    assert [line[0] for line in progress(view)] == ["✓", "✕", "–", "–"]  # noqa: RUF001 - a dash
    assert progress(view)[1] == "✕ Draft review rejected by Ben"


def test_progress_while_a_step_is_done_again() -> None:
    """A version that was sent back says so until the next one is asked."""
    run = replace(RUN, state=RunState.RUNNING, doing="Write a draft")
    closing = a_closing(Verdict.REVISE, "Shorter.")
    sent_back = a_routed_request(
        run, ask=AT_REVIEW, state=RequestState.REVISED, closing=closing
    )

    view = a_run_view(run, requests=(sent_back,), done=done("draft"))

    assert progress(view)[:2] == [
        "▸ Write a draft",
        "○ Draft review sent back by Ben",
    ]


def test_a_failed_run_says_where_and_why() -> None:
    """The step has its title, the reason its words, and Retry comes first."""
    run = replace(
        RUN, state=RunState.FAILED, reason="Failed in *draft*: rate limit, 3 tries"
    )

    drawn = run_message(a_run_view(run))

    assert "Failed in Write a draft: rate limit, 3 tries" in texts(drawn)
    assert progress(a_run_view(run))[0] == "✕ Write a draft"
    assert buttons(drawn) == ["Retry", "Details", "Cancel"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"state": RunState.QUEUED},
            "In line: goes on as soon as a worker is free",
        ),
        ({"state": RunState.RUNNING}, "Working"),
        ({"state": RunState.RUNNING, "doing": "Publish"}, "Working on Publish"),
        (
            {"state": RunState.WAITING},
            "Waiting: it is being settled who decides",
        ),
        ({"state": RunState.FAILED, "reason": "no worker"}, "Failed: no worker"),
        ({"state": RunState.SUCCEEDED}, "Finished"),
        (
            {"state": RunState.EXPIRED, "ended_by": "draft_review"},
            "Finished because nobody decided in time at Draft review",
        ),
        (
            {"state": RunState.CANCELLED, "reason": "Cancelled by Dev"},
            "Cancelled by Dev",
        ),
        ({"state": RunState.STOPPED, "reason": "Stopped by Ben"}, "Stopped by Ben"),
    ],
)
def test_every_state_has_its_sentence(changes: dict[str, str], said: str) -> None:
    """Where a run stands is one sentence, in its message and in lists."""
    assert state_text(a_run_view(replace(RUN, **changes))) == said


def test_a_run_that_nobody_can_decide_says_so() -> None:
    """An unroutable request is not shown as waiting for people."""
    run = replace(RUN, state=RunState.WAITING)
    request = a_request(run, ask=AT_REVIEW, unroutable="no rule")

    view = a_run_view(run, requests=(request,))

    assert state_text(view) == "Waiting, and nobody can decide yet"
    assert progress(view)[1] == "◆ Draft review nobody can decide yet"


@pytest.mark.parametrize("state", RunState)
def test_a_run_that_is_over_has_nothing_to_cancel(state: RunState) -> None:
    """Cancel is there exactly as long as there is something to end."""
    run = replace(RUN, state=state)

    assert ("Cancel" in buttons(run_message(a_run_view(run)))) is not run.is_final


def test_cancel_asks_once_more() -> None:
    """A slip of the finger ends no run."""
    drawn = run_message(a_run_view(RUN))

    (confirm,) = [
        n["confirm"]
        for n in nodes(drawn)
        if n.get("type") == "button" and "confirm" in n
    ]

    assert confirm["title"]["text"] == "Cancel run K7M2QX?"


def test_a_long_flow_shows_what_surrounds_the_present() -> None:
    """Of sixty steps, those about the present are shown and the rest is counted."""
    steps = {f"step_{number}": f"Step {number}" for number in range(60)}
    crew = a_crew_version(steps=steps, checkpoints=())
    run = replace(RUN, state=RunState.RUNNING, doing="Step 30")

    drawn = texts(run_message(a_run_view(run, crew=crew, done=done(*list(steps)[:30]))))

    assert "25 earlier steps" in drawn
    assert "Step 30" in drawn
    assert "12 more steps" in drawn
    assert drawn.count("Step ") <= MOST_STEPS


def test_priority_and_practice_are_marked() -> None:
    """What is out of the ordinary about a run is on its message."""
    run = replace(RUN, priority=Priority.CRITICAL, practice=True)

    drawn = texts(run_message(a_run_view(run)))

    assert "priority *critical*" in drawn
    assert drawn.startswith("*Practice run*")


def test_what_was_left_out_is_named_even_without_its_step() -> None:
    """A checkpoint within a nested flow has no line of its own."""
    run = replace(RUN, unticked=("inner_check",))

    assert "Ana left out: *Inner check*." in texts(run_message(a_run_view(run)))


def test_details_tell_the_whole_story() -> None:
    """Inputs whole, every request with its outcome and words, the newest first."""
    closing = a_closing(Verdict.REVISE, "Shorter.")
    first = a_routed_request(
        RUN, ask=AT_REVIEW, state=RequestState.REVISED, closing=closing
    )
    second = a_routed_request(RUN, ask=replace(AT_REVIEW, revision=2))
    run = replace(RUN, state=RunState.WAITING, result="All done.")

    drawn = details(a_run_view(run, requests=(first, second)))

    said = texts(drawn)
    assert "Topic: Bees" in said
    assert said.index("version 2") < said.index("Sent back by Ben")
    assert "Shorter." in said
    assert buttons(drawn) == ["Open", "Open", "Open the result"]


def test_a_result() -> None:
    """The final text, with a notification that stands on its own."""
    drawn = result(replace(RUN, result="# Bees\n\nAre fine."))

    assert drawn.text == "Content is finished: the result is here (run K7M2QX)."
    assert "Are fine." in texts(drawn)
    assert buttons(drawn) == ["Open"]


def test_a_run_whose_crew_is_gone_is_still_shown() -> None:
    """Without its version, a run has no steps but all the rest."""
    drawn: Run = RUN
    view = a_run_view(drawn, crew=None)

    assert steps_of(view) == []
    assert "Bees" in run_message(view).text
    assert CREW.steps  # the usual one has some
