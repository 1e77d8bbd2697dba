"""What people are shown: filled in once, typed, and honest about what is unknown."""

from concurrent.futures import Executor
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest
from crewai import CrewOutput
from crewai.flow.flow import Flow, start
from crewai.flow.human_feedback import human_feedback
from pydantic import BaseModel

from countersign.outputs import NOT_JSON, json_of, text_of
from tests.runner.bench import Bench, crew_in, crew_of
from tests.runner.naming import name_of

PURCHASE = """
schema: crewai.flow/v1
name: purchase
state:
  type: json_schema
  json_schema:
    type: object
    properties: {what: {type: string}, budget: {type: number}}
methods:
  find:
    start: true
    do: {call: expression, expr: "'three offers'"}
  authorise:
    listen: find
    do:
      call: expression
      expr: >-
        '{"vendor": "Northfield", "amount": 3400.5, "risk": "high", "words": "12,000 USD",
        "list": [1, 2], "none": null, "yes": true}'
    human_feedback:
      message: May we?
      emit: [approved, rejected]
      metadata:
METADATA
"""


async def asked(bundle: Path, threads: Executor, metadata: str) -> dict[str, Any]:
    text = PURCHASE.replace("METADATA", indent(dedent(metadata), " " * 8))
    inputs = {"what": "12 chairs", "budget": 4000}
    bench = Bench(crew=crew_in(bundle, text), executor=threads, inputs=inputs)
    ending = await bench.segment()
    return bench.open_asks(ending)[0]


async def fact(bundle: Path, threads: Executor, spec: str) -> tuple[Any, ...]:
    ask = await asked(bundle, threads, f"facts: [{{name: it, {spec}}}]")
    found = ask["facts"][0]
    return found["value"], found["currency"], found["unknown"]


async def test_texts_are_filled_in_from_output_outputs_state_and_inputs(
    bundle: Path, threads: Executor
) -> None:
    """A JSON text is read as what it says."""
    ask = await asked(
        bundle,
        threads,
        """
        title: "Order ${state.what} from ${output.vendor}"
        context: "${outputs.find} for ${inputs.budget}"
        consequence: {approve: "pays ${output.amount}"}
        criteria: ["Within ${budget}"]
        """,
    )

    assert "Order 12 chairs from Northfield" == ask["title"]
    assert "three offers for 4000" == ask["context"]
    assert {"approve": "pays 3400.5"} == ask["consequence"]
    assert ["Within ${budget}"] == ask["criteria"]
    assert "Northfield" == ask["output_json"]["vendor"]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ('type: money, value: "${output.amount}", currency: EUR', ("3400.5", "EUR")),
        (
            'type: money, value: "${state.budget}", currency: "${output.vendor}"',
            ("4000.0", "Northfield"),
        ),
        ('type: number, value: "${output.list[1]}"', ("2", None)),
        ("type: number, value: 12", ("12", None)),
        ('type: number, value: "1e3"', ("1000", None)),
        ('type: choice, value: "${output.risk}"', ("high", None)),
        (
            'type: choice, value: "${output.risk}", choices: [low, high]',
            ("high", None),
        ),
        (
            'type: text, value: "${output.vendor}, ${output.risk}"',
            ("Northfield, high", None),
        ),
        ('type: text, value: "${output.yes}"', ("yes", None)),
        ('value: "${output.list}"', ("[\n  1,\n  2\n]", None)),
    ],
)
async def test_facts_have_their_type(
    spec: str, expected: tuple[str, str | None], bundle: Path, threads: Executor
) -> None:
    """Money and numbers are plain decimals, everything else is text."""
    assert (*expected, None) == await fact(bundle, threads, spec)


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ('type: money, value: "${output.words}"', "'12,000 USD' is not a number"),
        ('type: number, value: "${output.yes}"', "'true' is not a number"),
        ('type: number, value: "NaN"', "is not a number"),
        ('type: text, value: "${output.none}"', "it is empty"),
        ('type: text, value: "${output.nothing}"', "no such member in mapping"),
        ('type: text, value: "${output.vendor > 3}"', "no such overload"),
        (
            'type: choice, value: "${output.risk}", choices: [low]',
            "'high' is not one of low",
        ),
        (
            'type: money, value: "${output.amount}", currency: "${output.list}"',
            "is not a currency",
        ),
    ],
)
async def test_what_cannot_be_read_is_unknown(
    spec: str, why: str, bundle: Path, threads: Executor
) -> None:
    """No value, no currency, and the reason in words; the ask itself stands."""
    value, currency, unknown = await fact(bundle, threads, spec)

    assert (None, None) == (value, currency)
    assert why in unknown


