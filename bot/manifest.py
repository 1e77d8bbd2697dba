"""The Slack app's manifest, and others like it for further apps."""

import sys
from pathlib import Path
from typing import Any, Final

import yaml

from bot.problem_table import problem
from bot.problems import ProblemCode, ProblemsFound
from bot.setting_values import BadValue, slash_command
from bot.settings import ROOT

MANIFEST: Final = ROOT / "manifest.yml"

LONGEST_NAME: Final = 35
"""Slack's limit for an app's name (docs.slack.dev/reference/app-manifest)."""


def read_manifest(path: Path = MANIFEST) -> dict[str, Any]:
    """Read a manifest."""
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def manifest_for(*, command: str, name: str | None = None) -> dict[str, Any]:
    """Give the manifest of an app with another command, and another name if given.

    Raises:
        ProblemsFound: Slack would not take the command or the name.

    """
    _check(command, name)
    manifest = read_manifest()
    features, display = manifest["features"], manifest["display_information"]
    features["slash_commands"][0]["command"] = command
    features["bot_user"]["display_name"] = command.removeprefix("/")
    display["name"] = name or display["name"]
    return manifest


def print_manifest(*, command: str, name: str | None) -> int:
    """Print a manifest to paste; give the exit status."""
    manifest = manifest_for(command=command, name=name)
    yaml.safe_dump(manifest, sys.stdout, sort_keys=False, allow_unicode=True)
    if command != "/crew":
        note = f"# Its bot needs COUNTERSIGN_COMMAND={command} in its `.env`."
        sys.stdout.write(f"{note}\n")
    return 0


def _check(command: str, name: str | None) -> None:
    try:
        slash_command(command)
    except BadValue as error:
        raise _wrong("--command", str(error)) from error
    if name is not None and not 0 < len(name) <= LONGEST_NAME:
        raise _wrong("--name", f"must have 1 to {LONGEST_NAME} characters")


def _wrong(option: str, reason: str) -> ProblemsFound:
    wrong = problem(ProblemCode.OPTION_WRONG, option=option, reason=reason)
    return ProblemsFound([wrong])
