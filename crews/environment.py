"""A runner's environment, made from nothing: no token and no database is in it."""

import os
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from crews.errors import RunnerUnfit
from crews.settings import NETWORK_VARIABLES, RunnerSettings

PRACTICE_KEY: Final = "sk-practice"
"""The scripted model wants a key and does not look at it."""

PRACTICE_MODEL: Final = "openai/scripted"


class Lane(StrEnum):
    """Which model a runner reaches; a process cannot change it."""

    LIVE = "live"  #: The model that the crew and the environment name
    PRACTICE = "practice"  #: The scripted one, which costs nothing


def runner_environment(
    settings: RunnerSettings, lane: Lane, home: Path
) -> dict[str, str]:
    """Give all variables that a runner has.

    Raises:
        RunnerUnfit: a practice run, and there is no scripted model.

    """
    given = settings.environment
    made = {
        "PATH": given.get("PATH", os.defpath),
        "LANG": given.get("LANG", "C.UTF-8"),
        "TZ": given.get("TZ", "UTC"),
        "HOME": str(home),
        "TMPDIR": str(home),  # what a killed runner leaves behind goes with its home
        "PYTHONPATH": str(settings.runner_path),
    }
    match lane:
        case Lane.LIVE:
            return _of(given, settings.pass_env) | made
        case Lane.PRACTICE:
            # No key of anybody's: a crew may name a model that is not the scripted one.
            return _of(given, NETWORK_VARIABLES) | made | _scripted(settings)


def _of(given: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    return {name: given[name] for name in names if name in given}


def _scripted(settings: RunnerSettings) -> dict[str, str]:
    if settings.scripted_base_url is None:
        raise RunnerUnfit("no-scripted-model", "there is no model for practice runs")
    try:
        base_url = settings.scripted_base_url()
    except Exception as error:
        # Whatever the composition root starts there, it did not start.
        message = f"the model for practice runs does not start: {error}"
        raise RunnerUnfit("no-scripted-model", message) from error
    return {
        "OPENAI_API_KEY": PRACTICE_KEY,
        "OPENAI_BASE_URL": base_url,
        "OPENAI_API_BASE": base_url,
        "MODEL": PRACTICE_MODEL,
        "OPENAI_MODEL_NAME": PRACTICE_MODEL,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }
