"""A press on a card becomes a decision: pure, and the only way a request closes so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from approvals.authority import authorise_decision
from approvals.digest import digest_of
from approvals.errors import (
    NotNeeded,
    NotOffered,
    OlderVersion,
    Refused,
    RequestClosed,
    RunEnded,
    WordsNeeded,
)
from approvals.ids import RequestId, UserId
from approvals.people import Person
from approvals.requests import MOVE_OF, ApprovalRequest, Closing, RequestState
from approvals.runs import Run
from approvals.verdicts import Verdict

_NEED_WORDS = frozenset({Verdict.REJECT, Verdict.REVISE})


@dataclass(frozen=True, kw_only=True, slots=True)
class Press:
    """What a person pressed, on which exact card.

    `revision` and `digest` come from the card; `origin` is Slack's id of the click or
    form, the same when an envelope is delivered twice. `choice` is the place of the
    chosen one among the flow's further labels.
    """

    actor: Person
    request: RequestId
    revision: int
    digest: str
    verdict: Verdict
    origin: str
    words: str = ""
    choice: int | None = None


def decide(
    request: ApprovalRequest,
    run: Run,
    press: Press,
    names: Mapping[UserId, str],
    now: datetime,
) -> ApprovalRequest:
    """Give the request as closed by a press.

    Raises:
        Refused: one of its kinds; nothing follows from the press then.

    """
    check_press(request, run, press, names)
    if press.verdict in _NEED_WORDS and not press.words.strip():
        raise WordsNeeded
    closing = Closing(
        by=press.actor.user,
        by_name=press.actor.name,
        at=now,
        verdict=press.verdict,
        label=request.ask.labels.of(press.verdict, press.choice),
        words=press.words.strip(),
    )
    return request.moved(MOVE_OF[press.verdict], closing)


def check_press(
    request: ApprovalRequest, run: Run, press: Press, names: Mapping[UserId, str]
) -> None:
    """Refuse a press that cannot lead to a decision; also asked before a form opens.

    Raises:
        Refused: one of its kinds.

    """
    authorise_decision(press.actor, request, run, names)
    if not request.is_open:
        raise _why_closed(request, run, press.actor.tz)
    if run.is_final:
        raise RunEnded(run.code, run.how_it_ended)
    if press.revision != request.ask.revision or press.digest != request.digest:
        raise OlderVersion
    if not offers(request, press.verdict, press.choice):
        raise NotOffered(press.verdict.value)


def may_decide(actor: Person, request: ApprovalRequest, run: Run) -> bool:
    """Tell whether a person may decide a request, as far as people go."""
    try:
        authorise_decision(actor, request, run, {})
    except Refused:
        return False
    return True


def offers(
    request: ApprovalRequest, verdict: Verdict, choice: int | None = None
) -> bool:
    """Tell whether a verdict can be pressed on an open request."""
    match verdict:
        case Verdict.APPROVE | Verdict.REJECT:
            return True
        case Verdict.REVISE:
            return request.can_revise
        case Verdict.CHOOSE:
            return request.ask.labels.chosen(choice) is not None
        case Verdict.SKIP | Verdict.EXPIRED:
            return False


def expire(request: ApprovalRequest, now: datetime) -> ApprovalRequest:
    """Give the request as closed by the clock: never an approval."""
    closing = Closing(
        by=None,
        by_name="",
        at=now,
        verdict=Verdict.EXPIRED,
        label=request.ask.labels.of(Verdict.EXPIRED),
    )
    return request.moved(MOVE_OF[Verdict.EXPIRED], closing)


def is_as_decided(request: ApprovalRequest, decided_digest: str) -> bool:
    """Tell whether what would go on is exactly what was decided on."""
    return decided_digest == request.digest == digest_of(request.run, request.ask)


def _why_closed(request: ApprovalRequest, run: Run, tz: str) -> Refused:
    """Say what became of a request that somebody still pressed."""
    by_name = request.closing.by_name if request.closing else ""
    match request.state:
        case RequestState.REVISED:
            return OlderVersion(by_name, _closed_at(request, tz))
        case RequestState.CANCELLED if run.is_final:
            return RunEnded(run.code, run.how_it_ended)
        case RequestState.CANCELLED:
            return NotNeeded()
        case state:
            return RequestClosed(state.value, by_name, _closed_at(request, tz))


def _closed_at(request: ApprovalRequest, tz: str) -> str:
    """Say when, on the clock of the one who asks."""
    if request.closing is None:
        return ""
    try:
        zone: tzinfo = ZoneInfo(tz)
    except (ZoneInfoNotFoundError, ValueError):
        zone = UTC
    at = request.closing.at.astimezone(zone)
    return f" on {at.day} {at:%b at %H:%M}"
