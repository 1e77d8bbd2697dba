"""Presses on a card: decided here, or answered with the form that decides."""

import asyncio
from typing import Any, Final

from slack_bolt.async_app import AsyncAck, AsyncApp

from approvals.deciding import Press
from approvals.errors import WordsNeeded
from approvals.people import Person
from approvals.verdicts import Verdict
from bot.blocks.ids import VALUE, Action, Callback, CardRef, ChoiceRef, Input
from bot.blocks.modals import approve_note, notice, reject, revise
from bot.front import Front
from bot.listeners.answering import (
    NOT_ACTIVE,
    TOLD,
    WITHIN,
    NotActive,
    answer,
    offer,
    refusals_told,
    sentence,
)
from bot.listeners.payloads import Click, Submission

DONE: Final = "Done. The run goes on with that."

_FORMS: Final = {
    Action.REJECT: (Verdict.REJECT, reject),
    Action.REVISE: (Verdict.REVISE, revise),
    Action.APPROVE_NOTE: (Verdict.APPROVE, approve_note),
}

_VERDICT_OF_FORM: Final = {
    Callback.REJECT: Verdict.REJECT,
    Callback.REVISE: Verdict.REVISE,
    Callback.APPROVE_NOTE: Verdict.APPROVE,
}


def register(app: AsyncApp, front: Front) -> None:
    """Listen to the card's buttons and to the forms behind them."""

    async def approve(ack: AsyncAck, body: dict[str, Any]) -> None:
        click = Click.model_validate(body)
        async with refusals_told(front, click):
            await _decide(front, click, CardRef.parse(click.value), Verdict.APPROVE)
        await ack()

    async def choose(ack: AsyncAck, body: dict[str, Any]) -> None:
        click = Click.model_validate(body)
        async with refusals_told(front, click):
            chosen = ChoiceRef.parse(click.value)
            card = chosen.card if chosen else None
            number = chosen.choice if chosen else None
            await _decide(front, click, card, Verdict.CHOOSE, number)
        await ack()

    async def open_form(ack: AsyncAck, body: dict[str, Any]) -> None:
        click = Click.model_validate(body)
        async with refusals_told(front, click):
            await _open_form(front, click)
        await ack()

    async def submit(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack(**await _submit(front, Submission.model_validate(body)))

    app.action(Action.APPROVE)(approve)
    app.action(Action.CHOOSE)(choose)
    for action in _FORMS:
        app.action(action)(open_form)
    for callback in _VERDICT_OF_FORM:
        app.view(callback)(submit)


async def _decide(
    front: Front,
    click: Click,
    card: CardRef | None,
    verdict: Verdict,
    choice: int | None = None,
) -> None:
    """Decide at once: the press has all that the verdict needs."""
    press = await _press(front, click, card, verdict, choice)
    outcome = await front.core(front.service.decide, press)
    front.committed()
    if click.view is not None and not outcome.is_repeat:
        answer(front, click, DONE)


async def _open_form(front: Front, click: Click) -> None:
    """Open the form for a verdict that needs words, for those who may give it."""
    verdict, form = _FORMS[Action(click.actions[0].action_id)]
    press = await _press(front, click, CardRef.parse(click.value), verdict)
    outcome = await front.core(front.service.check_press, press)
    await offer(front, click, form(outcome.request))


async def _submit(front: Front, submission: Submission) -> dict[str, Any]:
    """Decide with the form's words; give what its ack says."""
    words = _words(submission)
    card = CardRef.parse(submission.view.private_metadata)
    if card is None:
        return _instead(NOT_ACTIVE, words)
    verdict = _VERDICT_OF_FORM[Callback(submission.view.callback_id)]
    try:
        async with asyncio.timeout(WITHIN):
            actor = await front.actor(submission.team.id, submission.user.id)
            origin = submission.view.id
            press = _press_of(actor, card, verdict, origin=origin, words=words)
            await front.core(front.service.decide, press)
    except WordsNeeded as why:
        return {"response_action": "errors", "errors": {Input.WORDS: str(why)}}
    except TOLD as why:
        return _instead(sentence(why), words)
    front.committed()
    return {"response_action": "clear"}


async def _press(
    front: Front,
    click: Click,
    card: CardRef | None,
    verdict: Verdict,
    choice: int | None = None,
) -> Press:
    """Make a press of a click: the card from the button, the actor from the envelope."""
    if card is None:
        raise NotActive(NOT_ACTIVE)
    actor = await front.actor(click.team.id, click.user.id)
    return _press_of(actor, card, verdict, origin=click.trigger_id, choice=choice)


def _press_of(
    actor: Person,
    card: CardRef,
    verdict: Verdict,
    *,
    origin: str,
    words: str = "",
    choice: int | None = None,
) -> Press:
    return Press(
        actor=actor,
        request=card.request,
        revision=card.revision,
        digest=card.digest,
        verdict=verdict,
        origin=origin,
        words=words,
        choice=choice,
    )


def _words(submission: Submission) -> str:
    field = submission.view.state.values.get(Input.WORDS, {}).get(VALUE, {})
    return str(field.get("value") or "")


def _instead(said: str, words: str) -> dict[str, Any]:
    """Say in the form's place what happened, and keep what was typed to copy."""
    return {"response_action": "update", "view": notice(said, words)}
