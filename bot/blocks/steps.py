"""A run's progress: what is done, what is now, what is to come."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from approvals.requests import ApprovalRequest, RequestState
from bot.blocks import rich
from bot.blocks.message import Element
from bot.blocks.run_state import failed_step, step_now, step_title
from bot.blocks.run_view import RunView
from bot.blocks.settled import outcome_text
from bot.wording.formats import NAME_LENGTH
from bot.wording.text import one_line

MOST_STEPS: Final = 25
"""Lines; a longer flow shows what surrounds the present."""


class StepState(StrEnum):
    """How a step stands; the value is its mark."""

    DONE = "✓"  #: Finished
    NOW = "▸"  #: A worker is at it
    ASKED = "◆"  #: People are asked
    FAILED = "✕"  #: Failed, or not let through
    NEXT = "○"  #: To come
    LEFT = "–"  # noqa: RUF001 - a dash #: Not reached, and will not be


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One line of the progress."""

    title: str
    state: StepState
    note: tuple[Element, ...] = ()

    @property
    def is_past(self) -> bool:
        """Tell whether nothing happens there any more."""
        return self.state not in {StepState.NOW, StepState.ASKED, StepState.NEXT}


_SETTLED: Final[Mapping[RequestState, StepState]] = {
    RequestState.REJECTED: StepState.FAILED,
    RequestState.DECLINED: StepState.FAILED,
    RequestState.EXPIRED: StepState.FAILED,
    RequestState.CANCELLED: StepState.LEFT,
}
"""How a checkpoint's step looks afterwards, where not simply done."""


def steps_of(view: RunView) -> list[Step]:
    """Give the steps of a run in the order of its flow."""
    if view.crew is None:
        return []
    done = {address.method for address in view.done if not address.path}
    return [_step(view, method, is_done=method in done) for method in view.crew.steps]


def steps_elements(view: RunView) -> list[Element]:
    """Show the progress; nothing for a flow without steps."""
    rows = [list(_row(step)) for step in _shown(steps_of(view))]
    return [rich.lines(rows)] if rows else []


def _step(view: RunView, method: str, *, is_done: bool) -> Step:
    title = step_title(view, method)
    request = view.asked_at_step(method)
    if request is not None and not _comes_again(request):
        return _checkpoint(view, title, request)
    if failed_step(view.run) in {method, title}:
        return Step(title=title, state=StepState.FAILED)
    now = step_now(view)
    if now is not None and now[0] == method:
        doing = (rich.span(now[1]),) if now[1] else ()
        return Step(title=title, state=StepState.NOW, note=doing)
    note = _promise(view, method, request)
    if is_done and request is None:
        return Step(title=title, state=StepState.DONE, note=note)
    state = StepState.LEFT if view.run.is_final else StepState.NEXT
    return Step(title=title, state=state, note=note)


def _comes_again(request: ApprovalRequest) -> bool:
    return request.state is RequestState.REVISED


def _checkpoint(view: RunView, title: str, request: ApprovalRequest) -> Step:
    if not request.is_open:
        return Step(
            title=title,
            state=_SETTLED.get(request.state, StepState.DONE),
            note=(rich.span(_outcome(view, request)),),
        )
    if not request.is_routed:
        why = (
            "nobody can decide yet"
            if request.unroutable
            else "being settled who decides"
        )
        return Step(title=title, state=StepState.ASKED, note=(rich.span(why),))
    who = rich.span(f"{view.approvers_of(request)}, until ")
    return Step(
        title=title,
        state=StepState.ASKED,
        note=(who, rich.date(request.expires_at)),
    )


def _outcome(view: RunView, request: ApprovalRequest) -> str:
    text = outcome_text(request, view.run)
    return text[:1].lower() + text[1:]


def _promise(
    view: RunView, method: str, request: ApprovalRequest | None
) -> tuple[Element, ...]:
    """Mark a checkpoint to come; one sent back; one that was left out."""
    if request is not None:
        return (rich.span(_outcome(view, request)),)
    point = view.crew.checkpoint(method) if view.crew else None
    if point is None:
        return ()
    if point.name in view.run.unticked:
        who = one_line(view.run.requester_name, NAME_LENGTH)
        return (rich.span(f"left out by {who}"),)
    return (rich.span("people decide"),) if not view.run.is_final else ()


def _shown(steps: Sequence[Step]) -> list[Step]:
    """Fold what is long past and what is far ahead of a long flow."""
    if len(steps) <= MOST_STEPS:
        return list(steps)
    present = next((n for n, step in enumerate(steps) if not step.is_past), len(steps))
    first = max(0, min(present - 5, len(steps) - MOST_STEPS + 2))
    last = first + MOST_STEPS - 2
    before = [_folded(first, StepState.DONE, "earlier")] if first else []
    rest = len(steps) - last
    after = [_folded(rest, StepState.NEXT, "more")] if rest > 0 else []
    return [*before, *steps[first:last], *after]


def _folded(number: int, state: StepState, which: str) -> Step:
    return Step(title=f"{number} {which} steps", state=state)


_LOUD: Final = frozenset({StepState.NOW, StepState.ASKED, StepState.FAILED})


def _row(step: Step) -> Iterator[Element]:
    yield rich.span(f"{step.state.value}  ")
    yield rich.span(step.title, bold=step.state in _LOUD)
    if step.note:
        yield rich.span(" · ")
        yield from step.note
