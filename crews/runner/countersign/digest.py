"""One way to write JSON, and its hash: what binds a decision to an output."""

import hashlib
import json
from typing import Any


def canonical_json(value: Any) -> str:
    """Write JSON in one way only: sorted keys, no spaces, text as it is.

    Decimals are strings already: the codec writes them so.
    """
    return json.dumps(
        value,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )


def digest_of(encoded: Any) -> str:
    """Give the SHA-256 of an encoded value's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(encoded).encode("utf-8")).hexdigest()
