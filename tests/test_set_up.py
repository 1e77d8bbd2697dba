"""The set-up: locks, examples, the manifest, and the scripts that make .venv."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.manifest import manifest_for, read_manifest
from bot.problems import ProblemsFound
from bot.settings import ROOT, VARIABLES
from bot.slack.identity import CORE_SCOPES
from tests.test_architecture import project

LOCKS = ["requirements.lock", "requirements-dev.lock"]

SCOPE_OF = {"chat": "chat:write", "users": "users:read", "files": "files:write"}
"""The core scope that a family of Web API methods needs."""


def locked(lock: str) -> dict[tuple[str, str], set[str]]:
    """Read a lock: for each package and marker, its version and hashes."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    found: dict[tuple[str, str], set[str]] = {}
    for line in text.splitlines():
        if line and not line.lstrip().startswith("#"):
            requirement, *hashes = re.split(r"\s+--hash=", line.strip())
            name, _, version = requirement.partition("==")
            found[name, version] = set(hashes)
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_by_hash_and_by_nothing_else(lock: str) -> None:
    """No URL, no path, no option, no index: only names, versions and SHA-256."""
    packages = locked(lock)

    assert len(packages) > 100
    for (name, version), hashes in packages.items():
        assert re.fullmatch(r"[a-z0-9-]+", name), name
        assert re.fullmatch(r"[\w.+]+( ; [^/@]+)?", version), (name, version)
        assert hashes, name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in hashes)
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.findall(r"://|^-|@ |file:|\s/\S", text, re.MULTILINE)


def test_locks_have_all_that_is_declared() -> None:
    """Whoever adds a dependency runs `make lock`."""
    for lock, groups in {LOCKS[0]: ["run"], LOCKS[1]: ["run", "dev"]}.items():
        versions = {name: version.split(" ")[0] for name, version in locked(lock)}
        for text in [text for group in groups for text in project()[group]]:
            wanted = Requirement(text)
            assert versions[canonicalize_name(wanted.name)] in wanted.specifier, text


def test_tests_run_on_what_people_run() -> None:
    """The lock for development has the other one in it, with the same versions."""
    run, dev = (set(locked(lock)) for lock in LOCKS)

    assert run <= dev


def test_the_example_shows_every_variable() -> None:
    """`.env.example` has exactly what Settings reads, each with its default."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    shown = re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=(.*)$", text, re.MULTILINE)

    assert set(VARIABLES) == {name for name, _ in shown}
    for name, variable in VARIABLES.items():
        if variable.default:
            assert (name, variable.default) in shown


def test_the_example_sets_nothing_by_itself() -> None:
    """Copied and filled with two tokens, it changes no default."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")

    assert ["SLACK_BOT_TOKEN=", "SLACK_APP_TOKEN="] == [
        line for line in text.splitlines() if line and not line.startswith("#")
    ]


def test_the_manifest_asks_for_the_core_scopes_alone() -> None:
    """Every other scope belongs to a feature that is off without it."""
    assert CORE_SCOPES == set(read_manifest()["oauth_config"]["scopes"]["bot"])


def test_the_manifest_has_the_scopes_of_all_methods() -> None:
    """No call of the product fails for want of a scope that it was never given."""
    named = re.compile(r"(chat|users|files)\.[a-zA-Z.]+")
    families = {
        found[1]
        for path in (ROOT / "bot").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if (found := named.fullmatch(node.value))
    }

    assert {"chat", "users"} <= families
    assert {SCOPE_OF[family] for family in families} <= CORE_SCOPES


def test_the_manifest_has_what_is_listened_to() -> None:
    """Events and listeners are the same; so are the command and its default."""
    events = {
        node.args[0].value
        for path in (ROOT / "bot/listeners").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr == "event" and isinstance(node.args[0], ast.Constant)
    }
    manifest = read_manifest()
    [command] = manifest["features"]["slash_commands"]

    assert events == set(manifest["settings"]["event_subscriptions"]["bot_events"])
    assert VARIABLES["COUNTERSIGN_COMMAND"].default == command["command"]
    assert command["should_escape"]
    assert manifest["settings"]["socket_mode_enabled"]


def test_another_app_gets_its_own_manifest() -> None:
    """A staging app differs in its name and command, and in nothing else."""
    staging = manifest_for(command="/crew-staging", name="Crew (staging)")

    assert "Crew (staging)" == staging["display_information"]["name"]
    [command] = staging["features"]["slash_commands"]
    assert "/crew-staging" == command["command"]
    assert read_manifest()["oauth_config"] == staging["oauth_config"]
    assert read_manifest()["settings"] == staging["settings"]