async def test_a_title_that_cannot_be_filled_in_says_so(
    bundle: Path, threads: Executor
) -> None:
    """Nobody is shown an empty or half a title."""
    ask = await asked(bundle, threads, 'title: "Order ${output.nothing}"')

    assert ask["title"].startswith("unknown: ")
    assert "nothing" in ask["title"]


async def test_an_ask_says_what_can_be_pressed(bundle: Path, threads: Executor) -> None:
    """Labels by verdict, policy and limits, as they stand in the file."""
    ask = await asked(
        bundle, threads, "policy: spend\nmax_revisions: 2\noptional: true"
    )

    assert {
        "approve": "approved",
        "reject": "rejected",
        "revise": None,
        "skip": None,
        "expired": None,
        "choices": [],
    } == ask["verdicts"]
    assert ("spend", 2, True) == (ask["policy"], ask["max_revisions"], ask["optional"])
    assert ["approved", "rejected"] == ask["emit"]


class Offer(BaseModel):
    vendor: str


@pytest.mark.parametrize(
    ("output", "text", "json"),
    [
        ("plain", "plain", NOT_JSON),
        ("42", "42", NOT_JSON),
        ('{"a": 1}', '{"a": 1}', {"a": 1}),
        ('```json\n{"a": 1}\n```', '```json\n{"a": 1}\n```', {"a": 1}),
        ('Here: {"a": 1}', 'Here: {"a": 1}', NOT_JSON),
        ({"ü": [1]}, '{\n  "ü": [\n    1\n  ]\n}', {"ü": [1]}),
        (Offer(vendor="N"), '{\n  "vendor": "N"\n}', {"vendor": "N"}),
        (CrewOutput(raw="text"), "text", NOT_JSON),
        (CrewOutput(raw='{"a": 1}'), '{"a": 1}', {"a": 1}),
        (CrewOutput(raw="r", pydantic=Offer(vendor="N")), "r", {"vendor": "N"}),
        (CrewOutput(raw="r", json_dict={"b": 2}), "r", {"b": 2}),
        (None, "", NOT_JSON),
        (3.5, "3.5", NOT_JSON),
        ('{"a": NaN}', '{"a": NaN}', NOT_JSON),
        ({"a": float("inf")}, '{\n  "a": Infinity\n}', NOT_JSON),
        ("[" * 100_000, "[" * 100_000, NOT_JSON),
    ],
    ids=name_of,
)
def test_outputs_are_read_as_people_and_expressions_need_them(
    output: Any, text: str, json: Any
) -> None:
    """A crew's raw text for people; its structured answer, if any, for expressions."""
    assert text == text_of(output)
    assert json == json_of(output)


async def test_hostile_text_is_only_data(bundle: Path, threads: Executor) -> None:
    """An output that looks like an expression is not evaluated."""

    class Hostile(Flow):
        @start()
        @human_feedback(
            message="${state.id}", emit=["approved"], metadata={"title": "${output}"}
        )
        def draft(self) -> str:
            return "<!channel> ${state.id} \x00 \ud83d"

    bench = Bench(crew=crew_of(Hostile, bundle), executor=threads)
    ending = await bench.segment()
    ask = bench.open_asks(ending)[0]

    assert ask["title"].startswith("<!channel> ${state.id}")
    assert "${state.id}" == ask["message"]
