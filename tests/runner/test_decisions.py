"""A decision reaches the flow exactly: its label, its words, and nothing made up."""

from concurrent.futures import Executor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from crewai.flow.flow import Flow, and_, listen, start
from crewai.flow.human_feedback import human_feedback

from tests.runner.bench import Bench, crew_in, crew_of

REVIEWED = """
schema: crewai.flow/v1
name: reviewed
methods:
  draft:
    start: true
    listen: again
    do:
      call: expression
      expr: "has(outputs.review) ? 'after: ' + outputs.review.feedback : 'first'"
  review:
    listen: draft
    do: {call: expression, expr: outputs.draft}
    human_feedback:
      message: Is it right?
      emit: EMIT
      default_outcome: approved
      metadata: {METADATA}
  publish:
    listen: approved
    do: {call: expression, expr: "'published ' + outputs.review.output"}
  file:
    listen: rejected
    do: {call: expression, expr: "'filed, because: ' + outputs.review.feedback"}
  shelve:
    listen: shelved
    do: {call: expression, expr: "'shelved'"}
"""


def reviewed(
    bundle: Path, emit: str = "[approved, rejected, again]", metadata: str = ""
) -> Any:
    if "again" in emit and "verdicts" not in metadata:
        verdicts = "verdicts: {approve: approved, reject: rejected, revise: again}"
        metadata = ", ".join(part for part in (verdicts, metadata) if part)
    text = REVIEWED.replace("EMIT", emit).replace("METADATA", metadata)
    return crew_in(bundle, text)


async def decided(bench: Bench, **decision: Any) -> dict[str, Any]:
    """Run to the first checkpoint, decide it, and run on."""
    ending = await bench.segment()
    bench.answer(bench.open_asks(ending)[0], **decision)
    return await bench.segment()


@pytest.fixture
def bench(bundle: Path, threads: Executor) -> Bench:
    return Bench(crew=reviewed(bundle), executor=threads)


async def test_approval_goes_on_with_what_was_shown(bench: Bench) -> None:
    """The approved text is what the next step reads."""
    ending = await decided(bench, verdict="approve", label="approved")

    assert "published first" == ending["result"]
    assert None is ending["ended_by"]


async def test_a_rejection_without_words_is_a_rejection(bench: Bench) -> None:
    """crewAI would read silence as the default outcome, which here is `approved`."""
    ending = await decided(bench, verdict="reject", label="rejected", words="")

    assert "filed, because: " == ending["result"]
    assert "reject" == ending["ended_by"]
    assert "review" == ending["ended_at"]["checkpoint"]


async def test_words_travel_beside_the_label(bench: Bench) -> None:
    """Even words that name another label change nothing about the verdict."""
    ending = await decided(
        bench, verdict="reject", label="rejected", words="I do NOT consider it approved"
    )

    assert "filed, because: I do NOT consider it approved" == ending["result"]


async def test_revise_hands_the_feedback_to_the_next_version(bench: Bench) -> None:
    """The writer reads what was said; the next ask is revision 2 of the same visit."""
    ending = await decided(bench, verdict="revise", label="again", words="shorter")

    ask = bench.open_asks(ending)[0]
    assert "after: shorter" == ask["output"]
    assert (1, 2, 2) == (ask["visit"], ask["revision"], ask["call"])


async def test_an_expiry_without_a_label_takes_the_path_of_rejection(
    bench: Bench,
) -> None:
    """Time that runs out is never an approval."""
    ending = await decided(bench, verdict="expired", label="rejected")

    assert "filed, because: " == ending["result"]
    assert "expired" == ending["ended_by"]


async def test_without_a_reject_label_a_rejection_ends_the_run(
    bundle: Path, threads: Executor
) -> None:
    """No later step runs."""
    bench = Bench(crew=reviewed(bundle, "[approved]"), executor=threads)

    ending = await decided(bench, verdict="reject", words="no budget")

    assert ("finished", "reject") == (ending["outcome"], ending["ended_by"])
    assert ["draft#1", "review#1"] == bench.calls()


async def test_a_further_label_can_be_chosen(bundle: Path, threads: Executor) -> None:
    """A label that no verdict stands for is a verdict of its own."""
    crew = reviewed(bundle, "[approved, rejected, shelved]")
    bench = Bench(crew=crew, executor=threads)

    ending = await decided(bench, verdict="choose", label="shelved")

    assert "shelved" == ending["result"]


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        ({"verdict": "approve", "label": "rejected"}, "'approve' means 'approved'"),
        ({"verdict": "choose", "label": "approved"}, "no label for 'choose'"),
        ({"verdict": "choose", "label": "elsewhere"}, "no label for 'choose'"),
        (
            {"verdict": "approve", "label": "approved", "digest_output": "0" * 64},
            "what was decided on is not what the flow would be handed",
        ),
    ],
)
async def test_an_answer_that_does_not_fit_is_refused(
    bench: Bench, decision: dict[str, Any], words: str
) -> None:
    """The run fails instead of going on with something else than what was decided."""
    ending = await decided(bench, **decision)

    assert ("failed", "mismatch") == (ending["type"], ending["kind"])
    assert words in ending["message"]
    assert ["draft#1", "review#1"] == bench.calls()


