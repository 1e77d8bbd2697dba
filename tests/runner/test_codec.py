"""What a step returns comes back with its types, or is refused when it is written."""

import json
import math
import sys
import threading
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, Flag, IntEnum, StrEnum
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from crewai import CrewOutput, TaskOutput
from crewai.flow.human_feedback import HumanFeedbackResult
from crewai.lite_agent_output import LiteAgentOutput
from crewai.types.usage_metrics import UsageMetrics
from crewai.utilities.pydantic_schema_utils import create_model_from_schema
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, PrivateAttr, SecretStr

from approvals import digest as rules
from countersign.codec import CannotDecode, CannotEncode, decode, encode
from countersign.digest import canonical_json, digest_of
from tests.runner.naming import name_of


class Risk(StrEnum):
    LOW = "low"


class Level(IntEnum):
    ONE = 1


class Colour(Enum):
    RED = object()


class Rights(Flag):
    READ = 1
    WRITE = 2


class Point(NamedTuple):
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Offer:
    vendor: str
    amount: Decimal
    lines: list[Any] = field(default_factory=list)


class Item(BaseModel):
    name: str
    price: Decimal
    risk: Risk = Risk.LOW


class Basket(BaseModel):
    model_config = ConfigDict(extra="allow")

    items: list[Item]
    by_id: dict[int, Item] = {}
    best: BaseModel | None = None
    _note: str = PrivateAttr(default="")


def back(value: Any) -> Any:
    return decode(json.loads(json.dumps(encode(value))))


VALUES = [
    None,
    True,
    0,
    2**80,
    1.5,
    "text",
    "",
    "a\x00b",
    "half \ud83d",
    [1, [2]],
    (1, ("a",)),
    {1, 2},
    frozenset({"a"}),
    {"a": {"b": 1}},
    {"$": "model", "v": 1},
    {1: "one", None: "none", ("a", 1): "pair"},
    OrderedDict(b=1, a=2),
    deque([1, 2], maxlen=3),
    Counter("aab"),
    defaultdict(list, a=[1]),
    defaultdict(None, a=1),
    b"\x00\xff",
    bytearray(b"ab"),
    Decimal("12.50"),
    Decimal("1E+3"),
    datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
    datetime(2026, 11, 21, 9, 30, 1, 5),  # noqa: DTZ001 - crews return such, too
    datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1),
    datetime(2026, 11, 21, tzinfo=timezone(timedelta(hours=5))),
    date(2026, 11, 21),
    time(9, 30),
    timedelta(days=-1, microseconds=3),
    uuid.UUID(int=7),
    complex(1, 2),
    Path("a/b"),
    PurePosixPath("/x"),
    Risk.LOW,
    Level.ONE,
    Colour.RED,
    Rights.READ | Rights.WRITE,
    Point(1, 2),
    Offer(vendor="Northfield", amount=Decimal("3400.00"), lines=[Risk.LOW]),
    Item(name="chair", price=Decimal("1.20")),
    Basket(items=[Item(name="a", price=Decimal(1))], colour="red"),
]


@pytest.mark.parametrize("value", VALUES, ids=name_of)
def test_values_come_back(value: Any) -> None:
    """Equal, and of the same type all the way down."""
    found = back(value)

    assert value == found
    assert type(value) is type(found)


def test_numbers_that_json_lacks_come_back() -> None:
    """Infinity and not-a-number are no JSON."""
    assert [math.inf, -math.inf] == back([math.inf, -math.inf])
    assert math.isnan(back(math.nan))


def test_a_model_keeps_all_that_it_holds() -> None:
    """Fields set, extras, private attributes, models inside and subclasses."""
    basket = Basket(
        items=[Item(name="a", price=Decimal(1))],
        by_id={7: Item(name="b", price=Decimal(2))},
        best=Item(name="c", price=Decimal(3)),
        extra={"x": (1, 2)},
    )
    basket._note = "mind the gap"

    found = back(basket)

    assert basket == found
    assert ("mind the gap", (1, 2)) == (found._note, found.extra["x"])
    assert basket.model_fields_set == found.model_fields_set
    assert isinstance(found.best, Item)


class Guarded(BaseModel):
    count: int
    _lock: Any = PrivateAttr(default_factory=threading.Lock)


def test_what_a_model_makes_itself_is_made_anew() -> None:
    """A private lock does not keep a model from coming back."""
    found = back(Guarded(count=3))

    assert 3 == found.count
    assert found._lock.acquire(blocking=False)


def test_a_default_comes_back_with_its_factory() -> None:
    """It still makes what is missing."""
    assert [] == back(defaultdict(list))["new"]


