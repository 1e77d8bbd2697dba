"""What became of a request, for its card, the run's message and lists."""

from collections.abc import Mapping, Sequence
from typing import Final

from approvals.requests import ApprovalRequest, Closing, RequestState
from approvals.runs import Run, RunState
from approvals.verdicts import Verdict
from bot.blocks import rich
from bot.blocks.consequences import what_follows
from bot.blocks.message import Element
from bot.wording.formats import NAME_LENGTH
from bot.wording.text import clean, one_line, shorten

_WORDS: Final = 1_000
_LABEL: Final = 80


OUTCOMES: Final[Mapping[RequestState, str]] = {
    RequestState.PENDING: "Not decided yet",
    RequestState.HELD: "Decided, and for a moment still to be taken back,",
    RequestState.APPROVED: "Approved",
    RequestState.REJECTED: "Rejected",
    RequestState.REVISED: "Sent back",
    RequestState.SKIPPED: "Passed over",
    RequestState.CHOSEN: "Chosen",
    RequestState.ANSWERED: "Answered",
    RequestState.DECLINED: "Declined",
    RequestState.EXPIRED: "Expired: nobody decided in time",
    RequestState.CANCELLED: "Cancelled",
}
"""What became of a request, by its state; a name may follow."""


def outcome_text(request: ApprovalRequest, run: Run) -> str:
    """Say in a few words what became of it: `Approved by Ben Okafor`."""
    match request.state:
        case RequestState.CHOSEN:
            return f"“{_label(request)}” chosen{_by(request)}"
        case RequestState.CANCELLED:
            return _why_cancelled(run)
        case state:
            return f"{OUTCOMES[state]}{_by(request)}"


def outcome_elements(request: ApprovalRequest, run: Run) -> Sequence[Element]:
    """Show who, what, when and why."""
    closing = request.closing
    line: list[Element] = [rich.bold(outcome_text(request, run))]
    if closing is not None:
        line += [rich.span(" · "), rich.date(closing.at)]
        if closing.by == run.requester and not run.practice:
            line.append(rich.span(f" · {_own(request)}"))
    words = [] if closing is None else words_elements(closing)
    return [rich.section(*line), *words]


def words_elements(closing: Closing) -> list[Element]:
    """Show a person's words, if there are any."""
    words = shorten(clean(closing.words).strip(), _WORDS)
    return [rich.quote(rich.span(words))] if words else []


def next_text(request: ApprovalRequest, run: Run) -> str:
    """Say what comes next; empty where nothing does."""
    closing = request.closing
    if closing is None or closing.verdict is None:
        return ""
    if run.state is RunState.CANCELLED:
        return f"{run_end(run)}."
    follows = what_follows(request.ask, closing.verdict, closing.label)
    if closing.verdict is Verdict.EXPIRED:
        return f"That is not an approval. Next: {follows}."
    return f"Next: {follows}."


def run_end(run: Run) -> str:
    """Say how a run was ended by a person."""
    return one_line(run.reason, NAME_LENGTH + 20).rstrip(".") or "The run was cancelled"


def _by(request: ApprovalRequest) -> str:
    closing = request.closing
    if closing is None or not closing.by_name:
        return ""
    return f" by {one_line(closing.by_name, NAME_LENGTH)}"


def _label(request: ApprovalRequest) -> str:
    return one_line((request.closing and request.closing.label) or "", _LABEL)


def _own(request: ApprovalRequest) -> str:
    policy = one_line(request.policy.name, _LABEL) if request.policy else ""
    return f"their own run, as the policy “{policy}” allows"


def _why_cancelled(run: Run) -> str:
    match run.state:
        case RunState.CANCELLED | RunState.STOPPED:
            return run_end(run)
        case _:
            return "Not needed any more: the run went another way"
