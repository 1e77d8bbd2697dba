"""Whatever a model or a person writes: it is shown, it fits, and it does nothing."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from approvals.crews import CrewProblem
from approvals.requests import ApprovalRequest, Fact, FactType, RequestState
from approvals.runs import RunState
from approvals.verdicts import Labels, Verdict
from bot.blocks.card import card
from bot.blocks.create_modal import CreateView, create
from bot.blocks.details_modal import details
from bot.blocks.limits import check
from bot.blocks.lists import (
    PendingItem,
    crews_list,
    no_such_crew,
    now_list,
    pending_list,
    runs_list,
    unknown_word,
    unreadable,
)
from bot.blocks.message import Message, View, note
from bot.blocks.modals import approve_note, notice, reject, revise
from bot.blocks.more_modal import more
from bot.blocks.result import result
from bot.blocks.run_message import run_message
from bot.blocks.text_modal import request_text, result_text
from bot.blocks.unroutable import unroutable
from bot.commands import Scope, UnknownWord, Unreadable, parse
from tests.bot.blocks.shown import (
    CREW,
    HOSTILE,
    a_card_view,
    a_closing,
    a_run_view,
    nodes,
)
from tests.builders import a_crew_version, a_routed_request, a_run, a_subject, an_ask

STATES = [state for state in RequestState if state is not RequestState.PENDING]


def a_hostile_request(text: str, **changes: Any) -> ApprovalRequest:
    """A request in which every text is the same bad one."""
    fact = Fact(name="f", label=text, type=FactType.TEXT, value=text)
    money = Fact(name="m", label=text, type=FactType.MONEY, value=text, currency=text)
    unknown = Fact(name="u", label=text, type=FactType.TEXT, value=None, unknown=text)
    subject = a_subject(
        title=text, body=text, facts=(fact, money, unknown), criteria=(text,)
    )
    labels = Labels(emit=("yes", text), approve="yes", choices=(text,))
    leads_to = {"approve": text, "reject": text, "revise": text, text: text}
    ask = an_ask(
        subject=subject, labels=labels, context=text, leads_to=leads_to, revision=2
    )
    run = a_run(crew_title=text, requester_name=text)
    return a_routed_request(run, ask=ask, unroutable=text, **changes)


def assert_harmless(shown: Message | View) -> None:
    """Slack takes it, and nothing in it acts that is not ours."""
    assert check(shown) == []
    for node in nodes(shown):
        assert node.get("type") not in {"link", "broadcast", "image", "usergroup"}
        if node.get("type") == "mrkdwn":
            assert node["verbatim"] is True
            assert_inert(node["text"])
        elif isinstance(node.get("text"), str):
            assert "<!" not in node["text"]
            assert "<@" not in node["text"]
            assert "<#" not in node["text"]
    json.dumps(shown.blocks if isinstance(shown, Message) else shown).encode("utf-8")
    if isinstance(shown, Message):
        assert_inert(shown.text)
        shown.text.encode("utf-8")


def assert_inert(mrkdwn: str) -> None:
    """Every angle bracket in mrkdwn opens a time that we wrote."""
    for rest in mrkdwn.split("<")[1:]:
        assert rest.startswith("!date^")
        assert rest.split(">")[0].endswith("UTC")


@given(text=HOSTILE, state=st.sampled_from(STATES))
def test_cards_are_harmless(text: str, state: RequestState) -> None:
    """No text of a crew or a person can act on a card, open or decided."""
    run = a_run(crew_title=text, requester_name=text, unticked=(text,), reason=text)
    request = a_hostile_request(text)
    closing = a_closing(Verdict.REVISE, text, by_name=text, label=text)
    settled = replace(request, state=state, closing=closing)

    for view in (
        a_card_view(request, run, sent_back=closing),
        a_card_view(settled, run),
        a_card_view(settled, replace(run, state=RunState.CANCELLED)),
    ):
        assert_harmless(card(view))
        assert_harmless(unroutable(view))


@given(text=HOSTILE, state=st.sampled_from(RunState))
def test_run_messages_are_harmless(text: str, state: RunState) -> None:
    """No input, reason or result can act on a run's message or its details."""
    run = a_run(
        crew_title=text,
        requester_name=text,
        inputs={"topic": text, text: [text, {text: text}]},
        state=state,
        doing=text,
        reason=f"Failed in *{text}*: {text}",
        ended_by=text,
        result=text,
        unticked=(text,),
    )
    crew = a_crew_version(title=text, description=text, steps={"draft": text, text: ""})
    closing = a_closing(Verdict.REJECT, text)
    closed = a_hostile_request(text, state=RequestState.REJECTED, closing=closing)
    requests = (a_hostile_request(text), closed)
    view = a_run_view(run, crew=crew, requests=requests)

    assert_harmless(run_message(view))
    assert_harmless(details(view))
    assert_harmless(result(run))
    assert_harmless(runs_list([view], Scope.ALL))


@given(text=HOSTILE)
def test_modals_are_harmless(text: str) -> None:
    """No text can act in a form, a notice or the whole text."""
    request = a_hostile_request(text)
    view = a_card_view(request)
    run = a_run(result=text, crew_title=text)

    for modal in (
        reject(request),
        revise(request),
        approve_note(request),
        notice(f"Refused: {text}", text),
        more(view, may_decide=True, may_cancel=True),
        more(view, may_decide=False, may_cancel=False),
        request_text(request),
        result_text(run, 3),
    ):
        assert_harmless(modal)


@given(text=HOSTILE)
def test_lists_are_harmless(text: str) -> None:
    """No text can act in a private reply."""
    request = a_hostile_request(text)
    run = a_run(requester_name=text)
    item = PendingItem(request=request, run=run)
    problem = CrewProblem(file=text, line=1, message=text)
    crew = replace(CREW, title=text, description=text)
    broken = replace(crew, problems=(problem,))

    for message in (
        now_list("/crew", pending=[item], mine=[a_run_view(run)], crews=[crew]),
        pending_list([item]),
        crews_list("/crew", [crew, broken]),
        no_such_crew("/crew", text, [crew]),
        unknown_word("/crew", UnknownWord(text)),
        unreadable(Unreadable(f"No: {text}")),
        note(f"Refused: {text}"),
    ):
        assert_harmless(message)


@given(text=HOSTILE, name=st.text(max_size=300))
def test_forms_are_harmless(text: str, name: str) -> None:
    """A crew's schema and remembered values can be anything; the form opens."""
    kinds: list[dict[str, Any]] = [
        {"type": "string"},
        {"type": "string", "maxLength": 5},
        {"type": "number"},
        {"type": "boolean"},
        {"type": "string", "format": "date"},
        {"enum": [text, "b", name]},
        {"type": "array", "items": {"type": "string"}},
        {"type": "array", "items": {"enum": [text, "b"]}},
        {"type": "object"},
    ]
    properties = {
        f"{name}{number}": {"title": text, "description": text, "examples": [text]}
        | kind
        for number, kind in enumerate(kinds)
    }
    schema = {"type": "object", "properties": properties}
    crew = replace(CREW, input_schema=schema, description=text, title=text)
    prefill = dict.fromkeys(properties, text)

    view = CreateView(crews=(crew,), crew=crew, prefill=prefill, problem=text)

    assert_harmless(create(view))


@pytest.mark.parametrize("page", [0, 7, 10_000])
@pytest.mark.parametrize(
    "text",
    [
        "*a* `b` " * 30_000,
        "\U0001f600" * 200_000,
        "<!channel>\n\n" * 20_000,
        "- " * 9_000,
    ],
    ids=["many-styles", "emoji", "mentions", "deep-list"],
)
def test_every_page_of_a_huge_text_can_be_shown(text: str, page: int) -> None:
    """200 kB and more of the heaviest text stay within what Slack takes."""
    request = a_routed_request(ask=an_ask(subject=a_subject(body=text)))

    assert_harmless(request_text(request, page))
    assert_harmless(card(a_card_view(request)))


@given(text=HOSTILE)
@example(text="")
def test_slacks_own_models_accept_our_blocks(text: str) -> None:
    """slack_sdk's models parse every block, find no fault and lose nothing of it."""
    drawn = card(a_card_view(a_hostile_request(text)))

    for block in drawn.blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        assert parsed.to_dict()["type"] == block["type"]


@given(text=HOSTILE)
def test_any_command_can_be_read(text: str) -> None:
    """Whatever stands behind /crew leads to a command or to a sentence."""
    assert parse(text) is not None
    assert parse(f"create {text}") is not None
