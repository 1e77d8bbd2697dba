"""Models that have no import path: crewAI builds them from a JSON schema as it runs."""

import json
from typing import Any, ClassVar

from crewai.utilities.pydantic_schema_utils import create_model_from_schema
from pydantic import BaseModel


class SchemaModels:
    """Builds a model once for each schema, so that equal values have equal types."""

    _built: ClassVar[dict[str, type[BaseModel]]] = {}

    @classmethod
    def schema_of(cls, model: type[BaseModel]) -> dict[str, Any] | None:
        """Give the schema that a model can be rebuilt from, or None if it has none."""
        try:
            schema = model.model_json_schema()
            cls.model_of(schema)
        except Exception:  # noqa: BLE001 - whatever keeps it from having a schema
            return None
        return schema

    @classmethod
    def model_of(cls, schema: dict[str, Any]) -> type[BaseModel]:
        """Give the model that a schema describes."""
        key = json.dumps(schema, sort_keys=True)
        if key not in cls._built:
            cls._built[key] = create_model_from_schema(schema)
        return cls._built[key]
