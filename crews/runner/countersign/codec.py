"""Values to JSON and back, with their types: what a step returns survives a restart.

Theory of operation. JSON's own types stand for themselves. Everything else is an
object with the key `$`, which names its kind, and `v`, its content; a mapping that has
the key `$` itself, or keys that are not text, is written as a list of pairs. Models and
dataclasses are written field by field, not through their own serialisers (which lose
types), and rebuilt without validation, so that they come back as they were. What would
not come back is refused when it is written, not weeks later when it is read.
"""

import base64
import dataclasses
import importlib
import math
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, SecretBytes, SecretStr
from pydantic_core import PydanticUndefined

from countersign.schemas import SchemaModels

MAX_DEPTH: Final = 200
"""Deeper nesting is refused; only a structure that contains itself gets there."""

_TOO_DEEP: Final = "it contains itself, or is nested too deeply"

Encoded = Any
"""Anything that `json.dumps` takes."""


class CannotEncode(TypeError):
    """A value has a type that would not come back. `where` is the way to it."""

    def __init__(self, value: object, where: str, why: str = "") -> None:
        self.type_name = _name_of(type(value))
        self.where = where
        reason = why or "its type would not come back after a restart"
        super().__init__(f"{where} is a {self.type_name}: {reason}")


class CannotDecode(ValueError):
    """An encoded value cannot be restored, for example because its class has gone."""


def encode(value: Any, where: str = "the result") -> Encoded:
    """Write a value as JSON types.

    Raises:
        CannotEncode: the value, or something in it, would not come back.

    """
    try:
        return _encode(value, where, 0)
    except RecursionError as error:
        raise CannotEncode(value, where, _TOO_DEEP) from error


def decode(encoded: Encoded) -> Any:
    """Restore an encoded value.

    Raises:
        CannotDecode: a class that it needs is no longer there, or it is damaged.

    """
    if isinstance(encoded, list):
        return [decode(item) for item in encoded]
    if not isinstance(encoded, dict):
        return encoded
    kind = encoded.get("$")
    if kind is None:
        return {key: decode(item) for key, item in encoded.items()}
    reader = _READERS.get(kind)
    if reader is None:
        message = f"unknown kind of value {kind!r}"
        raise CannotDecode(message)
    try:
        return reader(encoded)
    except CannotDecode:
        raise
    except Exception as error:
        message = f"a stored {encoded.get('t', kind)} cannot be restored: {error}"
        raise CannotDecode(message) from error


def fields_of(model: BaseModel, where: str, depth: int = 0) -> dict[str, Encoded]:
    """Write a model's content without its class; `fill` puts it back."""
    private = _private(model, where, depth)
    content: dict[str, Encoded] = {
        "fields": _mapping(model.__dict__, where, depth),
        "set": sorted(model.__pydantic_fields_set__),
    }
    if model.__pydantic_extra__:
        content["extra"] = _mapping(model.__pydantic_extra__, where, depth)
    if private:
        content["private"] = private
    return content


def _private(model: BaseModel, where: str, depth: int) -> dict[str, Encoded]:
    """Write private attributes; one that makes itself anew, a lock say, may be left."""
    written: dict[str, Encoded] = {}
    attributes = type(model).__private_attributes__
    for name, item in (model.__pydantic_private__ or {}).items():
        if item is PydanticUndefined:
            continue
        try:
            written[name] = _encode(item, f"{where}.{name}", depth + 1)
        except CannotEncode:
            if name not in attributes or attributes[name].default_factory is None:
                raise
    return written


