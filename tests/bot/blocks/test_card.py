"""The card: what an approver must see before, and everybody after."""

from dataclasses import replace
from datetime import timedelta

import pytest
from inline_snapshot import snapshot

from approvals.ids import UserId
from approvals.policies import Policy
from approvals.requests import (
    Closing,
    Fact,
    FactType,
    RequestState,
)
from approvals.runs import RunState
from approvals.verdicts import Labels, Verdict
from bot.blocks.card import asks, card
from bot.blocks.ids import Action, CardRef
from bot.blocks.limits import check
from bot.blocks.settled import OUTCOMES
from bot.blocks.unroutable import unroutable
from tests.bot.blocks.shown import (
    a_card_view,
    a_closing,
    buttons,
    nodes,
    texts,
    values,
)
from tests.builders import (
    APPROVER,
    REQUESTER,
    START,
    a_policy,
    a_request,
    a_routed_request,
    a_run,
    a_subject,
    an_ask,
)

RUN = a_run(code="K7M2QX", inputs={})
ORDER = a_subject(
    title="Order 12 chairs",
    body="From Stuhl & Co.",
    facts=(
        Fact(
            name="amount",
            label="Amount",
            type=FactType.MONEY,
            value="3400",
            currency="EUR",
        ),
        Fact(
            name="risk",
            label="Risk",
            type=FactType.CHOICE,
            value=None,
            unknown="no field “risk”",
        ),
    ),
    criteria=("It is within the budget.",),
)
ASK = an_ask(
    subject=ORDER,
    context="They are in stock.",
    max_revisions=3,
    leads_to={"approve": "goes on with *order*", "reject": "nothing is ordered"},
)
REQUEST = a_routed_request(RUN, ask=ASK)


def test_an_open_card() -> None:
    """Who asks, until when, who decides, the facts, the text, what each button does."""
    assert texts(card(a_card_view(REQUEST, RUN))) == snapshot("""\
Order 12 chairs
*Ana* asks · Content, run `K7M2QX`
Asked <!date^1795165200^{date_short_pretty} at {time}|Fri 20 Nov 2026, 09:00 UTC> · until *<!date^1795424400^{date_short_pretty} at {time}|Mon 23 Nov 2026, 09:00 UTC>* · *Ben* may decide
Amount: €3,400
Risk: unknown: no field “risk”
They are in stock.
Please check
It is within the budget.
From Stuhl & Co.
Approve → goes on with “Order”
Reject → nothing is ordered
Revise → it is done again with your words
Approve
Reject…
Revise…
Open
More…\
""")


def test_the_notification_stands_on_its_own() -> None:
    """The fallback says what is asked, by whom and until when."""
    request = replace(REQUEST, expires_at=START + timedelta(hours=7))
    view = a_card_view(request, RUN, tz="Europe/Madrid")

    assert card(view).text == (
        "Approve? Order 12 chairs, €3,400. Ana asks; until Fri 17:00."
    )


@pytest.mark.parametrize("title", ["Order 12 chairs, €3,400", "Order, EUR 3400"])
def test_the_notification_names_the_money_once(title: str) -> None:
    """An amount that stands in the title is not said again."""
    ask = replace(ASK, subject=replace(ORDER, title=title))

    said = asks(a_card_view(a_routed_request(RUN, ask=ask), RUN))

    assert said.startswith(f"Approve? {title}. Ana asks")


def test_every_button_says_exactly_what_it_is_about() -> None:
    """The buttons carry the request, its revision and the digest of what is shown."""
    carried = values(card(a_card_view(REQUEST, RUN)))

    assert set(carried) == {
        Action.APPROVE,
        Action.REJECT,
        Action.REVISE,
        Action.OPEN,
        Action.MORE,
    }
    assert {CardRef.parse(value) for value in carried.values()} == {CardRef.of(REQUEST)}


def test_a_flow_without_revise_offers_none() -> None:
    """No revise label: no button, and no word about it."""
    labels = Labels(emit=("yes", "no"), approve="yes", reject="no")
    request = a_routed_request(RUN, ask=replace(ASK, labels=labels))

    drawn = card(a_card_view(request, RUN))

    assert "Revise…" not in buttons(drawn)
    assert "Revise" not in texts(drawn)


def test_the_last_version_offers_no_revise() -> None:
    """Three clicks on Revise lead to version 4 of 4, which must be decided."""
    request = a_routed_request(RUN, ask=replace(ASK, revision=4))

    drawn = card(a_card_view(request, RUN))

    assert "version 4 of 4, the last" in texts(drawn)
    assert buttons(drawn) == ["Approve", "Reject…", "Open", "More…"]


def test_a_new_version_says_what_it_was_sent_back_for() -> None:
    """The next approver reads the feedback beside the text that answers it."""
    request = a_routed_request(RUN, ask=replace(ASK, revision=2))
    sent_back = a_closing(Verdict.REVISE, "Cheaper, please.")

    drawn = card(a_card_view(request, RUN, sent_back=sent_back))

    assert drawn.text.startswith("Approve version 2? ")
    assert "version 2 of 4" in texts(drawn)
    assert "Ben sent the last version back:\nCheaper, please." in texts(drawn)


def test_people_are_mentioned_only_when_asked_to() -> None:
    """A post may ping; without it nobody is mentioned, only named."""
    pinged = card(a_card_view(REQUEST, RUN, ping=(APPROVER,)))
    updated = card(a_card_view(REQUEST, RUN))

    assert [n["user_id"] for n in nodes(pinged) if n.get("type") == "user"] == [
        APPROVER
    ]
    assert not [n for n in nodes(updated) if n.get("type") == "user"]


