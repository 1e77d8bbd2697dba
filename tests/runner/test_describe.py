"""A crew is described with all that is wrong with it: file, line, reason."""

import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from countersign.describe import describe

GOOD = """\
schema: crewai.flow/v1
name: good
description: Does good.
state:
  type: json_schema
  json_schema:
    title: Good deeds
    type: object
    required: [topic, seen]
    properties:
      topic: {type: string, title: Topic}
      tone: {type: string, enum: [kind, firm]}
      seen: {type: integer, readOnly: true}
  default: {tone: kind, seen: 0}
methods:
  draft:
    start: true
    listen: revise
    do: {call: expression, expr: state.topic}
  review:
    listen: draft
    do: {call: expression, expr: outputs.draft}
    human_feedback:
      message: Good?
      emit: [approved, revise, rejected, shelved]
      metadata: {title: "${output}", policy: two, max_revisions: 3}
  polish:
    listen: approved
    do: {call: expression, expr: outputs.review.output}
  last_look:
    listen: polish
    do: {call: expression, expr: outputs.polish}
    human_feedback: {message: Last}
  send:
    listen: last_look
    do: {call: expression, expr: "'sent'"}
  note:
    listen: {or: [rejected, shelved]}
    do: {call: expression, expr: "'noted'"}
"""


def described(bundle: Path, text: str, name: str = "flow.yaml") -> dict[str, Any]:
    (bundle / name).write_text(dedent(text), encoding="utf-8")
    return describe(bundle, name)


@pytest.fixture
def modules() -> Iterator[None]:
    """Forget what a test has imported from its bundle."""
    before, path = set(sys.modules), list(sys.path)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("crew_"):
            del sys.modules[name]
    sys.path[:] = path


def test_the_form_is_the_state_s_schema(bundle: Path) -> None:
    """With defaults; without the flow's own notes and the run's id."""
    told = described(bundle, GOOD)

    assert ("good", "Good deeds", "Does good.") == (
        told["name"],
        told["title"],
        told["description"],
    )
    schema = told["input_schema"]
    assert ["topic", "tone"] == list(schema["properties"])
    assert ["topic"] == schema["required"]
    assert "kind" == schema["properties"]["tone"]["default"]
    assert ([], []) == (told["errors"], told["warnings"])


def test_checkpoints_say_what_follows(bundle: Path) -> None:
    """Up to the next checkpoint; nothing at all where the run ends."""
    review, last = described(bundle, GOOD)["checkpoints"]

    assert {
        "approve": ["polish", "last_look"],
        "reject": ["note"],
        "revise": ["draft", "review"],
        "skip": ["polish", "last_look"],
        "expired": ["note"],
        "shelved": ["note"],
    } == review["leads_to"]
    assert {"approve": ["send"], "reject": [], "revise": ["last_look"]} == last[
        "leads_to"
    ]
    assert ["shelved"] == review["verdicts"]["choices"]
    assert ("two", 3, 23) == (review["policy"], review["max_revisions"], review["line"])


