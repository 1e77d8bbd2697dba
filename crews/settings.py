"""What the worker and its runners may use: processes, time, memory, text."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

RUNNER_PATH: Final = Path(__file__).parent / "runner"
"""The only folder of ours that a runner's Python can import from."""

MODEL_VARIABLES: Final = (
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "OPENAI_API_BASE",
    "OPENAI_MODEL_NAME",
    "MODEL",
    "OPENROUTER_API_KEY",
    "ANTHROPIC_API_KEY",
    "AZURE_API_KEY",
    "AZURE_API_BASE",
    "AZURE_API_VERSION",
    "GEMINI_API_KEY",
    "GOOGLE_API_KEY",
    "GROQ_API_KEY",
    "MISTRAL_API_KEY",
    "SERPER_API_KEY",
)
"""What a crew usually needs to reach its model; passed on where it is set."""

NETWORK_VARIABLES: Final = (
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
)
"""What reaching it may take."""

MEBIBYTE: Final = 1024 * 1024

_RUNNER_MEMORY: Final = 300 * MEBIBYTE
"""A runner with crewAI loaded has 246 MB resident (measured with 1.15.30)."""


def pool_size() -> int:
    """Say how many runners this machine carries: twice its cores, half its memory."""
    cores = os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(2 * cores, memory // 2 // _RUNNER_MEMORY))


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How much of a thing is too much. Seconds and bytes.

    `memory` is a runner's resident size; it is watched where `/proc` is.
    """

    ready: float = 120.0
    describe: float = 60.0
    segment: float = 30 * 60.0
    step: float = 10 * 60.0
    write: float = 30.0
    journal: int = 5 * MEBIBYTE
    output: int = MEBIBYTE
    line: int = 16 * MEBIBYTE
    memory: int = 2048 * MEBIBYTE


@dataclass(frozen=True, kw_only=True, slots=True)
class RunnerSettings:
    """How a runner is started.

    `environment` is the worker's own, from which a runner gets the variables of
    `pass_env` and nothing else. `scripted_base_url` gives the base URL of the
    scripted model on demand; without it there are no practice runs.
    """

    environment: Mapping[str, str]
    pass_env: tuple[str, ...] = MODEL_VARIABLES + NETWORK_VARIABLES
    command: tuple[str, ...] = (sys.executable, "-P", "-m", "countersign")
    runner_path: Path = RUNNER_PATH
    scripted_base_url: Callable[[], str] | None = None
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerSettings:
    """How a worker works.

    `search_path` holds crews; `cache` is a folder that may be deleted at any time.
    `size` is how many runners there are at most, `warm` and `warm_practice` how many
    wait with crewAI loaded and no crew yet. `grace` is how long segments may go on
    after the worker was told to stop. Seconds.
    """

    search_path: tuple[Path, ...]
    cache: Path
    runner: RunnerSettings
    size: int = field(default_factory=pool_size)
    warm: int = 1
    warm_practice: int = 0
    grace: float = 10.0
    poll: float = 0.1
    beat: float = 1.0
    lost_after: float = 3.0