async def test_the_digest_of_the_ask_is_accepted(bench: Bench) -> None:
    """A decision that carries the ask's own digest goes through."""
    ending = await bench.segment()
    ask = bench.open_asks(ending)[0]
    digest = ask["digest_output"]
    bench.answer(ask, verdict="approve", label="approved", digest_output=digest)

    ending = await bench.segment()

    assert "published first" == ending["result"]


async def test_an_optional_checkpoint_can_be_unticked(
    bundle: Path, threads: Executor
) -> None:
    """It passes with the approve label and says so; nobody is asked."""
    crew = reviewed(bundle, metadata="optional: true")
    bench = Bench(crew=crew, executor=threads, held=[])

    ending = await bench.segment()

    assert "published first" == ending["result"]
    assert [] == bench.asks()
    applied = bench.said("applied")[0]
    assert (None, "approved", True) == (
        applied["request"],
        applied["label"],
        applied["unticked"],
    )


async def test_no_other_checkpoint_can_be_unticked(
    bundle: Path, threads: Executor
) -> None:
    """One that is not optional is held, whatever the order says."""
    bench = Bench(crew=reviewed(bundle), executor=threads, held=[])

    ending = await bench.segment()

    assert "waiting" == ending["outcome"]
    assert ["review"] == [ask["checkpoint"] for ask in bench.asks()]


class Plain(Flow):
    """A checkpoint without labels."""

    @start()
    @human_feedback(message="?")
    def draft(self) -> str:
        told = self.last_human_feedback
        return f"{told.output}+{told.feedback}" if told else "v1"

    @listen(draft)
    def publish(self, result: Any) -> str:
        return f"{result.output} ({result.feedback})"


async def test_without_labels_approve_goes_on(bundle: Path, threads: Executor) -> None:
    """The listener is handed crewAI's own feedback result."""
    bench = Bench(crew=crew_of(Plain, bundle), executor=threads)

    ending = await decided(bench, verdict="approve", words="nice")

    assert "v1 (nice)" == ending["result"]


async def test_without_labels_reject_ends_the_run(
    bundle: Path, threads: Executor
) -> None:
    """No later step runs."""
    bench = Bench(crew=crew_of(Plain, bundle), executor=threads)

    ending = await decided(bench, verdict="reject")

    assert ("finished", "reject") == (ending["outcome"], ending["ended_by"])
    assert ["draft#1"] == bench.calls()


async def test_without_labels_revise_runs_the_method_again(
    bundle: Path, threads: Executor
) -> None:
    """It finds the feedback and the previous output in crewAI's own field."""
    bench = Bench(crew=crew_of(Plain, bundle), executor=threads)

    ending = await decided(bench, verdict="revise", words="longer")
    ask = bench.open_asks(ending)[0]
    bench.answer(ask, verdict="approve", words="fine")
    ending = await bench.segment()

    assert ("v1+longer", 1, 2) == (ask["output"], ask["visit"], ask["revision"])
    assert "v1+longer (fine)" == ending["result"]
    assert ["draft#1", "draft#2", "publish#1"] == bench.calls()


async def test_an_expression_reads_the_feedback_of_a_method_without_labels(
    bundle: Path, threads: Executor
) -> None:
    """In a declarative flow, `outputs.draft` is the last feedback at *revise* too."""
    crew = crew_in(
        bundle,
        """
schema: crewai.flow/v1
name: plain
methods:
  draft:
    start: true
    do:
      call: expression
      expr: "has(outputs.draft) ? outputs.draft.output + '+' + outputs.draft.feedback : 'v1'"
    human_feedback: {message: "?"}
""",
    )
    bench = Bench(crew=crew, executor=threads)

    ending = await decided(bench, verdict="revise", words="longer")

    assert "v1+longer" == bench.open_asks(ending)[0]["output"]


class Twice(Flow):
    """Comes back to its checkpoint for another reason than *revise*."""

    @start()
    def begin(self) -> str:
        return "begin"

    @listen(begin)
    @human_feedback(
        message="?",
        emit=["approved", "rejected"],
    )
    def first(self) -> str:
        return "first"

    @listen("rejected")
    @human_feedback(
        message="?",
        emit=["mended", "given_up"],
        metadata={"verdicts": {"approve": "mended", "reject": "given_up"}},
    )
    def second(self) -> str:
        return "second"

    @listen("mended")
    def end(self) -> str:
        return "mended"


async def test_a_rejection_can_be_made_good(bundle: Path, threads: Executor) -> None:
    """A later approval on the path that the rejection led to counts."""
    bench = Bench(crew=crew_of(Twice, bundle), executor=threads)
    verdicts = {"first": "reject", "second": "approve"}

    ending = await bench.drive(lambda ask: {"verdict": verdicts[ask["method"]]})

    assert ("mended", None) == (ending["result"], ending["ended_by"])


