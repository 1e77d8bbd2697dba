"""How a runner says that a segment is over, as the rules know it."""

from collections.abc import Collection, Mapping

from approvals.requests import Ask, CallAddress
from approvals.segments import Ending, Failed, Finished, Waiting
from approvals.verdicts import Verdict
from crews.messages import Ended, FailedThere, Problem


def ending_of(
    message: Ended | FailedThere,
    asks: Mapping[CallAddress, Ask],
    overtaken: Collection[CallAddress],
) -> Ending:
    """Give the ending; `asks` and `overtaken` are all that the segment reported."""
    match message:
        case FailedThere():
            place = "" if message.file is None else f" ({_place(message)})"
            return Failed(
                step=message.method or "",
                reason=message.message + place,
                cause=message.cause,
                detail=message.traceback,
            )
        case Ended(outcome="waiting"):
            return _waiting(message, asks, overtaken)
        case Ended():
            return Finished(
                result=message.result_text,
                ended_by=Verdict(message.ended_by) if message.ended_by else None,
                at_checkpoint=message.ended_at.checkpoint if message.ended_at else "",
            )


def unusable(problems: tuple[Problem, ...]) -> Failed:
    """Say that a crew cannot be loaded: its first problem, and all in the detail."""
    lines = [f"{_place(problem)}: {problem.message}" for problem in problems]
    return Failed(
        step="",
        reason=f"the crew cannot be loaded: {lines[0]}",
        detail="\n".join(lines),
    )


def _waiting(
    message: Ended,
    asks: Mapping[CallAddress, Ask],
    overtaken: Collection[CallAddress],
) -> Waiting:
    needless = set(overtaken)
    if message.asks is not None:
        needless |= set(asks) - {key.address for key in message.asks}
    waiting = [ask for address, ask in asks.items() if address not in needless]
    return Waiting(asks=tuple(waiting), overtaken=tuple(needless))


def _place(where: FailedThere | Problem) -> str:
    return f"{where.file}:{where.line}" if where.line else f"{where.file}"