def fill(model: BaseModel, content: Mapping[str, Encoded]) -> None:
    """Give a model the content that `fields_of` wrote."""
    fields = decode(content["fields"])
    extra = decode(content["extra"]) if "extra" in content else None
    if extra is None and type(model).model_config.get("extra") == "allow":
        extra = {}
    private = type(model).__private_attributes__
    kept = {
        name: attribute.get_default()
        for name, attribute in private.items()
        if attribute.get_default() is not PydanticUndefined
    }
    kept.update({k: decode(v) for k, v in content.get("private", {}).items()})
    object.__setattr__(model, "__dict__", fields)
    object.__setattr__(model, "__pydantic_extra__", extra)
    object.__setattr__(model, "__pydantic_fields_set__", set(content["set"]))
    object.__setattr__(model, "__pydantic_private__", kept if private else None)


def _encode(value: Any, where: str, depth: int) -> Encoded:
    if depth > MAX_DEPTH:
        raise CannotEncode(value, where, _TOO_DEEP)
    if value is None or isinstance(value, bool):
        return value
    for base, write in _WRITERS:
        if isinstance(value, base):
            return write(value, where, depth)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _dataclass(value, where, depth)
    raise CannotEncode(value, where)


def _text(value: str, _where: str, _depth: int) -> Encoded:
    plain = str(value)
    try:
        plain.encode("utf-8")
    except UnicodeEncodeError:
        return _odd_text(plain)
    return _odd_text(plain) if "\x00" in plain else plain


def _odd_text(value: str) -> Encoded:
    # Databases refuse NUL, and UTF-8 half a character; models write both.
    octets = value.encode("utf-8", "surrogatepass")
    return {"$": "text", "v": base64.b64encode(octets).decode("ascii")}


def _float(value: float, _where: str, _depth: int) -> Encoded:
    plain = float(value)
    return plain if math.isfinite(plain) else {"$": "float", "v": repr(plain)}


def _list(value: list[Any], where: str, depth: int) -> Encoded:
    if type(value) is not list:
        raise CannotEncode(value, where)
    return _items(value, where, depth)


def _tuple(value: tuple[Any, ...], where: str, depth: int) -> Encoded:
    if type(value) is tuple:
        return {"$": "tuple", "v": _items(value, where, depth)}
    if not hasattr(value, "_fields"):
        raise CannotEncode(value, where)
    name = _importable(value, where)
    return {"$": "namedtuple", "t": name, "v": _items(value, where, depth)}


def _items(value: Any, where: str, depth: int) -> list[Encoded]:
    return [
        _encode(item, f"{where}[{index}]", depth + 1)
        for index, item in enumerate(value)
    ]


def _set(value: Any, where: str, depth: int) -> Encoded:
    if type(value) not in {set, frozenset}:
        raise CannotEncode(value, where)
    kind = type(value).__name__
    items = _items(value, where, depth)
    return {"$": kind, "v": sorted(items, key=repr)}


def _dict(value: dict[Any, Any], where: str, depth: int) -> Encoded:
    kind = type(value)
    if kind is dict:
        return _mapping(value, where, depth)
    if kind not in _DICTS:
        raise CannotEncode(value, where)
    encoded = {"$": _DICTS[kind], "v": _pairs(value, where, depth)}
    if isinstance(value, defaultdict) and value.default_factory is not None:
        encoded["factory"] = _named(value.default_factory, where, value)
    return encoded


def _mapping(value: Mapping[Any, Any], where: str, depth: int) -> Encoded:
    if "$" in value or not all(type(key) is str for key in value):
        return {"$": "dict", "v": _pairs(value, where, depth)}
    return {
        key: _encode(item, f"{where}.{key}", depth + 1) for key, item in value.items()
    }


def _pairs(value: Mapping[Any, Any], where: str, depth: int) -> list[Encoded]:
    return [
        [
            _encode(key, f"a key of {where}", depth + 1),
            _encode(item, f"{where}[{key!r}]", depth + 1),
        ]
        for key, item in value.items()
    ]


def _model(value: BaseModel, where: str, depth: int) -> Encoded:
    content = fields_of(value, where, depth)
    try:
        return {"$": "model", "t": _importable(value, where), "v": content}
    except CannotEncode:
        schema = SchemaModels.schema_of(type(value))
        if schema is None:
            raise
        return {"$": "model", "schema": schema, "v": content}


