"""What the worker says to a runner: the other half of the protocol."""

import json
from typing import Any, Final

from approvals.segments import Answer, Work
from crews.bundles import UnpackedBundle
from crews.settings import Limits

Order = dict[str, Any]

CANCEL: Final[Order] = {"type": "cancel"}


def encode(order: Order) -> bytes:
    """Write an order as one line."""
    return json.dumps(order, separators=(",", ":")).encode("ascii") + b"\n"


def describe(bundle: UnpackedBundle) -> Order:
    """Ask what a crew is."""
    return {"type": "describe", "bundle": str(bundle.root), "entry": bundle.entry}


def start(
    work: Work, bundle: UnpackedBundle, limits: Limits, *, model: str | None
) -> Order:
    """Start a segment: the run so far, and the decisions that it goes on with.

    `model` takes the place of every model that the crew names; None leaves them.
    """
    return {
        "type": "start",
        "run": {
            "id": work.segment.run,
            "code": work.run_code,
            "requester": work.requester,
            "priority": work.priority,
        },
        "segment": work.segment.number,
        "attempt": work.segment.attempt,
        "bundle": str(bundle.root),
        "entry": bundle.entry,
        "inputs": dict(work.inputs),
        "held": list(work.held),
        "model": model,
        "journal": [json.loads(entry.entry) for entry in work.journal],
        "answers": [_answer(answer) for answer in work.answers],
        "limits": {"output_bytes": limits.output, "journal_bytes": limits.journal},
    }


def written(seq: int) -> Order:
    """Tell the runner that a step is journalled."""
    return {"type": "written", "seq": seq}


def _answer(answer: Answer) -> Order:
    return {
        "path": answer.address.path,
        "method": answer.address.method,
        "call": answer.address.call,
        "request": answer.request,
        "verdict": answer.verdict.value,
        "label": answer.label,
        "words": answer.words,
        "by": answer.by,
        "digest_output": answer.output_digest,
    }
