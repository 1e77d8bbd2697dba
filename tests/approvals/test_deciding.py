"""Who may press what, and what a press leads to."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.deciding import Press, decide, expire, is_as_decided, offers
from approvals.digest import digest_of
from approvals.errors import (
    NeverDecides,
    NotAnApprover,
    NotNeeded,
    NotOffered,
    NotYetRouted,
    OlderVersion,
    OwnRequest,
    RequestClosed,
    RunEnded,
    WordsNeeded,
)
from approvals.ids import TeamId, UserId
from approvals.people import Person
from approvals.policies import Policy
from approvals.requests import ApprovalRequest, RequestState
from approvals.runs import Run, RunState
from approvals.verdicts import Labels, Verdict
from tests.builders import TEAM, a_request, a_run, an_ask

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ANA, BEN, CHIARA = UserId("U0ANA"), UserId("U0BEN"), UserId("U0CHIARA")
NAMES = {ANA: "Ana", BEN: "Ben", CHIARA: "Chiara"}


def a_person(user: UserId = BEN, **changes: Any) -> Person:
    known = {
        "team": TEAM,
        "user": user,
        "name": NAMES.get(user, user),
        "home_team": TEAM,
        "read_at": NOW,
    }
    return Person(**(known | changes))


def a_case(**changes: Any) -> tuple[Run, ApprovalRequest]:
    """Ana's run, and its request that Ben and Chiara may decide."""
    run = a_run(team=TEAM, requester=ANA, state=RunState.WAITING)
    policy = Policy(name="content", approvers=(BEN, CHIARA))
    request = a_request(run, policy=policy, approvers=(BEN, CHIARA))
    request = replace(request, **changes)
    return run, replace(request, digest=digest_of(run.id, request.ask))


def a_press(
    request: ApprovalRequest, verdict: Verdict = Verdict.APPROVE, **changes: Any
) -> Press:
    known = {
        "actor": a_person(),
        "request": request.id,
        "revision": request.ask.revision,
        "digest": request.digest,
        "verdict": verdict,
        "origin": "trigger-1",
        "words": "because",
    }
    return Press(**(known | changes))


@pytest.mark.parametrize(
    ("verdict", "state", "label"),
    [
        (Verdict.APPROVE, RequestState.APPROVED, "approved"),
        (Verdict.REJECT, RequestState.REJECTED, "rejected"),
        (Verdict.REVISE, RequestState.REVISED, "revise"),
    ],
)
def test_an_approvers_press_closes_the_request(
    verdict: Verdict, state: RequestState, label: str
) -> None:
    """The outcome, the label and the words are exactly what was pressed."""
    run, request = a_case()

    closed = decide(request, run, a_press(request, verdict), NAMES, NOW)

    assert closed.state is state
    assert closed.closing is not None
    assert (closed.closing.by, closed.closing.label) == (BEN, label)
    assert closed.closing.words == "because"


@pytest.mark.parametrize(
    ("actor", "refusal"),
    [
        (a_person(UserId("U0STRANGER")), NotAnApprover),
        (a_person(ANA), OwnRequest),
        (a_person(is_bot=True), NeverDecides),
        (a_person(is_guest=True), NeverDecides),
        (a_person(is_deactivated=True), NeverDecides),
        (a_person(home_team=TeamId("T0OTHER")), NeverDecides),
        (a_person(team=TeamId("T0OTHER"), home_team=TeamId("T0OTHER")), NeverDecides),
    ],
)
def test_nobody_else_decides(actor: Person, refusal: type[Exception]) -> None:
    """Only a full member whom the policy names decides."""
    run, request = a_case()

    with pytest.raises(refusal):
        decide(request, run, a_press(request, actor=actor), NAMES, NOW)


def test_the_refusal_names_those_who_may() -> None:
    """A person who may not decide is told who may."""
    run, request = a_case()
    press = a_press(request, actor=a_person(UserId("U0STRANGER")))

    with pytest.raises(NotAnApprover, match="Ben or Chiara"):
        decide(request, run, press, NAMES, NOW)


def test_the_requester_decides_only_where_the_policy_says_so() -> None:
    """Self-approval is off unless it is switched on."""
    policy = Policy(name="alone", approvers=(ANA,), self_approval=True)
    run, request = a_case(policy=policy, approvers=(ANA,))

    closed = decide(request, run, a_press(request, actor=a_person(ANA)), NAMES, NOW)

    assert closed.state is RequestState.APPROVED


def test_an_approver_dropped_at_routing_does_not_decide() -> None:
    """The people of a request are those it was routed to."""
    run, request = a_case(approvers=(CHIARA,))

    with pytest.raises(NotAnApprover):
        decide(request, run, a_press(request), NAMES, NOW)


def test_nobody_decides_before_the_people_are_known() -> None:
    """An unrouted request is never decided."""
    run, request = a_case(policy=None, approvers=())

    with pytest.raises(NotYetRouted):
        decide(request, run, a_press(request), NAMES, NOW)