@pytest.mark.parametrize(
    ("command", "name"), [("crew", None), ("/Crew", None), ("/crew", 36 * "x")]
)
def test_a_manifest_that_slack_would_refuse_is_not_written(
    command: str, name: str | None
) -> None:
    """Slack's limits are said before the paste."""
    with pytest.raises(ProblemsFound):
        manifest_for(command=command, name=name)


class Checkout:
    """A checkout with the real scripts, a lock without packages, and a bare PATH."""

    NEEDED = (
        "sh awk basename cmp cp dirname env grep ln make readlink rm tail tee touch"
    )

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "a checkout"
        self.bin = folder / "bin"
        (self.folder / ".ci").mkdir(parents=True)
        self.bin.mkdir()
        for name in ("Makefile", "countersign", ".ci/environment"):
            shutil.copy(ROOT / name, self.folder / name)
        (self.folder / "requirements.lock").write_text("# nothing\n")
        for name in self.NEEDED.split():
            found = shutil.which(name)
            assert found, name
            (self.bin / name).symlink_to(found)

    def python(self, name: str, script: str) -> None:
        """Put something by the name of a Python on the PATH."""
        (self.bin / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.bin / name).chmod(0o755)

    def run(self, *command: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(  # noqa: S603 - our own scripts
            command,
            cwd=self.folder,
            env={"PATH": str(self.bin), **environ},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


SHIM = 'echo "pyenv: $0: command not found" >&2; exit 127'
OLD = "exit 1"
GOOD = f'exec {sys.executable} "$@"'


def test_without_a_python_one_sentence_says_what_to_install(checkout: Checkout) -> None:
    """Shims that only complain and other versions are passed over."""
    checkout.python("python3.13", SHIM)
    checkout.python("python3", OLD)

    ran = checkout.run("make", "setup")

    assert ran.returncode != 0
    assert "Countersign needs Python 3.11, 3.12 or 3.13: install one" in ran.stderr
    assert "pyenv" not in ran.stderr
    assert not (checkout.folder / ".venv").exists()


def test_a_chosen_python_that_does_not_work_is_told(checkout: Checkout) -> None:
    """PYTHON= is never quietly replaced by another one."""
    checkout.python("python3.12", GOOD)
    checkout.python("mine", OLD)

    ran = checkout.run("make", "setup", "PYTHON=mine")

    assert ran.returncode != 0
    assert "PYTHON=mine is no working Python 3.11, 3.12 or 3.13." in ran.stderr


def test_a_python_that_cannot_make_environments_is_told(checkout: Checkout) -> None:
    """Debian's Python comes without `venv`; the package is named."""
    cannot = f'case $2 in *ensurepip*) exit 1;; esac; exec {sys.executable} "$@"'
    checkout.python("python3.11", cannot)

    ran = checkout.run("make", "setup")

    assert ran.returncode != 0
    assert "apt install python3.11-venv" in ran.stderr


def test_an_environment_is_made_once_and_again_after_an_interruption(
    checkout: Checkout,
) -> None:
    """The second time costs nothing; a half-made one is not trusted."""
    checkout.python("python3.13", SHIM)
    checkout.python("python3", GOOD)
    made = checkout.folder / ".venv"

    first = checkout.run("make", "setup")
    second = checkout.run("make", "setup")
    (made / "requirements.lock").unlink()
    (made / "left-over").touch()
    third = checkout.run("make", "setup")

    assert (0, 0, 0) == (first.returncode, second.returncode, third.returncode)
    assert "Making .venv with Python 3." in first.stdout
    assert "a download of about 300 MB" in first.stdout
    assert "" == second.stdout + second.stderr
    assert "Making .venv with Python 3." in third.stdout
    assert not (made / "left-over").exists()
    assert os.access(made / "bin/countersign", os.X_OK)


def test_the_command_says_how_to_set_up(checkout: Checkout) -> None:
    """Before `make setup` there is one sentence instead of a shell's error."""
    ran = checkout.run("./countersign", "doctor")

    assert 1 == ran.returncode
    assert ran.stderr.startswith("Countersign is not set up yet: run `make setup` in ")


def test_the_command_works_from_any_folder(tmp_path: Path) -> None:
    """It finds its checkout by itself, and no namesake in the folder it is called in."""
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "__init__.py").write_text("raise SystemExit('a stranger')")
    environ: Mapping[str, str] = {"PATH": os.defpath}

    ran = subprocess.run(  # noqa: S603 - our own script
        [ROOT / "countersign", "--help"],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == ran.returncode, ran.stderr
    assert ran.stdout.startswith("usage: countersign")