def _dataclass(value: Any, where: str, depth: int) -> Encoded:
    fields = {
        field.name: getattr(value, field.name)
        for field in dataclasses.fields(value)
        if hasattr(value, field.name)
    }
    name = _importable(value, where)
    return {"$": "dataclass", "t": name, "v": _mapping(fields, where, depth)}


def _enum(value: Enum, where: str, _depth: int) -> Encoded:
    if value.name not in type(value).__members__:  # a combination of flags
        content = _encode(value.value, where, _depth + 1)
        return {"$": "flags", "t": _importable(value, where), "v": content}
    return {"$": "enum", "t": _importable(value, where), "v": value.name}


def _datetime(value: datetime, where: str, _depth: int) -> Encoded:
    if type(value) is not datetime:
        raise CannotEncode(value, where)
    encoded = {"$": "datetime", "v": value.replace(fold=0).isoformat()}
    if isinstance(value.tzinfo, ZoneInfo) and value.tzinfo.key:
        encoded = {"$": "datetime", "v": value.replace(tzinfo=None).isoformat()}
        encoded["zone"] = value.tzinfo.key
    return encoded | ({"fold": 1} if value.fold else {})


def _read_datetime(encoded: Mapping[str, Any]) -> datetime:
    moment = datetime.fromisoformat(encoded["v"])
    if "zone" in encoded:
        moment = moment.replace(tzinfo=ZoneInfo(encoded["zone"]))
    return moment.replace(fold=encoded.get("fold", 0))


def _timedelta(value: timedelta, _where: str, _depth: int) -> Encoded:
    return {"$": "timedelta", "v": [value.days, value.seconds, value.microseconds]}


def _path(value: PurePath, _where: str, _depth: int) -> Encoded:
    for kind in (PurePosixPath, PureWindowsPath):
        if type(value) is kind:
            return {"$": "path", "v": str(value), "pure": kind.__name__}
    return {"$": "path", "v": str(value)}


def _read_path(encoded: Mapping[str, Any]) -> PurePath:
    pure = {kind.__name__: kind for kind in (PurePosixPath, PureWindowsPath)}
    return pure.get(encoded.get("pure", ""), Path)(encoded["v"])


def _secret(value: SecretStr | SecretBytes, where: str, _depth: int) -> Encoded:
    raise CannotEncode(value, where, "secrets are not written to the journal")


def _plain(kind: str, write: Callable[[Any], Any]) -> "_Writer":
    def written(value: Any, _where: str, _depth: int) -> Encoded:
        return {"$": kind, "v": write(value)}

    return written


def _importable(value: object, where: str) -> str:
    return _named(type(value), where, value)


def _named(thing: Any, where: str, value: object) -> str:
    name = f"{thing.__module__}:{thing.__qualname__}"
    try:
        found = _resolve(name)
    except CannotDecode:
        found = None
    if found is not thing:
        why = "what it needs is not at the top of a module, and cannot be found again"
        raise CannotEncode(value, where, why)
    return name


def _resolve(name: str) -> Any:
    module, _, qualname = name.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for part in qualname.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError, ValueError) as error:
        message = f"the class {name} is not there any more: {error}"
        raise CannotDecode(message) from error
    return found


def _class(encoded: Mapping[str, Any], base: type) -> Any:
    found = _resolve(encoded["t"])
    if not (isinstance(found, type) and issubclass(found, base)):
        message = f"{encoded['t']} is no {base.__name__}"
        raise CannotDecode(message)
    return found


def _read_model(encoded: Mapping[str, Any]) -> BaseModel:
    if "schema" in encoded:
        kind = SchemaModels.model_of(encoded["schema"])
    else:
        kind = _class(encoded, BaseModel)
    model = kind.__new__(kind)
    fill(model, encoded["v"])
    return model