def test_the_graph_names_what_each_method_waits_for(bundle: Path) -> None:
    """In file order."""
    methods = described(bundle, GOOD)["graph"]["methods"]

    assert ["draft", "review", "polish", "last_look", "send", "note"] == [
        method["name"] for method in methods
    ]
    note = methods[-1]
    assert (["rejected", "shelved"], "Note", False) == (
        note["listens"],
        note["title"],
        note["checkpoint"],
    )


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("max_revisions: 3", "max_revision: 3", 26, "unknown key 'max_revision'"),
        ("policy: two", "policy: 2", 26, "should be a valid string"),
        ("max_revisions: 3", "max_revisions: -1", 26, "greater than or equal to 0"),
        ('title: "${output}"', 'title: "${model.name}"', 26, "unknown CEL root"),
        ('title: "${output}"', 'title: "${output +}"', 26, "invalid CEL"),
        ('title: "${output}"', 'title: "${output"', 26, "unterminated"),
        (
            "policy: two",
            "facts: [{name: a, value: 1}, {name: a, value: 2}]",
            26,
            "different names: a",
        ),
        ("policy: two", "facts: [{name: a, type: sum, value: 1}]", 26, "'money'"),
        ("policy: two", "facts: [{name: a}]", 26, "'value' is missing"),
        (
            "policy: two",
            "verdicts: {approve: yes_please}",
            26,
            "'yes_please' is not in emit (approved, revise, rejected, shelved)",
        ),
        ("policy: two", "verdicts: {aprove: approved}", 26, "approve"),
        (
            "[approved, revise, rejected, shelved]",
            "[released, revise, rejected, shelved]",
            26,
            "no label means approval",
        ),
        ("human_feedback: {message: Last}", "human_feedback: {}", 33, "message"),
        ("expr: state.topic}", "expr: inputs.topic}", 19, "unknown CEL root"),
        ("listen: polish", "listen: last_look", 31, "references the handler name"),
        ("name: good", "nme: good", 1, "name: Field required"),
        ("call: expression, expr: \"'sent'\"", "call: code, ref: none:x", 36, "send: "),
        ("  send:", "  note:", 37, "'note' stands here twice"),
        (
            "call: expression, expr: \"'sent'\"",
            "call: expresion, expr: \"'sent'\"",
            36,
            "do.call: 'expresion' is none of code, tool, crew, agent, expression",
        ),
        (
            "call: expression, expr: \"'sent'\"",
            "call: expression, exp: \"'sent'\"",
            36,
            "methods.send.do.expr: Field required",
        ),
        ("name: good", "name: [good", 3, "not valid YAML"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    before: str, after: str, line: int, words: str, bundle: Path
) -> None:
    """One of the errors says where and what."""
    assert before in GOOD

    errors = described(bundle, GOOD.replace(before, after, 1))["errors"]

    found = [error for error in errors if words in error["message"]]
    assert found, errors
    assert ("flow.yaml", line) == (found[0]["file"], found[0]["line"])


def test_a_crew_file_that_is_not_there_is_an_error(bundle: Path) -> None:
    """Before a run needs it, and relative to the flow's own file."""
    text = GOOD.replace(
        "do: {call: expression, expr: state.topic}",
        "do: {call: crew, from_declaration: crews/writers}",
    )

    errors = described(bundle, text)["errors"]

    assert [("flow.yaml", 19, "there is no crews/writers beside this file")] == [
        (error["file"], error["line"], error["message"]) for error in errors
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"agents": [], "tasks": []}', "'agents' must be a non-empty list"),
        ("{", "invalid JSON at line 1, column 2"),
        (
            '{"agents": ["w"], "tasks": [{"description": "D", "expected_output": "E"}]}',
            "agent 'w' not found in",
        ),
    ],
)
def test_a_mistake_in_a_crew_s_own_file_is_named(
    text: str, words: str, bundle: Path
) -> None:
    """With that file, and without folders of this machine."""
    (bundle / "writers").mkdir()
    (bundle / "writers" / "crew.jsonc").write_text(text)
    flow = GOOD.replace(
        "do: {call: expression, expr: state.topic}",
        "do: {call: crew, from_declaration: writers}",
    )

    errors = described(bundle, flow)["errors"]

    assert "writers/crew.jsonc" == errors[0]["file"]
    assert words in errors[0]["message"]
    assert str(bundle) not in str(errors)


def test_a_task_that_asks_on_a_console_is_an_error(bundle: Path) -> None:
    """It would fail after the model has been paid."""
    crew = """{call: crew, with: {agents: {a: {role: A, goal: G, backstory: B}}, tasks: [
      {name: t, agent: a, description: D, expected_output: E,
       human_input: true}]}}"""
    text = GOOD.replace("{call: expression, expr: state.topic}", crew)

    errors = described(bundle, text)["errors"]

    assert [21] == [error["line"] for error in errors]
    assert "task 't' asks for human_input" in errors[0]["message"]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (b"- a\n- b\n", "mapping"), (b"\xff\xfe", "not UTF-8")],
)
def test_what_is_no_flow_at_all_is_said(
    content: bytes, words: str, bundle: Path
) -> None:
    """In a sentence, not with a traceback."""
    (bundle / "flow.yaml").write_bytes(content)

    errors = describe(bundle, "flow.yaml")["errors"]

    assert words in errors[0]["message"]


