"""The crews that ship, run by plain crewAI against the scripted model."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest
import yaml
from jsonschema import Draft202012Validator

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "crews" / "library"
FILES = {
    name: LIBRARY / name / f"{name}.yaml"
    for name in ("content", "campaign-plan", "purchase")
}
#: The least that each crew can be started with.
INPUTS: dict[str, dict[str, Any]] = {
    "content": {"topic": "Our new return policy"},
    "campaign-plan": {"product": "The spring collection", "audience": "old friends"},
    "purchase": {"what": "12 office chairs", "budget": 4000},
}
#: What no crew file may name, so that any model can run it.
MODEL_NAMES = ("llm", "manager_llm", "function_calling_llm")


def read(name: str) -> dict[str, Any]:
    flow: dict[str, Any] = yaml.safe_load(FILES[name].read_text(encoding="utf-8"))
    return flow


def checkpoints(name: str) -> dict[str, dict[str, Any]]:
    return {
        method: definition["human_feedback"]
        for method, definition in read(name)["methods"].items()
        if "human_feedback" in definition
    }


def keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from keys(item)


class PlainCrewAI:
    """A process with nothing but crewAI in it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, name: str, *answers: str, **inputs: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        order = {
            "path": str(FILES[name]),
            "inputs": INPUTS[name] | inputs,
            "answers": answers,
        }
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        line = output_of(self._process).readline()
        assert line, "crewAI ended; its last words are in the captured stderr"
        ended: dict[str, Any] = json.loads(line)
        assert "[scripted]" not in json.dumps(ended), "a prompt is not in the script"
        return ended


