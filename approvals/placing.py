"""Where things are shown (DESIGN.md 4, Layout), and how urgently."""

from collections.abc import Iterable
from typing import Final

from approvals.ids import RequestId, RunId, UserId
from approvals.requests import ApprovalRequest
from approvals.runs import Run
from approvals.showing import Manner, Place, Rank, Thing, ThingKind, Wanted

LONG: Final = 3_000
"""Characters: more than a message shows of a text (research: preview 3,000)."""


def run_thing(run: RunId) -> Thing:
    """Name a run's one message."""
    return Thing(kind=ThingKind.RUN, id=run)


def card_thing(request: RequestId) -> Thing:
    """Name a request's card."""
    return Thing(kind=ThingKind.CARD, id=request)


def run_message(run: Run) -> Wanted:
    """Show a run in its channel."""
    return Wanted(
        thing=run_thing(run.id),
        place=Place(conversation=run.channel),
        rank=Rank.NOTICE,
    )


def result(run: Run) -> Wanted:
    """Show a run's final text, once, in its thread."""
    return Wanted(
        thing=Thing(kind=ThingKind.RESULT, id=run.id),
        place=Place(conversation=run.channel),
        rank=Rank.NOTICE,
        manner=Manner.ONCE,
        under=run_thing(run.id),
        ping=(run.requester,),
    )


def result_file(run: Run) -> Wanted:
    """Put a long final text into the run's thread as a file, to keep and to send on."""
    return Wanted(
        thing=Thing(kind=ThingKind.FILE, id=run.id),
        place=Place(conversation=run.channel),
        rank=Rank.NOTICE,
        manner=Manner.ONCE,
        under=run_thing(run.id),
    )


def cards(
    run: Run,
    request: ApprovalRequest,
    *,
    mention: Iterable[UserId],
    message: Iterable[UserId],
) -> list[Wanted]:
    """Show a card in the run's thread, and a live copy to those it must be sent to.

    One ping a person: `mention` are named in the thread, `message` get a DM.
    """
    thing = card_thing(request.id)
    in_thread = Wanted(
        thing=thing,
        place=Place(conversation=run.channel),
        rank=Rank.CARD,
        under=run_thing(run.id),
        ping=tuple(mention),
    )
    copies = [
        Wanted(thing=thing, place=Place(conversation=user), rank=Rank.CARD)
        for user in message
    ]
    return [in_thread, *copies]


def unroutable(
    run: Run, request: ApprovalRequest, admins: Iterable[UserId]
) -> list[Wanted]:
    """Tell the requester, in the thread, and the admins that nobody can decide."""
    thing = Thing(kind=ThingKind.UNROUTABLE, id=request.id)
    in_thread = Wanted(
        thing=thing,
        place=Place(conversation=run.channel),
        rank=Rank.NOTICE,
        under=run_thing(run.id),
        ping=(run.requester,),
    )
    return [
        in_thread,
        *(
            Wanted(thing=thing, place=Place(conversation=admin), rank=Rank.NOTICE)
            for admin in admins
            if admin != run.requester
        ),
    ]
