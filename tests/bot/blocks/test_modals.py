"""Forms, notices and whole texts."""

from dataclasses import replace

from approvals.requests import RequestState
from approvals.runs import RunState
from approvals.verdicts import Labels, Verdict
from bot.blocks.ids import VALUE, Action, Callback, CardRef, ChoiceRef, Input, TextRef
from bot.blocks.modals import approve_note, notice, reject, revise
from bot.blocks.more_modal import more
from bot.blocks.text_modal import request_text, result_text
from tests.bot.blocks.shown import a_card_view, a_closing, buttons, texts, values
from tests.builders import a_routed_request, a_run, a_subject, an_ask

RUN = a_run(code="K7M2QX")
REQUEST = a_routed_request(
    RUN, ask=an_ask(max_revisions=3, leads_to={"reject": "nothing is ordered"})
)


def test_a_rejection_asks_for_its_reason() -> None:
    """The form says what is rejected and what follows, and requires words."""
    view = reject(REQUEST)

    assert view["callback_id"] == Callback.REJECT
    assert CardRef.parse(view["private_metadata"]) == CardRef.of(REQUEST)
    assert view["submit"]["text"] == "Reject"
    (field,) = [block for block in view["blocks"] if block["type"] == "input"]
    assert (field["block_id"], field["element"]["action_id"]) == (Input.WORDS, VALUE)
    assert field["optional"] is False
    assert "*Reject* → nothing is ordered" in texts(view)


def test_a_revision_asks_what_should_change() -> None:
    """The words of the form are those of the design."""
    view = revise(REQUEST)

    assert "What should change?" in texts(view)
    assert view["submit"]["text"] == "Send back"


def test_the_last_revision_says_that_it_is_the_last() -> None:
    """Nobody is surprised that the next card cannot be sent back."""
    last = a_routed_request(RUN, ask=replace(REQUEST.ask, revision=3))

    assert "the last time" not in texts(revise(REQUEST))
    assert "the last time it can be sent back" in texts(revise(last))


def test_an_approval_can_carry_a_note() -> None:
    """The form behind *Approve with a note*."""
    view = approve_note(REQUEST)

    assert (view["title"]["text"], view["submit"]["text"]) == (
        "Approve with a note",
        "Approve",
    )


def test_a_notice_keeps_what_was_typed() -> None:
    """Somebody else was quicker: the text is there to be copied."""
    view = notice("Already approved by Ben at 14:05.", "Too long.\nSecond line.")

    assert texts(view).endswith(
        "Already approved by Ben at 14:05.\nYour text, to copy:\nToo long.\nSecond line."
    )
    assert "submit" not in view


def test_more_offers_an_approver_a_note_and_every_choice() -> None:
    """Each further label of the flow is a line with its button."""
    labels = Labels(
        emit=("yes", "legal", "later"), approve="yes", choices=("legal", "later")
    )
    request = a_routed_request(RUN, ask=an_ask(labels=labels))

    view = more(a_card_view(request, RUN), may_decide=True, may_cancel=False)

    assert buttons(view) == ["Approve with a note", "legal", "later", "Details"]
    assert ChoiceRef.parse(values(view)[Action.CHOOSE]) == ChoiceRef(
        card=CardRef.of(request), choice=1
    )


def test_more_offers_others_only_what_is_theirs() -> None:
    """A requester can cancel; who may decide is named, not offered."""
    view = more(a_card_view(REQUEST, RUN), may_decide=False, may_cancel=True)

    assert buttons(view) == ["Cancel", "Details"]
    assert "Ben may decide this." in texts(view)


def test_more_of_a_decided_request_offers_nothing_to_decide() -> None:
    """A modal opened from an old card does not pretend."""
    closing = a_closing(Verdict.APPROVE)
    request = replace(REQUEST, state=RequestState.APPROVED, closing=closing)
    run = replace(RUN, state=RunState.SUCCEEDED)

    view = more(a_card_view(request, run), may_decide=True, may_cancel=True)

    assert buttons(view) == ["Details"]


def test_a_long_text_has_pages() -> None:
    """Previous and Next carry the page they lead to."""
    body = "\n\n".join(f"Paragraph {number}." for number in range(2_000))
    request = a_routed_request(RUN, ask=an_ask(subject=a_subject(body=body)))

    view = request_text(request, 1)

    assert "Page 2 of 4 · 32,888 characters" in texts(view)
    assert values(view) == {
        Action.PAGE_BACK: str(TextRef(of=request.id, is_result=False, page=0)),
        Action.PAGE_NEXT: str(TextRef(of=request.id, is_result=False, page=2)),
    }


def test_a_page_beyond_the_last_is_the_last() -> None:
    """A carried page number that is too high shows the end."""
    view = result_text(replace(RUN, result="Short."), 7)

    assert "Short." in texts(view)
    assert buttons(view) == []
