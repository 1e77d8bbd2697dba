"""A runner's environment, made from nothing: no token and no database is in it."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Final

from crews.errors import RunnerUnfit
from crews.settings import RunnerSettings

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
    passed = {name: given[name] for name in settings.pass_env if name in given}
    match lane:
        case Lane.LIVE:
            return passed | made
        case Lane.PRACTICE:
            return passed | made | _scripted(settings)


def _scripted(settings: RunnerSettings) -> dict[str, str]:
    if settings.scripted_base_url is None:
        raise RunnerUnfit("no-scripted-model", "there is no model for practice runs")
    base_url = settings.scripted_base_url()
    return {
        "OPENAI_API_KEY": PRACTICE_KEY,
        "OPENAI_BASE_URL": base_url,
        "OPENAI_API_BASE": base_url,
        "MODEL": PRACTICE_MODEL,
        "OPENAI_MODEL_NAME": PRACTICE_MODEL,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }
