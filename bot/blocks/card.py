"""The card of an approval request, in every state it can be in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from approvals.crews import CrewVersion
from approvals.ids import UserId
from approvals.requests import ApprovalRequest, Closing, RequestState
from approvals.runs import Run
from bot.blocks import rich
from bot.blocks.consequences import consequences_blocks
from bot.blocks.elements import actions, button, context, divider, header
from bot.blocks.ids import Action, CardRef
from bot.blocks.message import Block, Message
from bot.blocks.pages import PREVIEW
from bot.blocks.settled import (
    next_text,
    outcome_elements,
    outcome_text,
    words_elements,
)
from bot.blocks.subject import (
    body_blocks,
    context_blocks,
    criteria_blocks,
    facts_blocks,
    headline,
    version_text,
)
from bot.wording.formats import (
    NAME_LENGTH,
    any_of,
    checkpoint_title,
    date_mark,
    name_of,
    until_text,
)
from bot.wording.text import escape, inline, one_line, shorten

SETTLED_PREVIEW: Final = 700
"""Characters of the text that a decided card still shows."""

_FALLBACK: Final = 300
_TITLE: Final = 80
_WORDS_IN_LINE: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class CardView:
    """All that a card shows.

    `names` are of the approvers, by id. `ping` are the people whom this post shall
    mention; empty for updates and in DMs. `sent_back` is how the version before this
    one was closed. `tz` is the zone of the times in the notification's text.
    """

    request: ApprovalRequest
    run: Run
    crew: CrewVersion | None = None
    names: Mapping[UserId, str] = field(default_factory=dict)
    ping: tuple[UserId, ...] = ()
    sent_back: Closing | None = None
    tz: str = "UTC"

    @property
    def approvers(self) -> str:
        """Who may decide, in words."""
        return any_of([name_of(user, self.names) for user in self.request.approvers])


def card(view: CardView) -> Message:
    """Draw the card."""
    match view.request.state:
        case RequestState.PENDING:
            return _open(view)
        case RequestState.REVISED:
            return _sent_back(view)
        case _:
            return _settled(view)


def asks(view: CardView) -> str:
    """Say in one line, for a notification, what is asked (plain text)."""
    ask = view.request.ask
    until = until_text(
        view.request.expires_at, seen_from=view.request.asked_at, tz=view.tz
    )
    who = one_line(view.run.requester_name, NAME_LENGTH)
    practice = "Practice: " if view.run.practice else ""
    which = f"Approve version {ask.revision}?" if ask.revision > 1 else "Approve?"
    return f"{practice}{which} {headline(ask.subject)}. {who} asks; until {until}."


def _open(view: CardView) -> Message:
    request = view.request
    subject = request.ask.subject
    blocks = [
        *_practice(view.run),
        header(subject.title),
        *rich.addressed(view.ping, "your decision, please."),
        context(f"{_origin(view)}\n{_times(view)}"),
        *_asked_for(view),
        *facts_blocks(subject.facts),
        *context_blocks(request.ask),
        *criteria_blocks(subject.criteria),
        divider(),
        *body_blocks(subject.body, PREVIEW, where="*Open*"),
        divider(),
        *consequences_blocks(request.ask, can_revise=request.can_revise),
        _buttons(request),
        *_remarks(view),
    ]
    return Message(escape(shorten(asks(view), _FALLBACK)), tuple(blocks))


def _settled(view: CardView) -> Message:
    request, run = view.request, view.run
    subject = request.ask.subject
    elements = list(outcome_elements(request, run))
    following = next_text(request, run)
    if following:
        elements.append(rich.section(rich.span(following)))
    blocks = [
        *_practice(run),
        header(subject.title),
        context(_origin(view)),
        rich.rich_text(*elements),
        *facts_blocks(subject.facts),
        *body_blocks(subject.body, SETTLED_PREVIEW, where="*Details* of the run"),
    ]
    text = f"{outcome_text(request, run)}. {headline(subject)}."
    return Message(escape(shorten(text, _FALLBACK)), tuple(blocks))


def _sent_back(view: CardView) -> Message:
    request = view.request
    closing = request.closing
    by = one_line(closing.by_name, NAME_LENGTH) if closing else ""
    words = one_line(closing.words, _WORDS_IN_LINE) if closing else ""
    what = f"Version {request.ask.revision}, sent back by {by or 'an approver'}"
    said = f": “{words}”" if words else ""
    text = escape(f"{what}{said}")
    when = f" · {date_mark(closing.at)}" if closing else ""
    return Message(text, (context(f"{text}{when}"),))


def _origin(view: CardView) -> str:
    run = view.run
    parts = [
        f"*{inline(run.requester_name, NAME_LENGTH)}* asks",
        f"{inline(run.crew_title, _TITLE)}, run `{run.code}`",
        version_text(view.request.ask),
    ]
    return " · ".join(part for part in parts if part)


def _times(view: CardView) -> str:
    request = view.request
    if request.is_routed:
        who = f"*{escape(view.approvers)}* may decide"
    else:
        who = "It is not settled yet who decides"
    since, until = date_mark(request.asked_at), date_mark(request.expires_at)
    return f"Asked {since} · until *{until}* · {who}"


def _asked_for(view: CardView) -> list[Block]:
    """Say whose words led to this version."""
    closing = view.sent_back
    if closing is None:
        return []
    by = one_line(closing.by_name, NAME_LENGTH) or "An approver"
    said = words_elements(closing)
    line = f"{by} sent the last version back" + (":" if said else ".")
    return [rich.rich_text(rich.section(rich.span(line)), *said)]


def _practice(run: Run) -> list[Block]:
    if not run.practice:
        return []
    return [
        context("*Practice run*: a scripted model wrote this, nothing real follows.")
    ]


def _buttons(request: ApprovalRequest) -> Block:
    ref = CardRef.of(request)
    buttons = [
        button("Approve", Action.APPROVE, ref, style="primary"),
        button("Reject…", Action.REJECT, ref, style="danger"),
    ]
    if request.can_revise:
        buttons.append(button("Revise…", Action.REVISE, ref))
    return actions(
        *buttons,
        button("Open", Action.OPEN, ref),
        button("More…", Action.MORE, ref),
    )


def _remarks(view: CardView) -> list[Block]:
    """Say what an approver and an auditor should not overlook."""
    run, policy = view.run, view.request.policy
    remarks = []
    if run.unticked:
        titles = ", ".join(
            inline(checkpoint_title(view.crew, name), _TITLE) for name in run.unticked
        )
        who = inline(run.requester_name, NAME_LENGTH)
        remarks.append(f"{who} left out: *{titles}*")
    if policy is not None and policy.self_approval and not run.practice:
        name = inline(policy.name, _TITLE)
        remarks.append(f"The policy “{name}” lets requesters approve their own runs")
    return [context("\n".join(remarks))] if remarks else []