def output_of(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None
    return process.stdout


@contextmanager
def child(*command: str, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(  # noqa: S603 (our own files)
        [sys.executable, *command],
        cwd=ROOT,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlainCrewAI]:
    home = str(tmp_path_factory.mktemp("home"))
    bare = {"PATH": os.defpath, "HOME": home}
    script = str(LIBRARY / "script.yaml")
    with child("-m", "emulator.model", "--script", script, env=bare) as model:
        crewai = bare | {
            "CREWAI_DISABLE_TELEMETRY": "true",
            "CREWAI_DISABLE_TRACKING": "true",
            "CREWAI_DISABLE_VERSION_CHECK": "true",
            "CREWAI_STORAGE_DIR": home,
            "CREWAI_TRACING_ENABLED": "false",
            "MODEL": "openai/scripted",
            "OPENAI_API_KEY": "any",
            "OPENAI_BASE_URL": json.loads(output_of(model).readline())["base_url"],
            "OTEL_SDK_DISABLED": "true",
        }
        with child("tests/crews/plain_crewai.py", env=crewai) as process:
            yield PlainCrewAI(process)


# --- the files


@pytest.mark.parametrize("name", FILES)
def test_the_inputs_make_a_form(name: str) -> None:
    """Every input has a title, defaults fit, and what is required has no default."""
    flow = read(name)
    schema = flow["state"]["json_schema"]

    Draft202012Validator.check_schema(schema)
    for field, rules in schema["properties"].items():
        assert rules["title"], field
        assert ("default" in rules) != (field in schema["required"]) or (
            rules.get("format") == "date"
        )
        if "default" in rules:
            Draft202012Validator(rules).validate(rules["default"])
    Draft202012Validator(schema).validate(INPUTS[name])
    assert name == flow["name"]


@pytest.mark.parametrize("name", FILES)
def test_no_file_names_a_model(name: str) -> None:
    """The same file runs with OpenAI, OpenRouter or a local model."""
    assert not set(MODEL_NAMES).intersection(keys(read(name)))


@pytest.mark.parametrize("name", FILES)
def test_every_verdict_has_a_label_of_its_own(name: str) -> None:
    """Labels are events of the whole flow: two checkpoints never share one."""
    labels = [label for asked in checkpoints(name).values() for label in asked["emit"]]

    assert len(labels) == len(set(labels))
    for asked in checkpoints(name).values():
        verdicts = asked["metadata"].get("verdicts", {})
        assert not verdicts or set(asked["emit"]) == set(verdicts.values())


def test_only_the_first_checkpoints_of_the_campaign_are_optional() -> None:
    """The spending and the last word are always held."""
    optional = {
        checkpoint
        for name in FILES
        for checkpoint, asked in checkpoints(name).items()
        if asked["metadata"].get("optional")
    }

    assert {"after_planning", "after_analysis"} == optional


# --- every crew, by plain crewAI


@pytest.mark.parametrize("name", FILES)
def test_silence_is_never_yes(plain: PlainCrewAI, name: str) -> None:
    """Enter without words ends the flow; nothing behind the checkpoint runs."""
    ended = plain.run(name, "")

    first = next(iter(checkpoints(name)))
    assert first == ended["steps"][-1]


@pytest.mark.parametrize(
    ("name", "field"),
    [("content", "topic"), ("campaign-plan", "product"), ("purchase", "what")],
)
@pytest.mark.parametrize(
    "words",
    [
        "{nothing} {0} {",
        "${state.id} ${outputs}",
        "</feedback><draft>",
        "{{ 7 * 7 }} {% raw %}",
        '"quotes", \\back\\slashes\\ and ünïcödé 🎈',
    ],
)
def test_what_people_type_is_data(
    plain: PlainCrewAI, name: str, field: str, words: str
) -> None:
    """Braces, expressions, tags and quotes arrive as they were typed."""
    ended = plain.run(name, "", **{field: words})

    output = ended["asked"][0]["output"]
    shown = json.loads(output)["reasons"] if name == "purchase" else output
    assert words in shown


# --- content


def test_an_approved_draft_becomes_the_text_word_for_word(plain: PlainCrewAI) -> None:
    """Nobody rewrites what was approved."""
    ended = plain.run("content", "approved", audience="shop owners", tone="formal")

    draft = ended["asked"][0]["output"]
    assert draft == ended["result"]
    assert "Our new return policy" in draft
    assert "We are pleased to inform shop owners" in draft
    assert ["write_draft", "edit_draft", "draft_review", "final_text"] == ended["steps"]


def test_revise_reruns_the_writer_with_feedback_and_previous_text(
    plain: PlainCrewAI,
) -> None:
    """Each version follows the newest words and keeps what earlier ones asked for."""
    ended = plain.run(
        "content", "revise: shorter, please", "revise: add an example", "approved"
    )

    first, second, third = (asked["output"] for asked in ended["asked"])
    assert len(second) < len(first)
    assert "Changed in version 2: revise: shorter, please" in second
    assert "For example" not in second
    assert "For example" in third
    assert "Changed in version 2: revise: shorter, please" in third
    assert "Changed in version 3: revise: add an example" in third
    assert third == ended["result"]
    assert 3 == ended["steps"].count("write_draft")


def test_a_rejected_draft_becomes_nothing(plain: PlainCrewAI) -> None:
    """The run ends at the checkpoint."""
    ended = plain.run("content", "rejected")

    assert "final_text" not in ended["steps"]


# --- campaign-plan


def test_the_code_made_in_planning_stands_in_the_final_plan(
    plain: PlainCrewAI,
) -> None:
    """Later steps read what was approved at earlier checkpoints."""
    ended = plain.run(
        "campaign-plan",
        "plan_approved: mind the budget",
        "analysis_approved",
        "strategy_approved: go",
    )

    plan, analysis, strategy = (asked["output"] for asked in ended["asked"])
    code = plan.partition("\n")[0]
    assert re.fullmatch("Plan code [0-9A-Z]{6}", code)
    assert ended["result"].startswith(code)
    for text in (plan, analysis, strategy):
        assert text.partition("\n")[2].strip() in ended["result"]
    assert "mind the budget" in analysis
    assert "go" in ended["result"]


def test_two_plans_have_two_codes(plain: PlainCrewAI) -> None:
    """The code is random: one found in a plan was carried there."""
    one, other = (
        plain.run("campaign-plan", "")["asked"][0]["output"].partition("\n")[0]
        for _ in range(2)
    )

    assert one != other


def test_each_step_of_the_campaign_can_be_revised(plain: PlainCrewAI) -> None:
    """Only the step before the checkpoint runs again, and the code stays."""
    ended = plain.run(
        "campaign-plan",
        "plan_revise: begin with the press",
        "plan_approved",
        "analysis_revise: look at prices",
        "analysis_approved",
        "strategy_revise: be bolder",
        "strategy_approved",
    )

    steps = [s for s in ended["steps"] if s not in checkpoints("campaign-plan")]
    assert 2 * ["planning"] + 2 * ["analysis"] + 2 * ["strategy"] + ["plan"] == steps
    for feedback in ("begin with the press", "look at prices", "be bolder"):
        assert feedback in ended["result"]
    plans = [asked["output"].partition("\n")[0] for asked in ended["asked"][:2]]
    assert plans[0] == plans[1]


# --- purchase


def test_the_recommendation_is_json_that_a_card_can_show(plain: PlainCrewAI) -> None:
    """Amount, currency, vendor, risk and reasons, within the budget."""
    ended = plain.run("purchase", "", budget=4000, currency="GBP", vendor="Chairs & Co")

    asked = json.loads(ended["asked"][0]["output"])
    assert ("Chairs & Co", 3400, "GBP", "low") == (
        asked["vendor"],
        asked["amount"],
        asked["currency"],
        asked["risk_level"],
    )
    assert "You asked for this vendor." in asked["reasons"]


def test_the_order_says_what_was_authorised(plain: PlainCrewAI) -> None:
    """Vendor, amount and the approver's remark stand in the order."""
    ended = plain.run("purchase", "approved: deliver before noon", vendor='The "Seat"')

    assert 'To The "Seat"' in ended["result"]
    assert "12 office chairs for €3,400.00" in ended["result"]
    assert "deliver before noon" in ended["result"]
    assert ["recommend", "authorise_spend", "order"] == ended["steps"]


def test_a_refused_purchase_orders_nothing(plain: PlainCrewAI) -> None:
    """The run ends at the checkpoint."""
    assert "order" not in plain.run("purchase", "rejected")["steps"]
