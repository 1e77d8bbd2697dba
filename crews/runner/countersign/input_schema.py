"""The form of a crew's inputs: a JSON schema, read from the flow's state."""

from collections.abc import Mapping
from typing import Any

from crewai.flow.flow_definition import (
    FlowDictStateDefinition,
    FlowJsonSchemaStateDefinition,
    FlowPydanticStateDefinition,
)
from pydantic import BaseModel

from countersign.crew import Crew
from countersign.inside import AnyFlow, state_of

_OURS = "id"
"""The state's id is the run's; nobody types it."""


def input_schema_of(crew: Crew, flow: AnyFlow) -> dict[str, Any]:
    """Give the JSON schema of what a run is started with.

    Properties marked `readOnly` are the flow's own notes, and are left out.
    """
    schema = _schema(crew, flow)
    properties = {
        name: spec
        for name, spec in schema.get("properties", {}).items()
        if name != _OURS and not (isinstance(spec, Mapping) and spec.get("readOnly"))
    }
    required = [name for name in schema.get("required", []) if name in properties]
    return {
        **schema,
        "type": "object",
        "properties": properties,
        "required": required,
    }


def _schema(crew: Crew, flow: AnyFlow) -> dict[str, Any]:
    state = crew.definition.state
    defaults: Mapping[str, Any] = (state.default if state is not None else None) or {}
    match state:
        case FlowJsonSchemaStateDefinition():
            return _with_defaults(state.json_schema, defaults)
        case FlowPydanticStateDefinition(json_schema=dict() as schema):
            return _with_defaults(schema, defaults)
        case FlowDictStateDefinition() if defaults:
            return _of_values(defaults)
        case _:
            return _of_state(flow)


def _of_state(flow: AnyFlow) -> dict[str, Any]:
    state = state_of(flow)
    if isinstance(state, BaseModel):
        schema = type(state).model_json_schema()
        if not state.model_config.get("title"):
            del schema["title"]  # the class's name, and that is crewAI's own
        return schema
    return _of_values({k: v for k, v in state.items() if k != _OURS})


def _with_defaults(
    schema: Mapping[str, Any], defaults: Mapping[str, Any]
) -> dict[str, Any]:
    properties = {
        name: {**spec, "default": defaults[name]} if name in defaults else spec
        for name, spec in schema.get("properties", {}).items()
    }
    return {**schema, "properties": properties}


def _of_values(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            name: {"default": value, **_type_of(value)}
            for name, value in values.items()
        },
    }


def _type_of(value: Any) -> dict[str, Any]:
    match value:
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "integer"}
        case float():
            return {"type": "number"}
        case list():
            return {"type": "array"}
        case dict():
            return {"type": "object"}
        case None:
            return {}
        case _:
            return {"type": "string"}