def _read_dataclass(encoded: Mapping[str, Any]) -> Any:
    kind = _class(encoded, object)
    if not dataclasses.is_dataclass(kind):
        message = f"{encoded['t']} is no dataclass any more"
        raise CannotDecode(message)
    value: Any = object.__new__(kind)  # type: ignore[arg-type]  # mypy cannot tell a class
    for name, item in decode(encoded["v"]).items():
        object.__setattr__(value, name, item)
    return value


def _read_pairs(encoded: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    return [(decode(key), decode(item)) for key, item in encoded["v"]]


def _read_defaultdict(encoded: Mapping[str, Any]) -> Any:
    factory = _resolve(encoded["factory"]) if "factory" in encoded else None
    if not (factory is None or isinstance(factory, type)):
        message = f"{encoded['factory']} is no class"
        raise CannotDecode(message)
    return defaultdict(factory, _read_pairs(encoded))


def _name_of(kind: type) -> str:
    if kind.__module__ == "builtins":
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"


_DICTS: Final[Mapping[type, str]] = {
    OrderedDict: "ordered",
    Counter: "counter",
    defaultdict: "defaultdict",
}

_Writer = Callable[[Any, str, int], Encoded]

_WRITERS: Final[tuple[tuple[type | tuple[type, ...], _Writer], ...]] = (
    (Enum, _enum),
    (str, _text),
    (int, lambda value, _where, _depth: int(value)),
    (float, _float),
    (dict, _dict),
    (list, _list),
    (BaseModel, _model),
    (tuple, _tuple),
    ((set, frozenset), _set),
    ((SecretStr, SecretBytes), _secret),
    (bytes, _plain("bytes", lambda v: base64.b64encode(v).decode("ascii"))),
    (bytearray, _plain("bytearray", lambda v: base64.b64encode(v).decode("ascii"))),
    (Decimal, _plain("decimal", str)),
    (datetime, _datetime),
    (date, _plain("date", date.isoformat)),
    (time, _plain("time", time.isoformat)),
    (timedelta, _timedelta),
    (uuid.UUID, _plain("uuid", str)),
    (complex, _plain("complex", repr)),
    (PurePath, _path),
    (
        deque,
        lambda value, where, depth: (
            {"$": "deque", "v": _items(value, where, depth)}
            | ({"max": value.maxlen} if value.maxlen is not None else {})
        ),
    ),
)

_READERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Any]]] = {
    "text": lambda e: base64.b64decode(e["v"]).decode("utf-8", "surrogatepass"),
    "float": lambda e: float(e["v"]),
    "tuple": lambda e: tuple(decode(e["v"])),
    "namedtuple": lambda e: _class(e, tuple)(*decode(e["v"])),
    "set": lambda e: set(decode(e["v"])),
    "frozenset": lambda e: frozenset(decode(e["v"])),
    "dict": lambda e: dict(_read_pairs(e)),
    "ordered": lambda e: OrderedDict(_read_pairs(e)),
    "counter": lambda e: Counter(dict(_read_pairs(e))),
    "defaultdict": _read_defaultdict,
    "deque": lambda e: deque(decode(e["v"]), maxlen=e.get("max")),
    "bytes": lambda e: base64.b64decode(e["v"]),
    "bytearray": lambda e: bytearray(base64.b64decode(e["v"])),
    "decimal": lambda e: Decimal(e["v"]),
    "datetime": _read_datetime,
    "date": lambda e: date.fromisoformat(e["v"]),
    "time": lambda e: time.fromisoformat(e["v"]),
    "timedelta": lambda e: timedelta(*e["v"]),
    "uuid": lambda e: uuid.UUID(e["v"]),
    "complex": lambda e: complex(e["v"]),
    "path": _read_path,
    "enum": lambda e: _class(e, Enum)[e["v"]],
    "flags": lambda e: _class(e, Enum)(decode(e["v"])),
    "model": _read_model,
    "dataclass": _read_dataclass,
}
