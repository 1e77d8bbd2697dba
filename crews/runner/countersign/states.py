"""A flow's state to JSON and back. Its class is the flow's business, not the journal's."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel

from countersign.codec import CannotEncode, Encoded, decode, encode, fields_of, fill
from countersign.inside import AnyFlow, state_of

TRIES: Final = 5
"""A step that runs beside may change the state while it is read."""


def encode_state(flow: AnyFlow) -> Encoded:
    """Write a flow's state.

    Raises:
        CannotEncode: something in it would not come back.

    """
    for _ in range(TRIES - 1):
        try:
            return _encode(state_of(flow))
        except CannotEncode:
            raise
        except RuntimeError:  # "dictionary changed size during iteration"
            continue
    return _encode(state_of(flow))


def restore_state(flow: AnyFlow, encoded: Encoded) -> None:
    """Give a flow's state object the content that it had."""
    state = state_of(flow)
    if isinstance(state, BaseModel):
        fill(state, encoded)
        return
    content: Mapping[str, Any] = decode(encoded)
    state.clear()
    state.update(content)


def _encode(state: Any) -> Encoded:
    if isinstance(state, BaseModel):
        return fields_of(state, "the state")
    return encode(state, "the state")
