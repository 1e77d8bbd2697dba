"""A step's output as people read it, and as expressions see it."""

import json
import re
from typing import Any, Final

from crewai.utilities.serialization import to_serializable
from pydantic import BaseModel

NOT_JSON: Final = object()
"""Stands for: this output has no JSON in it."""

_FENCE: Final = re.compile(r"\A\s*```(?:json)?\s*\n(.*)\n\s*```\s*\Z", re.DOTALL)


def text_of(output: Any) -> str:
    """Give an output as text: a crew's raw text, JSON for structures."""
    if output is None:
        return ""
    if isinstance(output, str):
        return output
    if isinstance(output, bool):
        return "true" if output else "false"
    raw = getattr(output, "raw", None)
    if isinstance(output, BaseModel) and isinstance(raw, str):
        return raw
    if isinstance(output, BaseModel | dict | list | tuple):
        plain = to_serializable(output, max_depth=0)
        return json.dumps(plain, indent=2, ensure_ascii=False)
    return str(output)


def json_of(output: Any) -> Any:
    """Give the JSON object or list in an output, or `NOT_JSON`.

    A text counts when the whole of it is JSON; a fence around it is allowed, because
    models write one unasked.
    """
    if isinstance(output, dict | list | tuple):
        return _strict(to_serializable(output, max_depth=0))
    if isinstance(output, BaseModel):
        return _strict(_json_of_model(output))
    return _strict(_parsed(output)) if isinstance(output, str) else NOT_JSON


def seen_by_expressions(output: Any) -> Any:
    """Give what `output` means in `${…}`: its JSON, else its text or plain value."""
    found = json_of(output)
    if found is not NOT_JSON:
        return found
    if output is None or isinstance(output, bool | int | float):
        return output
    return text_of(output)


def _json_of_model(output: BaseModel) -> Any:
    if not isinstance(getattr(output, "raw", None), str):
        return to_serializable(output, max_depth=0)
    for name in ("json_dict", "pydantic"):
        structured = getattr(output, name, None)
        if structured is not None:
            return to_serializable(structured, max_depth=0)
    return _parsed(text_of(output))


def _parsed(text: str) -> Any:
    fenced = _FENCE.match(text)
    try:
        found = json.loads(fenced.group(1) if fenced else text)
    except (ValueError, RecursionError):
        return NOT_JSON
    return found if isinstance(found, dict | list) else NOT_JSON


def _strict(found: Any) -> Any:
    """Pass over what Python takes for JSON and nobody else does: NaN, Infinity."""
    if found is NOT_JSON:
        return found
    try:
        json.dumps(found, allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        return NOT_JSON
    return found
