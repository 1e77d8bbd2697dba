"""`countersign demo`: everything on this machine, wired as in production.

A local Slack and a scripted model stand where Slack and a model's server would; only
addresses, tokens and the rules file differ. They are programs of their own, started
here and spoken to over the network like the real ones.
"""

import asyncio
import json
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from bot.logs import set_up_logging
from bot.problem_table import problem
from bot.problems import ProblemCode, ProblemsFound
from bot.processes.database_commands import upgraded
from bot.processes.start import programs, stop_on_signals
from bot.processes.supervisor import Supervisor
from bot.settings import ROOT, VARIABLES, child_environment, read_settings

SCRIPT: Final = ROOT / "crews" / "library" / "script.yaml"
RULES: Final = ROOT / "approvals.yaml"
MANIFEST: Final = ROOT / "manifest.yml"
READY_WITHIN: Final = 30.0
ENDS_WITHIN: Final = 5.0

MODEL_KEYS: Final = ("OPENAI_API_KEY", "OPENROUTER_API_KEY")
MODEL_VARIABLES: Final = frozenset({"MODEL", "OPENAI_BASE_URL", *MODEL_KEYS})


async def run_demo(*, port: int) -> int:
    """Run the demo until Ctrl-C; give the exit status.

    Raises:
        ProblemsFound: the port is taken, or one of the programs cannot work.

    """
    _see_that_it_is_free(port)
    with tempfile.TemporaryDirectory(prefix="countersign-demo-") as folder:
        async with (
            _local(
                "emulator", "--port", str(port), "--manifest", str(MANIFEST)
            ) as slack,
            _model() as model,
        ):
            environment = _environment(Path(folder), slack, model)
            settings = read_settings(environment, folder=Path(folder))
            set_up_logging(
                level=settings.log_level,
                as_json=settings.log_json,
                secrets=settings.secrets,
            )
            upgraded(settings)
            supervisor = Supervisor(programs(environment))
            stop_on_signals(supervisor)
            telling = asyncio.create_task(_tell(supervisor, slack["url"], model))
            try:
                await supervisor.run()
            finally:
                telling.cancel()
    return 0


def _see_that_it_is_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ProblemsFound([problem(ProblemCode.PORT_TAKEN, port=port)]) from error


def _environment(
    folder: Path, slack: Mapping[str, str], model: Mapping[str, str]
) -> dict[str, str]:
    """Give what the demo's bot and worker read: nothing of it comes from `.env`."""
    given = {
        "SLACK_API_URL": slack["api_url"],
        "SLACK_BOT_TOKEN": slack["bot_token"],
        "SLACK_APP_TOKEN": slack["app_token"],
        "DATABASE_URL": f"sqlite:///{folder / 'countersign.sqlite3'}",
        "APPROVALS_FILE": str(RULES),
        "CACHE_DIR": str(folder / "cache"),
    }
    unset: dict[str, str] = dict.fromkeys(VARIABLES, "")
    return child_environment(**{**unset, **given, **model})


@asynccontextmanager
async def _model() -> AsyncIterator[dict[str, str]]:
    """Give the variables that lead crews to their model: a scripted one, or MODEL's."""
    environment = child_environment()
    if environment.get("MODEL"):
        yield {name: environment[name] for name in MODEL_VARIABLES & environment.keys()}
        return
    async with _local("emulator.model", "--script", str(SCRIPT), "--port", "0") as made:
        yield {"OPENAI_BASE_URL": made["base_url"], "OPENAI_API_KEY": "scripted"}


@asynccontextmanager
async def _local(module: str, *arguments: str) -> AsyncIterator[dict[str, Any]]:
    """Run one of the local stand-ins; give what its ready line says.

    Raises:
        ProblemsFound: it could not start; it has said why.

    """
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        start_new_session=True,  # Ctrl-C ends the bot and the worker first
    )
    try:
        yield await _ready_line(child)
    finally:
        if child.returncode is None:
            child.terminate()
            async with asyncio.timeout(ENDS_WITHIN):
                await child.wait()


async def _ready_line(child: asyncio.subprocess.Process) -> dict[str, Any]:
    if child.stdout is None:
        raise ProblemsFound([])
    async with asyncio.timeout(READY_WITHIN):
        line = await child.stdout.readline()
    if not line:
        raise ProblemsFound([])
    ready: dict[str, Any] = json.loads(line)
    return ready


async def _tell(supervisor: Supervisor, url: str, model: Mapping[str, str]) -> None:
    print("Starting a local Slack, the bot and a worker …", flush=True)  # noqa: T201  a command's output
    await supervisor.ready()
    print(f"\n  Open  {url}\n", flush=True)  # noqa: T201  a command's output
    print(_about_the_model(model), flush=True)  # noqa: T201  a command's output
    print("Stop it with Ctrl-C.", flush=True)  # noqa: T201  a command's output


def _about_the_model(model: Mapping[str, str]) -> str:
    environment = child_environment()
    if "MODEL" in model:
        return f"The crews use the model {model['MODEL']}."
    found = [name for name in MODEL_KEYS if environment.get(name)]
    said = "The crews use a scripted model, which costs nothing."
    if found:
        said += f" {found[0]} is set but not used; MODEL=… make demo uses a real model."
    return said