def test_a_long_text_is_a_preview() -> None:
    """About 3,000 characters are on the card; the rest is behind Open."""
    ask = replace(ASK, subject=a_subject(body="word " * 40_000))

    drawn = card(a_card_view(a_routed_request(RUN, ask=ask), RUN))

    assert (
        "… This is the beginning; the whole text has 200,000 characters."
        " *Open* shows all of it, page by page."
    ) in texts(drawn)
    assert check(drawn) == []


def test_what_was_left_out_is_on_the_card() -> None:
    """An approver sees which other checks the requester unticked."""
    run = replace(RUN, unticked=("legal_check",))

    assert "Ana left out: *Legal check*" in texts(card(a_card_view(REQUEST, run)))


def test_self_approval_is_marked() -> None:
    """A policy that lets requesters approve their own runs is named."""
    request = replace(REQUEST, policy=a_policy(self_approval=True))

    drawn = texts(card(a_card_view(request, RUN)))

    assert "The policy “editors” lets requesters approve their own runs" in drawn


def test_an_own_approval_is_marked_for_ever() -> None:
    """Who approved their own run stands on the decided card."""
    policy = Policy(name="small", approvers=(REQUESTER,), self_approval=True)
    closing = a_closing(Verdict.APPROVE, by=REQUESTER, by_name="Ana")
    request = replace(
        REQUEST, policy=policy, state=RequestState.APPROVED, closing=closing
    )

    drawn = texts(card(a_card_view(request, RUN)))

    assert "their own run, as the policy “small” allows" in drawn


def test_a_practice_run_is_marked() -> None:
    """Nobody takes a practice card for a real one, nor its notification."""
    drawn = card(a_card_view(REQUEST, replace(RUN, practice=True)))

    assert drawn.text.startswith("Practice: ")
    assert texts(drawn).startswith("*Practice run*")


@pytest.mark.parametrize(
    ("state", "verdict", "words", "said", "follows"),
    [
        (
            RequestState.APPROVED,
            Verdict.APPROVE,
            "Good.",
            "Approved by Ben",
            "Next: goes on with “Order”.",
        ),
        (
            RequestState.REJECTED,
            Verdict.REJECT,
            "Too dear.",
            "Rejected by Ben",
            "Next: nothing is ordered.",
        ),
    ],
)
def test_a_decided_card(
    state: RequestState, verdict: Verdict, words: str, said: str, follows: str
) -> None:
    """No buttons: who, what, when, why, and what comes next."""
    request = replace(REQUEST, state=state, closing=a_closing(verdict, words))

    drawn = card(a_card_view(request, RUN))

    assert drawn.text == f"{said}. Order 12 chairs, €3,400."
    assert buttons(drawn) == []
    assert f"{said} · [Fri 20 Nov 2026, 10:00 UTC]\n{words}\n{follows}" in texts(drawn)


def test_an_expired_card_says_that_silence_is_no_approval() -> None:
    """Expiry is nobody's decision."""
    closing = Closing(
        by=None, by_name="", at=START, verdict=Verdict.EXPIRED, label=None
    )
    request = replace(REQUEST, state=RequestState.EXPIRED, closing=closing)

    drawn = texts(card(a_card_view(request, RUN)))

    assert "Expired: nobody decided in time" in drawn
    assert "That is not an approval. Next: nothing is ordered." in drawn


def test_a_sent_back_card_shrinks_to_one_line() -> None:
    """An old version takes one line: which, by whom, why."""
    closing = a_closing(Verdict.REVISE, "Cheaper,\nplease.")
    request = replace(REQUEST, state=RequestState.REVISED, closing=closing)

    drawn = card(a_card_view(request, RUN))

    assert drawn.text == "Version 1, sent back by Ben: “Cheaper, please.”"
    assert [block["type"] for block in drawn.blocks] == ["context"]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (RunState.CANCELLED, "Cancelled by Ana"),
        (RunState.RUNNING, "Not needed any more: the run went another way"),
    ],
)
def test_a_withdrawn_card_says_why(state: RunState, said: str) -> None:
    """A cancelled run and an overtaken branch are told apart."""
    run = replace(RUN, state=state, reason="Cancelled by Ana")
    request = replace(REQUEST, state=RequestState.CANCELLED)

    drawn = card(a_card_view(request, run))

    assert drawn.text == f"{said}. Order 12 chairs, €3,400."
    assert buttons(drawn) == []


def test_every_outcome_has_its_words() -> None:
    """A new state of a request cannot be forgotten here."""
    assert set(OUTCOMES) == set(RequestState)


def test_nobody_can_decide() -> None:
    """Requester and admins read the reason, what to do, and that nothing is decided."""
    request = a_request(RUN, ask=ASK, unroutable="no rule matches")

    drawn = unroutable(a_card_view(request, RUN))

    assert drawn.text == (
        "Nobody can decide “Order 12 chairs, €3,400” yet: no rule matches."
    )
    assert "An admin can name approvers in the rules file." in texts(drawn)
    assert "never as an approval" in texts(drawn)


def test_the_news_that_nobody_can_decide_does_not_outlive_its_cause() -> None:
    """Once it is routed, the old warning says so."""
    request = replace(REQUEST, approvers=(APPROVER, UserId("U0CHIARA")))

    drawn = unroutable(a_card_view(request, RUN))

    assert drawn.text == ("Order 12 chairs, €3,400: settled, Ben or Chiara may decide.")