def test_what_a_crew_returns_comes_back() -> None:
    """crewAI's own outputs, with a structured answer inside."""
    item = Item(name="a", price=Decimal("1.10"))
    task = TaskOutput(description="d", agent="Writer", raw="r", pydantic=item)
    crew = CrewOutput(
        raw="r",
        pydantic=item,
        json_dict={"a": 1},
        tasks_output=[task],
        token_usage=UsageMetrics(total_tokens=7),
    )
    agent = LiteAgentOutput(raw="r", agent_role="Writer", usage_metrics={"total": 1})
    feedback = HumanFeedbackResult(output=crew, feedback="ok", outcome="approved")

    for value in (crew, agent, feedback):
        found = back(value)
        assert value == found
    assert Decimal("1.10") == back(crew).tasks_output[0].pydantic.price


def test_a_model_made_from_a_schema_comes_back() -> None:
    """crewAI makes such models as it runs; they have no import path."""
    made = create_model_from_schema(
        {
            "title": "Offer",
            "type": "object",
            "properties": {"vendor": {"type": "string"}, "amount": {"type": "number"}},
            "required": ["vendor"],
        }
    )
    value = made(vendor="Northfield", amount=2.5)

    found = back(value)

    assert value.model_dump() == found.model_dump()
    assert type(found) is type(back(value))


class Local:
    pass


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (object(), "the result is a object"),
        ({"a": [1, Local()]}, "the result.a[1] is a "),
        ({"lock": threading.Lock()}, "the result.lock is a _thread.lock"),
        (SecretStr("s"), "secrets are not written"),
        (print, "builtin_function_or_method"),
        ({Local(): 1}, "a key of the result is a "),
        (defaultdict(lambda: 1), "not at the top of a module"),
    ],
    ids=name_of,
)
def test_what_would_not_come_back_is_refused(value: Any, words: str) -> None:
    """With its place and its type."""
    with pytest.raises(CannotEncode, match=r".") as raised:
        encode(value)

    assert words in str(raised.value)


def test_a_class_inside_a_function_is_refused() -> None:
    """It could not be found again after a restart."""

    @dataclass
    class Inner:
        a: int = 1

    with pytest.raises(CannotEncode, match="not at the top of a module"):
        encode(Inner())


def test_what_contains_itself_is_refused() -> None:
    """Instead of running out of stack."""
    loop: list[Any] = []
    loop.append(loop)

    with pytest.raises(CannotEncode, match="contains itself"):
        encode(loop)


def test_a_class_that_has_gone_is_named() -> None:
    """When a journal outlives the code it was written by."""
    encoded = {"$": "model", "t": "no.such.module:Thing", "v": {}}

    with pytest.raises(CannotDecode, match=r"no\.such\.module:Thing"):
        decode(encoded)


@pytest.mark.parametrize("name", ["os:system", "subprocess:Popen", "builtins:eval"])
def test_only_values_are_restored(name: str) -> None:
    """A damaged journal cannot have anything else called."""
    for kind in ("model", "enum", "namedtuple", "dataclass"):
        with pytest.raises(CannotDecode):
            decode({"$": kind, "t": name, "v": ["true"]})


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters())
    | st.binary()
    | st.decimals(allow_nan=False)
    | st.datetimes(timezones=st.just(UTC))
    | st.sampled_from(Risk),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text() | st.integers(), inner)
        | st.tuples(inner, inner)
    ),
    max_leaves=20,
)


@given(json_values)
def test_anything_plain_comes_back(value: Any) -> None:
    """Whatever the shape, and writing it again gives the same digest."""
    found = back(value)

    assert value == found
    assert digest_of(encode(value)) == digest_of(encode(found))


@given(st.sets(st.text() | st.integers() | st.binary()))
def test_a_set_is_written_in_one_way(value: set[Any]) -> None:
    """Its order in memory does not change its digest."""
    again: set[Any] = set()
    for item in sorted(value, key=repr, reverse=True):
        again.add(item)

    assert digest_of(encode(value)) == digest_of(encode(again))


def test_canonical_json_is_the_one_of_the_rules() -> None:
    """Sorted keys, no spaces, text as it is: what the worker hashes too."""
    value = {"b": [1, {"c": None}], "a": "ü", "d": 1.5}

    assert '{"a":"ü","b":[1,{"c":null}],"d":1.5}' == canonical_json(value)
    assert rules.canonical_json(value) == canonical_json(value)
    assert rules.sha256(rules.canonical_json(value)) == digest_of(value)


def test_the_recursion_limit_is_far_away() -> None:
    """The depth that is allowed fits the stack."""
    value: Any = 0
    for _ in range(150):
        value = [value]

    assert value == back(value)
    assert sys.getrecursionlimit() >= 1000
