"""From a posting to what it shows: reads the newest state and lets `bot.blocks` draw."""

from typing import assert_never

from approvals.finding import names_of
from approvals.ids import RequestId, RunId, UserId
from approvals.ports import Reader, Store
from approvals.requests import ApprovalRequest, Closing, RequestState
from approvals.runs import Run
from approvals.showing import ThingKind
from bot.blocks.card import CardView, card
from bot.blocks.message import Message, Upload
from bot.blocks.result import result, result_file
from bot.blocks.run_message import run_message
from bot.blocks.run_view import RunView
from bot.blocks.unroutable import unroutable
from storage.postings import Claim


class Drawing:
    """Draws things as they are now."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, claim: Claim) -> Message | Upload | None:
        """Draw a posting's thing for its place; None when the thing is gone."""
        thing = claim.wanted.thing
        with self._store.read() as reader:
            match thing.kind:
                case ThingKind.RUN:
                    run = reader.run(RunId(thing.id))
                    return run_message(run_view(reader, run)) if run else None
                case ThingKind.RESULT:
                    run = reader.run(RunId(thing.id))
                    return result(run, ping=_ping(claim)) if run else None
                case ThingKind.FILE:
                    run = reader.run(RunId(thing.id))
                    return result_file(run) if run else None
                case ThingKind.CARD:
                    view = _card_view(reader, claim)
                    return card(view) if view else None
                case ThingKind.UNROUTABLE:
                    view = _card_view(reader, claim)
                    return unroutable(view) if view else None
                case _:
                    assert_never(thing.kind)


def run_view(reader: Reader, run: Run) -> RunView:
    """Gather what the views of a run are drawn from."""
    requests = tuple(reader.requests_of(run.id))
    asked = (user for request in requests for user in request.approvers)
    return RunView(
        run=run,
        crew=reader.crew_version(run.crew_version),
        done=tuple(entry.address for entry in reader.journal(run.id)),
        requests=requests,
        names=names_of(reader, run.team, asked),
    )


def card_view(
    reader: Reader, request: ApprovalRequest, *, ping: tuple[UserId, ...] = (), tz: str
) -> CardView | None:
    """Gather what a card is drawn from."""
    run = reader.run(request.run)
    if run is None:
        return None
    return CardView(
        request=request,
        run=run,
        crew=reader.crew_version(run.crew_version),
        names=names_of(reader, run.team, request.approvers),
        ping=ping,
        sent_back=_sent_back(reader, request),
        tz=tz,
    )


def _card_view(reader: Reader, claim: Claim) -> CardView | None:
    request = reader.request(RequestId(claim.wanted.thing.id))
    if request is None:
        return None
    zone = _zone(reader, claim, request)
    return card_view(reader, request, ping=_ping(claim), tz=zone)


def _ping(claim: Claim) -> tuple[UserId, ...]:
    """Give the people whom the first post mentions; updates mention nobody."""
    return claim.wanted.ping if claim.is_new else ()


def _zone(reader: Reader, claim: Claim, request: ApprovalRequest) -> str:
    """A notification names its times in the zone of the one whose DM it is in.

    In a channel it is the zone of the first who may decide.
    """
    place = claim.wanted.place.conversation
    for user in (UserId(place), *request.approvers):
        person = reader.person(claim.team, user)
        if person is not None:
            return person.tz
    return "UTC"


def _sent_back(reader: Reader, request: ApprovalRequest) -> Closing | None:
    """Give how the version before this one was closed, if it was sent back."""
    ask = request.ask
    for other in reader.requests_of(request.run):
        before = (ask.checkpoint, ask.address.path, ask.visit, ask.revision - 1)
        is_before = before == (
            other.ask.checkpoint,
            other.ask.address.path,
            other.ask.visit,
            other.ask.revision,
        )
        if is_before and other.state is RequestState.REVISED:
            return other.closing
    return None
