"""What in a search path is a crew, and where it begins; no code of it is run."""

from pathlib import Path

import pytest

from crews.errors import BundleProblem
from crews.finding import bundle_of, find_crews

FLOW = "schema: crewai.flow/v1\nname: x\n"
CLASS = (
    "from crewai.flow import Flow\nraise SystemExit\nclass Plan(Flow[dict]):\n  x=1\n"
)


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def entries(*search_path: Path) -> dict[str, str]:
    found, problems = find_crews(search_path)
    assert problems == []
    return {crew.name: bundle_of(crew).entry for crew in found}


def test_the_three_forms_of_a_crew(tmp_path: Path) -> None:
    """A folder with a flow, a flow by itself, a folder of Python."""
    write(tmp_path, "content/content.yaml", FLOW)
    write(tmp_path, "content/prompts/words.yaml", "words: []")
    write(tmp_path, "alone.yml", "# a comment\n" + FLOW)
    write(tmp_path, "plan/main.py", CLASS)
    write(tmp_path, "plan/tools.py", "x = 1")
    write(tmp_path, "packaged/__init__.py", "")
    write(tmp_path, "packaged/flows/plan.py", CLASS.replace("Flow[dict]", "flow.Flow"))

    assert entries(tmp_path) == {
        "alone": "alone.yml",
        "content": "content.yaml",
        "packaged": "packaged.flows.plan:Plan",
        "plan": "main:Plan",
    }


def test_what_is_no_crew_is_passed_over(tmp_path: Path) -> None:
    """Other YAML, hidden and empty folders, files of other kinds."""
    write(tmp_path, "script.yaml", "version: 1\nentries: []\n")
    write(tmp_path, ".hidden/flow.yaml", FLOW)
    write(tmp_path, "__pycache__/x.py", CLASS)
    write(tmp_path, "docs/readme.md", "text")

    assert entries(tmp_path) == {}


def test_a_file_may_be_named_itself(tmp_path: Path) -> None:
    """A search path may point at one flow."""
    write(tmp_path, "mine.yaml", FLOW)

    assert entries(tmp_path / "mine.yaml") == {"mine": "mine.yaml"}


def test_a_package_keeps_its_name(tmp_path: Path) -> None:
    """Imports of the package by its own name still work when it is unpacked."""
    write(tmp_path, "packaged/__init__.py", "")
    write(tmp_path, "packaged/plan.py", CLASS)
    ((crew,), _) = find_crews([tmp_path])

    assert b"packaged/plan.py" in bundle_of(crew).archive


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"c/a.yaml": FLOW, "c/b.yaml": FLOW}, "b.yaml: a second flow beside a.yaml"),
        ({"c/a.yaml": "version: 1"}, "no flow"),
        ({"c/a.py": CLASS, "c/b.py": CLASS}, "more than one flow"),
        ({"c/a.py": "x = (\n"}, "a.py:1: not Python"),
    ],
)
def test_a_folder_without_one_flow_says_why(
    tmp_path: Path, files: dict[str, str], words: str
) -> None:
    """With the file that is to be looked at."""
    for name, text in files.items():
        write(tmp_path, name, text)
    ((crew,), _) = find_crews([tmp_path])

    with pytest.raises(BundleProblem, match=words):
        bundle_of(crew)


def test_a_search_path_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The others are still looked through."""
    write(tmp_path, "crews/a.yaml", FLOW)

    found, problems = find_crews([tmp_path / "nowhere", tmp_path / "crews"])

    assert [crew.name for crew in found] == ["a"]
    assert str(problems[0]) == f"{tmp_path / 'nowhere'}: No such file or directory"
