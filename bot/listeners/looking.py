"""Buttons that only show something: whole texts, details, what one may do."""

from typing import Any, TypeVar

from slack_bolt.async_app import AsyncAck, AsyncApp

from approvals.authority import RunAction, authorise_run
from approvals.deciding import may_decide
from approvals.errors import Refused, Unknown
from approvals.ids import RequestId, RunId, TeamId
from approvals.people import Person
from approvals.ports import Reader
from approvals.requests import ApprovalRequest
from approvals.runs import Run
from bot.blocks.details_modal import details
from bot.blocks.ids import Action, CardRef, RunRef, TextRef
from bot.blocks.message import View
from bot.blocks.more_modal import more
from bot.blocks.text_modal import request_text, result_text
from bot.drawing import card_view, run_view
from bot.front import Front
from bot.listeners.answering import (
    NOT_ACTIVE,
    NotActive,
    offer,
    refusals_told,
)
from bot.listeners.payloads import Click

T = TypeVar("T", Run, ApprovalRequest)


def register(app: AsyncApp, front: Front) -> None:
    """Listen to the buttons that open something."""

    async def show(ack: AsyncAck, body: dict[str, Any]) -> None:
        click = Click.model_validate(body)
        async with refusals_told(front, click):
            actor = await front.actor(click.team.id, click.user.id)
            await offer(front, click, await front.core(_view, front, click, actor))
        await ack()

    async def turn(ack: AsyncAck, body: dict[str, Any]) -> None:
        click = Click.model_validate(body)
        async with refusals_told(front, click):
            view = await front.core(_page, front, click)
            if click.view is not None:
                await front.slack.update_view(click.view.id, view)
        await ack()

    for action in (Action.OPEN, Action.MORE, Action.RUN_DETAILS, Action.RESULT_OPEN):
        app.action(action)(show)
    for action in (Action.PAGE_BACK, Action.PAGE_NEXT):
        app.action(action)(turn)


def _view(front: Front, click: Click, actor: Person) -> View:
    """Draw what the button opens, for this person."""
    action = Action(click.actions[0].action_id)
    with front.store.read() as reader:
        if action in (Action.OPEN, Action.MORE):
            request = _request(reader, click)
            if action is Action.OPEN:
                return request_text(request)
            return _more(front, reader, request, actor)
        run = _run(reader, click)
        if action is Action.RESULT_OPEN:
            return result_text(run)
        return details(run_view(reader, run))


def _page(front: Front, click: Click) -> View:
    ref = TextRef.parse(click.value)
    if ref is None:
        raise NotActive(NOT_ACTIVE)
    with front.store.read() as reader:
        if ref.is_result:
            run = reader.run(RunId(ref.of))
            return result_text(_of_team(run, click.team.id), ref.page)
        request = reader.request(RequestId(ref.of))
        return request_text(_of_team(request, click.team.id), ref.page)


def _more(
    front: Front, reader: Reader, request: ApprovalRequest, actor: Person
) -> View:
    view = card_view(reader, request, tz=actor.tz)
    if view is None:
        raise NotActive(NOT_ACTIVE)
    return more(
        view,
        may_decide=may_decide(actor, request, view.run),
        may_cancel=_may_cancel(front, actor, view.run),
    )


def _may_cancel(front: Front, actor: Person, run: Run) -> bool:
    try:
        authorise_run(actor, RunAction.CANCEL, run, front.rules.current().admins)
    except Refused:
        return False
    return True


def _request(reader: Reader, click: Click) -> ApprovalRequest:
    card = CardRef.parse(click.value)
    if card is None:
        raise NotActive(NOT_ACTIVE)
    return _of_team(reader.request(card.request), click.team.id)


def _run(reader: Reader, click: Click) -> Run:
    ref = RunRef.parse(click.value)
    if ref is None:
        raise NotActive(NOT_ACTIVE)
    return _of_team(reader.run(ref.run), click.team.id)


def _of_team(found: T | None, team: TeamId) -> T:
    """Give what was found, if it is of the clicker's workspace."""
    if found is None or found.team != team:
        raise Unknown("such run")
    return found
