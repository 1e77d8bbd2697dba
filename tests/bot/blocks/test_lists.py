"""Private replies to /crew."""

from dataclasses import replace
from datetime import timedelta

import pytest
from inline_snapshot import snapshot

from approvals.crews import CrewProblem
from approvals.ids import RunCode
from approvals.runs import RunState
from bot.blocks.limits import check
from bot.blocks.lists import (
    MOST,
    MOST_OF_EACH,
    PendingItem,
    crews_list,
    help_text,
    no_such_crew,
    no_such_run,
    now_list,
    pending_list,
    runs_list,
    shown_run,
    unknown_word,
)
from bot.blocks.run_message import run_message
from bot.commands import WORDS, Scope, UnknownWord
from tests.bot.blocks.shown import CREW, a_run_view, buttons, texts
from tests.builders import START, a_routed_request, a_run, a_subject, an_ask

RUN = a_run(code="K7M2QX", state=RunState.WAITING)
REQUEST = a_routed_request(RUN)
BROKEN = replace(
    CREW,
    name="broken",
    problems=(CrewProblem(file="broken.yaml", line=3, message="no such method"),),
)


def test_what_can_be_done_now() -> None:
    """Decisions first, then own runs, then crews to start."""
    drawn = now_list(
        "/crew",
        pending=[PendingItem(request=REQUEST, run=RUN)],
        mine=[a_run_view(RUN)],
        crews=[CREW, BROKEN],
    )

    assert drawn.text == "1 decision waiting for you; 1 run of yours under way."
    assert buttons(drawn) == ["Open", "Details", "Start…"]
    assert texts(drawn) == snapshot("""\
Waiting for you
*Bees*
Ana asks · until <!date^1795424400^{date_short_pretty} at {time}|Mon 23 Nov 2026, 09:00 UTC> · run `K7M2QX`
Open
Your runs under way
*Content: bees*
Waiting: it is being settled who decides
`K7M2QX` · Ana · <!date^1795165200^{date_short_pretty} at {time}|Fri 20 Nov 2026, 09:00 UTC>
Details
Start a crew
*Content*  `content`
Writes a text.
Start…
`/crew help` lists what you can write.\
""")


def test_with_nothing_to_do_there_is_something_to_start() -> None:
    """An empty desk is not an empty answer."""
    drawn = now_list("/crew", pending=[], mine=[], crews=[CREW])

    assert drawn.text == "Nothing waits for you. Start a crew?"


def test_a_broken_crew_says_what_is_wrong() -> None:
    """File, line and reason, and the others can be started."""
    drawn = crews_list("/crew", [CREW, BROKEN])

    assert drawn.text == "1 crew to start, 1 crew with a problem."
    assert "cannot be started: broken.yaml:3: no such method" in texts(drawn)


def test_the_most_urgent_decision_is_first() -> None:
    """What expires first is on top, and in the notification."""
    urgent = a_routed_request(
        RUN,
        ask=an_ask(subject=a_subject(title="Order chairs")),
        expires_at=START + timedelta(hours=1),
    )
    items = [PendingItem(request=one, run=RUN) for one in (REQUEST, urgent)]

    drawn = pending_list(items)

    assert drawn.text == "2 decisions waiting for you, first: Order chairs."
    assert texts(drawn).index("Order chairs") < texts(drawn).index("Bees")


def test_a_decision_leads_to_its_card() -> None:
    """A permalink is a link; anything else is left out."""
    link = "https://northwind.slack.com/archives/C0/p1"

    with_link = pending_list([PendingItem(request=REQUEST, run=RUN, link=link)])
    without = pending_list([PendingItem(request=REQUEST, run=RUN, link="x|y>")])

    assert f"<{link}|go to the card>" in texts(with_link)
    assert "go to the card" not in texts(without)


def test_a_long_list_is_cut_and_says_so() -> None:
    """Slack shows 50 blocks; nobody reads them."""
    drawn = runs_list([a_run_view(RUN)] * 40, Scope.ALL)

    assert check(drawn) == []
    assert len(buttons(drawn)) == MOST
    assert f"and {40 - MOST} more" in texts(drawn)


def test_what_can_be_done_now_is_cut_too() -> None:
    """All three lists fit into one message, and each says how much it leaves out."""
    pending = [PendingItem(request=REQUEST, run=RUN)] * 40

    drawn = now_list(
        "/crew", pending=pending, mine=[a_run_view(RUN)] * 40, crews=[CREW] * 40
    )

    assert check(drawn) == []
    assert texts(drawn).count(f"and {40 - MOST_OF_EACH} more") == 3


@pytest.mark.parametrize("scope", Scope)
def test_an_empty_list_is_a_sentence(scope: Scope) -> None:
    """Nothing to list is said in words."""
    assert runs_list([], scope).text.endswith(".")


def test_a_run_is_shown_as_in_its_channel() -> None:
    """The private copy is the run's own message."""
    assert shown_run(a_run_view(RUN)) == run_message(a_run_view(RUN))


def test_near_misses_are_suggested() -> None:
    """A word, a crew or a code that is nearly right leads to the right one."""
    word = unknown_word("/crew", UnknownWord("crete", ("create", "crews")))
    crew = no_such_crew("/crew", "contnet", [CREW])
    run = no_such_run(RunCode("K7M2QY"), [RunCode("K7M2QX"), RunCode("000000")])

    assert word.text == (
        "I do not know “crete”. Did you mean `/crew create` or `/crew crews`?"
    )
    assert crew.text == (
        "There is no crew “contnet”. Did you mean `/crew create content`?"
        " `/crew crews` lists all."
    )
    assert run.text == "There is no run `K7M2QY` here. Did you mean `K7M2QX`?"


def test_far_misses_lead_to_the_list() -> None:
    """Without a near miss the person learns where to look."""
    assert "`/crew help`" in unknown_word("/crew", UnknownWord("xyz")).text
    assert "`/crew crews`" in no_such_crew("/crew", "xyz", [CREW]).text
    assert "`runs all`" in no_such_run(RunCode("000000"), []).text


def test_a_broken_crew_asked_for_by_name_says_why() -> None:
    """It is not said not to exist."""
    assert no_such_crew("/crew", "broken", [CREW, BROKEN]).text == (
        "The crew “broken” cannot be started: broken.yaml:3: no such method."
        " Correct the file; workers read it again when they start."
    )


def test_help_knows_every_command() -> None:
    """A new word cannot be forgotten in the help."""
    said = texts(help_text("/crew-staging"))

    for word in WORDS:
        assert f"/crew-staging {word}" in said
