"""What the card says of each button follows from the flow's graph."""

from typing import Any

import pytest

from crews.leads_to import leads_to, said_at_load
from crews.messages import DescribedCheckpoint, Graph, GraphMethod, VerdictLabels

CONTENT = Graph(
    methods=(
        GraphMethod(name="write_draft", kind="start", listens=("revise",)),
        GraphMethod(name="edit_draft", listens=("write_draft",)),
        GraphMethod(name="draft_review", listens=("edit_draft",), checkpoint=True),
        GraphMethod(name="analysis", listens=("approved",)),
        GraphMethod(name="after_analysis", listens=("analysis",)),
        GraphMethod(name="archive", listens=("shelve",)),
        GraphMethod(name="tell", listens=("shelve",)),
    )
)


def point(**changes: Any) -> DescribedCheckpoint:
    labels = VerdictLabels(approve="approved", revise="revise", reject="rejected")
    emit = ("approved", "revise", "rejected", "shelve")
    given: dict[str, Any] = {
        "name": "draft_review",
        "method": "draft_review",
        "emit": emit,
        "verdicts": labels,
    }
    return DescribedCheckpoint(**given | changes)


LABELLED = point()
PLAIN = point(emit=None, verdicts=VerdictLabels())


@pytest.mark.parametrize(
    ("checkpoint", "verdict", "sentence"),
    [
        (LABELLED, "approve", "goes on with *analysis*, then *after_analysis*"),
        (LABELLED, "reject", "the run ends"),
        (LABELLED, "revise", "*write_draft* again with your feedback"),
        (LABELLED, "skip", "goes on with *analysis*, then *after_analysis*"),
        (LABELLED, "expired", "the run ends"),
        (PLAIN, "approve", "the run is done"),
        (PLAIN, "reject", "the run ends"),
        (PLAIN, "revise", "*draft_review* again with your feedback"),
        (PLAIN, "expired", "the run ends"),
        (
            point(verdicts=VerdictLabels(approve="approved", choices=("shelve",))),
            "shelve",
            "goes on with *archive* and *tell*",
        ),
        (
            point(verdicts=VerdictLabels(approve="x", revise="shelve")),
            "revise",
            "goes on with *archive* and *tell*",
        ),
        (
            point(verdicts=VerdictLabels(approve="approved", expired="shelve")),
            "expired",
            "goes on with *archive* and *tell*",
        ),
    ],
)
def test_each_verdict_says_what_follows(
    checkpoint: DescribedCheckpoint, verdict: str, sentence: str
) -> None:
    """Approve names the steps ahead, revise the one that is done again."""
    assert leads_to(CONTENT, checkpoint, {})[verdict] == sentence


def test_what_the_author_says_comes_first() -> None:
    """Where nobody decides, the run goes the way of a rejection, in its words too."""
    said = {"reject": "nothing is published", "revise": None}

    sentences = leads_to(CONTENT, LABELLED, said)

    assert sentences["reject"] == "nothing is published"
    assert sentences["expired"] == "nothing is published"
    assert sentences["revise"] == "*write_draft* again with your feedback"


def test_words_that_need_a_run_are_not_said_at_load() -> None:
    """An expression is worked out when the checkpoint is reached."""
    consequence = {"approve": "pays ${state.amount}", "reject": "pays nothing"}

    assert said_at_load(point(consequence=consequence)) == {"reject": "pays nothing"}


def test_a_routers_other_labels_are_followed() -> None:
    """A router goes on with what it may emit."""
    graph = Graph(
        methods=(
            GraphMethod(name="route", listens=("ok",), emits=("big", "small")),
            GraphMethod(name="pay", listens=("big", "small")),
        )
    )
    checkpoint = DescribedCheckpoint(
        name="p", method="p", emit=("ok",), verdicts=VerdictLabels(approve="ok")
    )

    sentence = leads_to(graph, checkpoint, {})["approve"]

    assert sentence == "goes on with *route*, then *pay*"


def test_no_revise_label_no_sentence() -> None:
    """Where *Revise* is not offered, nothing is said of it."""
    checkpoint = point(verdicts=VerdictLabels(approve="approved"))

    assert "revise" not in leads_to(CONTENT, checkpoint, {})


def test_the_way_ends_where_people_are_asked_again() -> None:
    """Nobody can say what comes after the next checkpoint."""
    graph = Graph(
        methods=(
            GraphMethod(name="plan", kind="start", checkpoint=True),
            GraphMethod(name="buy", listens=("plan",), checkpoint=True),
            GraphMethod(name="pay", listens=("buy",)),
        )
    )
    checkpoint = DescribedCheckpoint(name="plan", method="plan")

    assert leads_to(graph, checkpoint, {})["approve"] == "goes on with *buy*"


def test_a_loop_is_named_once() -> None:
    """A flow that goes round does not make the sentence go round."""
    graph = Graph(
        methods=(
            GraphMethod(name="a", listens=("ok", "b")),
            GraphMethod(name="b", listens=("a",)),
        )
    )
    checkpoint = DescribedCheckpoint(
        name="p", method="p", emit=("ok",), verdicts=VerdictLabels(approve="ok")
    )

    assert leads_to(graph, checkpoint, {})["approve"] == "goes on with *a*, then *b*"
