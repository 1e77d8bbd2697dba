"""How a run fails, in words for people and with the place in the crew's own files."""

import traceback
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from countersign.calls import Address
from countersign.consoles import NobodyThere
from countersign.model_errors import ModelCause

MAX_TRACEBACK: Final = 20_000
"""Characters of a traceback that are told; its end is what matters."""

_NOT_THE_CREWS: Final = ("site-packages", "dist-packages", ".venv", "__pycache__")


class FailureKind(StrEnum):
    """What went wrong."""

    MODEL = "model"  #: A model did not answer, after all tries
    STEP = "step"  #: A step of the crew raised
    FLOW = "flow"  #: The flow cannot be loaded, begun or continued
    LIMIT = "limit"  #: Something is larger than the limits allow
    MISMATCH = "mismatch"  #: A decision is not about what the flow would be handed
    CODEC = "codec"  #: A result or the state would not come back after a restart


_RETRYABLE: Final = frozenset({FailureKind.MODEL, FailureKind.STEP})


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A line of one of the crew's own files; `file` is relative to the bundle."""

    file: str
    line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """Why a segment failed. `address` is None where no step is to blame."""

    kind: FailureKind
    message: str
    cause: ModelCause | None = None
    address: Address | None = None
    traceback: str = ""
    place: Place | None = None

    def as_message(self) -> dict[str, Any]:
        """Give the protocol's `failed`."""
        address = self.address
        return {
            "type": "failed",
            "path": address.path if address else None,
            "method": address.method if address else None,
            "call": address.call if address else None,
            "kind": self.kind.value,
            "cause": self.cause.value if self.cause else None,
            "message": self.message,
            "traceback": self.traceback,
            "file": self.place.file if self.place else None,
            "line": self.place.line if self.place else None,
            "retryable": self.kind in _RETRYABLE,
        }


class ModelFailed(RuntimeError):
    """Raised when a model did not answer after all tries."""

    def __init__(
        self, reason: str, tries: int, cause: ModelCause | None = None
    ) -> None:
        self.reason = reason
        self.tries = tries
        self.cause = cause
        times = "1 try" if tries == 1 else f"{tries} tries"
        super().__init__(f"{reason}, {times}")


def failure_of(
    error: BaseException, address: Address | None, bundle: Path, *, kind: FailureKind
) -> Failure:
    """Say why something raised; a model's failure is found behind its wrappings."""
    model = find_cause(error, ModelFailed)
    told = model or error
    return Failure(
        kind=FailureKind.MODEL if model else kind,
        message=first_line(told),
        cause=model.cause if model else None,
        address=address,
        traceback=_traceback(error),
        place=place_in(error, bundle),
    )


def find_cause(error: BaseException, kind: type[ModelFailed]) -> ModelFailed | None:
    """Find an exception of a kind among an exception and what led to it."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        if isinstance(current, kind):
            return current
        seen.add(id(current))
        current = current.__cause__ or current.__context__
    return None


def first_line(error: BaseException) -> str:
    """Give an exception's message in one line, with its type where it needs it."""
    if isinstance(error, ModelFailed | NobodyThere):
        return str(error)
    name = type(error).__name__
    lines = str(error).strip().splitlines()
    if not lines:
        return name
    return f"{name}: {lines[0]}"


def place_in(error: BaseException, bundle: Path) -> Place | None:
    """Find the innermost line of the crew's own files that an exception passed."""
    found: Place | None = None
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and found is None and id(current) not in seen:
        seen.add(id(current))
        found = _innermost(current.__traceback__, bundle)
        current = current.__cause__ or current.__context__
    return found


def _innermost(trace: TracebackType | None, bundle: Path) -> Place | None:
    found: Place | None = None
    for frame in traceback.extract_tb(trace):
        file = Path(frame.filename)
        if not file.is_relative_to(bundle) or frame.lineno is None:
            continue
        inside = file.relative_to(bundle)
        if any(part in _NOT_THE_CREWS for part in inside.parts):
            continue
        found = Place(file=str(inside), line=frame.lineno)
    return found


def _traceback(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))[-MAX_TRACEBACK:]