@pytest.mark.parametrize("change", [{"revision": 2}, {"digest": "0" * 64}])
def test_a_press_on_another_version_is_refused(change: dict[str, Any]) -> None:
    """A decision counts only for exactly what its card shows."""
    run, request = a_case()

    with pytest.raises(OlderVersion):
        decide(request, run, a_press(request, **change), NAMES, NOW)


@pytest.mark.parametrize("verdict", [Verdict.REJECT, Verdict.REVISE])
@pytest.mark.parametrize("words", ["", "  \n"])
def test_rejecting_and_revising_need_words(verdict: Verdict, words: str) -> None:
    """The crew and the requester are told why."""
    run, request = a_case()

    with pytest.raises(WordsNeeded):
        decide(request, run, a_press(request, verdict, words=words), NAMES, NOW)


def test_a_closed_request_is_not_closed_again() -> None:
    """The second decider is told who was first."""
    run, request = a_case()
    closed = decide(request, run, a_press(request), NAMES, NOW)

    with pytest.raises(RequestClosed, match="approved by Ben on 20 Nov at 09:00"):
        decide(closed, run, a_press(request, Verdict.REJECT), NAMES, NOW)


def test_a_version_that_was_sent_back_names_who_did_it() -> None:
    """The reader is led to the newest version."""
    run, request = a_case()
    press = a_press(request, Verdict.REVISE, words="Shorter")
    sent_back = decide(request, run, press, NAMES, NOW)

    with pytest.raises(OlderVersion, match="Ben sent it back on 20 Nov at 09:00"):
        decide(sent_back, run, a_press(request), NAMES, NOW)


@pytest.mark.parametrize("state", [RequestState.PENDING, RequestState.CANCELLED])
def test_a_run_that_is_over_takes_no_decision(state: RequestState) -> None:
    """A cancelled run's card does nothing any more, and says who cancelled it."""
    run, request = a_case(state=state)
    over = replace(run, state=RunState.CANCELLED, reason="Cancelled by Ana")

    with pytest.raises(RunEnded, match="is over: cancelled by Ana"):
        decide(request, over, a_press(request), NAMES, NOW)


def test_what_was_overtaken_takes_no_decision() -> None:
    """The run goes on another way; nobody is asked to look for a newer card."""
    run, request = a_case(state=RequestState.CANCELLED)

    with pytest.raises(NotNeeded):
        decide(request, run, a_press(request), NAMES, NOW)


@pytest.mark.parametrize(
    ("limit", "revision", "offered"),
    [(3, 1, True), (3, 3, True), (3, 4, False), (None, 99, True), (0, 1, False)],
)
def test_three_revisions_mean_three_clicks(
    limit: int | None, revision: int, offered: bool
) -> None:
    """Versions 1 to 3 of 4 offer *Revise*, the last does not."""
    run, request = a_case()
    ask = replace(request.ask, max_revisions=limit, revision=revision)
    request = replace(request, ask=ask, digest=digest_of(run.id, ask))

    assert offers(request, Verdict.REVISE) is offered
    if not offered:
        with pytest.raises(NotOffered):
            decide(request, run, a_press(request, Verdict.REVISE), NAMES, NOW)


def test_no_revise_label_no_revising() -> None:
    """A flow that names labels but none for revising is not sent back."""
    labels = Labels(
        emit=("approved", "rejected"), approve="approved", reject="rejected"
    )
    _, request = a_case(ask=an_ask(labels=labels))

    assert not offers(request, Verdict.REVISE)


def test_expiry_is_never_an_approval() -> None:
    """Without an expired label, time running out takes the reject label."""
    _, request = a_case()

    closed = expire(request, NOW)

    assert closed.state is RequestState.EXPIRED
    assert closed.closing is not None
    assert closed.closing.label == "rejected"


@given(
    approve=st.text(min_size=1),
    reject=st.none() | st.text(min_size=1),
    expired=st.none() | st.text(min_size=1),
)
def test_no_labels_make_silence_an_approval(
    approve: str, reject: str | None, expired: str | None
) -> None:
    """Whatever a flow names, expiry maps to approve only if it says that very word."""
    labels = Labels(emit=(approve,), approve=approve, reject=reject, expired=expired)

    silent = labels.of(Verdict.EXPIRED)

    assert silent == (expired or reject)


@pytest.mark.parametrize("field", ["title", "body", "output"])
def test_what_goes_on_must_be_what_was_decided(field: str) -> None:
    """A changed title or output is found; the body is drawn from the output."""
    _, request = a_case()
    subject = replace(request.ask.subject, **{field: "something else"})
    changed = replace(request, ask=replace(request.ask, subject=subject))

    assert is_as_decided(request, request.digest)
    assert is_as_decided(changed, request.digest) == (field == "body")