async def test_the_last_of_two_rejections_is_named(
    bundle: Path, threads: Executor
) -> None:
    """The run ended where the second person said no."""
    bench = Bench(crew=crew_of(Twice, bundle), executor=threads)

    ending = await bench.drive(lambda _: {"verdict": "reject"})

    assert ("reject", "second") == (
        ending["ended_by"],
        ending["ended_at"]["checkpoint"],
    )


class Both(Flow):
    """Two people must agree."""

    @start()
    def brief(self) -> str:
        return "brief"

    @listen(brief)
    @human_feedback(
        message="?",
        emit=["legal_yes", "legal_no"],
        metadata={"verdicts": {"approve": "legal_yes", "reject": "legal_no"}},
    )
    def legal(self) -> str:
        return "legal"

    @listen(brief)
    @human_feedback(
        message="?",
        emit=["brand_yes", "brand_no"],
        metadata={"verdicts": {"approve": "brand_yes", "reject": "brand_no"}},
    )
    def brand(self) -> str:
        return "brand"

    @listen(and_("legal_yes", "brand_yes"))
    def publish(self) -> str:
        return "published"


@pytest.mark.parametrize("no", ["legal", "brand"])
async def test_one_no_of_two_is_not_made_good_by_the_other_yes(
    no: str, bundle: Path, threads: Executor
) -> None:
    """Whichever of them was asked last."""
    bench = Bench(crew=crew_of(Both, bundle), executor=threads)

    ending = await bench.drive(
        lambda ask: {"verdict": "reject" if ask["method"] == no else "approve"}
    )

    assert ("reject", no) == (ending["ended_by"], ending["ended_at"]["checkpoint"])
    assert "publish#1" not in bench.calls()


async def test_a_flow_finds_who_decided_and_when(
    bundle: Path, threads: Executor
) -> None:
    """Beside crewAI's own fields, metadata tells verdict and name."""
    seen: list[Any] = []

    class Curious(Flow):
        @start()
        @human_feedback(message="?", emit=["approved"], metadata={"policy": "two"})
        def draft(self) -> str:
            return "draft"

        @listen("approved")
        def end(self) -> str:
            seen.append(self.last_human_feedback)
            return "end"

    bench = Bench(crew=crew_of(Curious, bundle), executor=threads)
    at = "2026-11-21T09:30:00+00:00"
    await decided(bench, verdict="approve", by="Ben", words="ok", at=at)

    result = seen[0]
    assert ("draft", "ok", "approved", "draft") == (
        result.output,
        result.feedback,
        result.outcome,
        result.method_name,
    )
    assert {
        "policy": "two",
        "countersign": {"verdict": "approve", "by": "Ben"},
    } == result.metadata
    assert datetime.fromisoformat(at) == result.timestamp.astimezone()


class Apart(Flow):
    """Two branches; one of them cannot be told of a rejection."""

    @start()
    @human_feedback(message="?")
    def money(self) -> str:
        return "money"

    @start()
    @human_feedback(message="?", emit=["approved", "rejected"])
    def words(self) -> str:
        return "words"

    @listen("approved")
    def send(self) -> str:
        return "sent"


async def test_after_an_ending_rejection_no_branch_goes_on(
    bundle: Path, threads: Executor
) -> None:
    """Not even one whose approval was there at the same time."""
    bench = Bench(crew=crew_of(Apart, bundle), executor=threads)
    asks = {ask["method"]: ask for ask in bench.open_asks(await bench.segment())}
    bench.answer(asks["money"], verdict="reject")
    bench.answer(asks["words"], verdict="approve")

    ending = await bench.segment()

    assert ("reject", "money") == (
        ending["ended_by"],
        ending["ended_at"]["checkpoint"],
    )
    assert "send#1" not in bench.calls()


class Same(Flow):
    """Two approvals that each lead to the same step."""

    @start()
    @human_feedback(message="?", emit=["approved", "rejected"])
    def one(self) -> str:
        return "one"

    @start()
    @human_feedback(message="?", emit=["approved", "rejected"])
    def two(self) -> str:
        return "two"

    @listen("approved")
    def publish(self) -> str:
        return f"published {self.last_human_feedback.output}"


async def test_each_decision_keeps_its_place_in_the_run(
    bundle: Path, threads: Executor
) -> None:
    """The second decision does not take over what the first one led to."""
    bench = Bench(crew=crew_of(Same, bundle), executor=threads)
    asks = {ask["method"]: ask for ask in bench.open_asks(await bench.segment())}
    bench.answer(asks["two"], verdict="approve")
    await bench.segment()
    bench.answer(asks["one"], verdict="approve")
    bench.answers.reverse()  # in the order of asking, as a worker may list them

    ending = await bench.segment()

    assert "published one" == ending["result"]
    assert ["published two", "published one"] == [
        entry["result"] for entry in bench.journal if entry["method"] == "publish"
    ]
