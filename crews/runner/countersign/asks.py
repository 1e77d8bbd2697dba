"""What people are asked at a checkpoint: evaluated once, when the flow gets there."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from crewai.flow.expressions import Expression, ExpressionError

from countersign.calls import Address
from countersign.checkpoints import Checkpoint
from countersign.codec import encode
from countersign.digest import digest_of
from countersign.inside import AnyFlow
from countersign.metadata import FactSpec
from countersign.outputs import NOT_JSON, json_of, seen_by_expressions, text_of

ROOTS: Final = frozenset({"output", "outputs", "state", "inputs"})
"""What `${…}` in metadata may read."""

MAX_REASON: Final = 200
"""Characters of the reason why something is unknown."""


class Unknown(Exception):
    """Raised when an expression has no usable value; says why."""


class Renderer:
    """Fills in the `${…}` of one checkpoint's metadata."""

    def __init__(
        self, flow: AnyFlow, *, output: Any, inputs: Mapping[str, Any]
    ) -> None:
        self._flow = flow
        self._seen = {"output": seen_by_expressions(output), "inputs": dict(inputs)}

    def value(self, template: Any) -> Any:
        """Evaluate a template; one that is a single `${…}` keeps its type.

        Raises:
            Unknown: it cannot be evaluated.

        """
        if not isinstance(template, str):
            return template
        expression = Expression.from_flow(
            template, self._flow, local_context=dict(self._seen)
        )
        try:
            return expression.render_template()
        except ExpressionError as error:
            raise Unknown(_reason(error)) from error

    def text(self, template: str | None) -> str | None:
        """Give a template's text; where it fails, say so in its place."""
        if template is None:
            return None
        try:
            return text_of(self.value(template))
        except Unknown as unknown:
            return f"unknown: {unknown}"

    def fact(self, spec: FactSpec) -> dict[str, Any]:
        """Give the protocol's fact."""
        shown: dict[str, Any] = {
            "name": spec.name,
            "label": spec.shown_as,
            "type": spec.type,
            "value": None,
            "currency": None,
            "unknown": None,
        }
        try:
            shown["value"] = _READERS[spec.type](self.value(spec.value), spec)
            if spec.currency is not None:
                shown["currency"] = _currency(self.value(spec.currency))
        except Unknown as unknown:
            shown |= {"value": None, "currency": None, "unknown": str(unknown)}
        return shown


def ask_of(
    checkpoint: Checkpoint,
    *,
    flow: AnyFlow,
    address: Address,
    arrival: tuple[int, int],
    output: Any,
    inputs: Mapping[str, Any],
) -> dict[str, Any]:
    """Give the protocol's ask. `arrival` is visit and revision."""
    encoded = encode(output)
    visit, revision = arrival
    metadata = checkpoint.metadata
    render = Renderer(flow, output=output, inputs=inputs)
    ask: dict[str, Any] = {
        "path": address.path,
        "method": address.method,
        "call": address.call,
        "checkpoint": checkpoint.name,
        "visit": visit,
        "revision": revision,
        "output": encoded,
        "digest_output": digest_of(encoded),
        "output_text": text_of(output),
        "title": render.text(metadata.title),
        "message": checkpoint.message,
        "facts": [render.fact(spec) for spec in metadata.facts],
        "context": render.text(metadata.context),
        "consequence": {
            verdict: render.text(text) for verdict, text in metadata.consequence.items()
        },
        "criteria": list(metadata.criteria),
        "emit": list(checkpoint.labels.emit),
        "verdicts": checkpoint.labels.as_message(),
        "policy": metadata.policy,
        "optional": metadata.optional,
        "max_revisions": metadata.max_revisions,
    }
    found = json_of(output)
    return ask if found is NOT_JSON else ask | {"output_json": found}


def _reason(error: ExpressionError) -> str:
    cause = error.__cause__ or error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    first = cause.args[0] if cause.args else cause
    return " ".join(str(first).split())[:MAX_REASON]


def _decimal(value: Any, spec: FactSpec) -> str:
    del spec
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Unknown(_not_a("number", value))
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise Unknown(_not_a("number", value)) from error
    if not number.is_finite():
        raise Unknown(_not_a("number", value))
    return f"{number:f}"


def _choice(value: Any, spec: FactSpec) -> str:
    text = _text(value, spec)
    if spec.choices is not None and text not in spec.choices:
        message = f"{text!r} is not one of {', '.join(spec.choices)}"
        raise Unknown(message)
    return text


def _text(value: Any, spec: FactSpec) -> str:
    del spec
    if value is None:
        message = "it is empty"
        raise Unknown(message)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return text_of(value)


def _currency(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Unknown(_not_a("currency", value))
    return value.strip()


def _not_a(what: str, value: Any) -> str:
    return f"{text_of(value)!r} is not a {what}"[:MAX_REASON]


_READERS: Final = {
    "money": _decimal,
    "number": _decimal,
    "choice": _choice,
    "text": _text,
}
