"""The digest that binds a decision to exactly what was shown."""

import hashlib
import json
from decimal import Decimal
from typing import Any, Final

from approvals.ids import RunId
from approvals.requests import Ask

VERSION: Final = 1


def canonical_json(value: Any) -> str:
    """Write JSON in one way only: sorted keys, no spaces, decimals as strings."""
    return json.dumps(
        value,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
        default=_decimal_as_string,
    )


def sha256(text: str) -> str:
    """Give the SHA-256 of a text's UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def digest_of(run: RunId, ask: Ask) -> str:
    """Give the digest of a request: the hash of what its deciders are shown."""
    subject = ask.subject
    shown = {
        "v": VERSION,
        "run": run,
        "checkpoint": ask.checkpoint,
        "visit": ask.visit,
        "revision": ask.revision,
        "output": subject.output,
        "title": subject.title,
        "facts": [
            [fact.name, fact.type, fact.value, fact.currency] for fact in subject.facts
        ],
        "criteria": list(subject.criteria),
    }
    return sha256(canonical_json(shown))


def _decimal_as_string(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    message = f"{type(value).__name__} has no canonical JSON"
    raise TypeError(message)
