"""What one person may do with a card now, a line each, and nothing else."""

from typing import Final

from approvals.verdicts import Verdict
from bot.blocks import rich
from bot.blocks.card import CardView
from bot.blocks.consequences import what_follows
from bot.blocks.elements import button, confirmation, context, section
from bot.blocks.ids import Action, Callback, CardRef, ChoiceRef, RunRef
from bot.blocks.message import Block, View
from bot.blocks.modals import modal
from bot.blocks.run_message import cancel_button
from bot.blocks.settled import outcome_text
from bot.blocks.subject import headline
from bot.wording.text import escape, inline

_LABEL: Final = 80


def more(view: CardView, *, may_decide: bool, may_cancel: bool) -> View:
    """Offer what this person may do: as an approver, as requester or admin."""
    request, run = view.request, view.run
    title = rich.rich_text(rich.section(rich.bold(headline(request.ask.subject))))
    blocks: list[Block] = [title]
    if may_decide and request.is_open:
        blocks += _decisions(view)
    if may_cancel and not run.is_final:
        blocks.append(section("Cancel the whole run", accessory=cancel_button(run)))
    details = button("Details", Action.RUN_DETAILS, RunRef.of(run))
    blocks.append(section("See how the run got here", accessory=details))
    if not may_decide:
        blocks.append(context(escape(_why_not(view))))
    return modal(Callback.MORE, "More", blocks, about=CardRef.of(request))


def _decisions(view: CardView) -> list[Block]:
    request = view.request
    ref = CardRef.of(request)
    note = button("Approve with a note", Action.APPROVE_NOTE, ref)
    blocks = [section("Approve, and say something with it", accessory=note)]
    for number, label in enumerate(request.ask.labels.choices):
        follows = what_follows(request.ask, Verdict.CHOOSE, label)
        choice = button(
            label,
            Action.CHOOSE,
            ChoiceRef(card=ref, choice=number),
            confirm=confirmation(
                f"Choose “{label}”?",
                f"{follows[:1].upper()}{follows[1:]}.",
                yes="Choose it",
                no="Back",
                style="primary",
            ),
        )
        text = f"Choose “{inline(label, _LABEL)}” → {escape(follows)}"
        blocks.append(section(text, accessory=choice))
    return blocks


def _why_not(view: CardView) -> str:
    request = view.request
    if not request.is_open:
        return f"{outcome_text(request, view.run)}."
    if not request.is_routed:
        return "It is not settled yet who decides this."
    return f"{view.approvers} may decide this."