def test_a_missing_file_is_said(bundle: Path) -> None:
    """With its name."""
    errors = describe(bundle, "gone.yaml")["errors"]

    assert "gone.yaml" == errors[0]["file"]
    assert "cannot be read" in errors[0]["message"]


PYTHON = """\
from typing import Any

from crewai.flow.flow import Flow, listen, start
from crewai.flow.human_feedback import human_feedback
from pydantic import BaseModel


class Wish(BaseModel):
    what: str = "chairs"
    budget: float = 100.0


class Buying(Flow[Wish]):
    '''Buys things.'''

    @start()
    def find(self) -> str:
        return self.state.what

    @listen(find)
    @human_feedback(
        message="May we?",
        emit=["approved", "rejected"],
        metadata={METADATA},
    )
    def authorise(self, found: str) -> str:
        return found

    @listen("approved")
    def order(self) -> str:
        return "ordered"
"""


@pytest.mark.usefixtures("modules")
def test_a_python_flow_is_described_like_a_file(bundle: Path) -> None:
    """Its form is its state model; its checkpoint stands at its method's line."""
    (bundle / "crew_buying.py").write_text(PYTHON.replace("METADATA", ""))

    told = describe(bundle, "crew_buying:Buying")

    assert [] == told["errors"]
    assert "Buying" == told["title"]
    assert ["what", "budget"] == list(told["input_schema"]["properties"])
    checkpoint = told["checkpoints"][0]
    assert ("authorise", {"approve": ["order"], "reject": []}) == (
        checkpoint["name"],
        {name: checkpoint["leads_to"][name] for name in ("approve", "reject")},
    )
    assert 20 == checkpoint["line"]


@pytest.mark.usefixtures("modules")
@pytest.mark.parametrize(
    ("name", "text", "line", "words"),
    [
        ("crew_a", PYTHON.replace("METADATA", "'polcy': 'x'"), 20, "'polcy'"),
        ("crew_b", "import nowhere_to_be_found\n", 1, "No module named"),
        ("crew_c", "def broken(:\n", 1, "syntax"),
        ("crew_d", "x = 1\nraise ValueError('no key')\n", 2, "ValueError: no key"),
        ("crew_e", "class Buying: pass\n", None, "no Flow class named 'Buying'"),
        (
            "crew_g",
            PYTHON.replace("METADATA", "").replace(
                "budget: float = 100.0", "budget: type = int"
            ),
            13,
            "JsonSchema",
        ),
        (
            "crew_f",
            PYTHON.replace("METADATA", "")
            + "\n    def __init__(self, x: int) -> None: ...\n",
            13,
            "missing 1 required positional argument",
        ),
    ],
)
def test_a_mistake_in_python_is_named_with_its_line(
    name: str, text: str, line: int | None, words: str, bundle: Path
) -> None:
    """In the crew's own file."""
    (bundle / f"{name}.py").write_text(text)

    errors = describe(bundle, f"{name}:Buying")["errors"]

    assert (f"{name}.py", line) == (errors[0]["file"], errors[0]["line"])
    assert words in errors[0]["message"]


def test_what_is_ignored_is_said(bundle: Path) -> None:
    """Things of crewAI's that have no meaning here are warnings, not surprises."""
    text = GOOD.replace(
        "human_feedback: {message: Last}",
        "human_feedback: {message: Last, learn: true, provider: 'a:b'}",
    ).replace("name: good\n", "name: good\nconfig: {stream: true}\n")

    warnings = described(bundle, text)["warnings"]

    assert 3 == len(warnings)
    assert "last_look: its provider is ignored" in warnings[0]
