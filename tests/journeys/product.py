"""The whole product as it runs: a local Slack, a model, a bot and a worker, each a
process of its own. Nothing here knows what is inside them.
"""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from emulator.client import Message, Person, Workspace
from tests.journeys import clock_launcher

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "crews" / "library" / "script.yaml"
RULES = ROOT / "approvals.yaml"
MANIFEST = ROOT / "manifest.yml"

READY_WITHIN = 60.0
PATIENCE = 30.0

PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "COVERAGE_PROCESS_START")


@dataclass(kw_only=True)
class Process:
    """One process; its output goes to a file that a failed test can show."""

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(repr=False)
    log: Path
    child: asyncio.subprocess.Process | None = None

    @property
    def is_over(self) -> bool:
        """Tell whether it has ended, or never began."""
        return self.child is None or self.child.returncode is not None

    async def start(self) -> bytes:
        """Start it, and give the first line that it says."""
        await self.launch()
        assert self.child is not None
        assert self.child.stdout is not None
        async with asyncio.timeout(READY_WITHIN):
            line = await self.child.stdout.readline()
        assert line, f"{self.name} did not start:\n{self.said()}"
        return line

    async def launch(self) -> None:
        """Start it, without waiting for what it says."""
        with self.log.open("ab") as log:
            self.child = await asyncio.create_subprocess_exec(
                *self.command,
                env=self.environment,
                cwd=ROOT,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )

    async def kill(self) -> None:
        """End it as a power cut does, with all that it started."""
        if self.child is None:
            return
        if self.child.returncode is None:
            os.killpg(self.child.pid, signal.SIGKILL)
        await self._over()

    async def stop(self) -> int:
        """Ask it to end, and wait."""
        assert self.child is not None
        if self.child.returncode is None:
            self.child.terminate()
        return await self._over()

    async def ended(self, within: float = PATIENCE) -> int:
        """Wait until it ends by itself; negative: by which signal."""
        assert self.child is not None
        async with asyncio.timeout(within):
            return await self.child.wait()

    def said(self) -> str:
        """Give the end of its log."""
        return self.log.read_text(errors="replace")[-6000:]

    async def _over(self) -> int:
        assert self.child is not None
        assert self.child.stdin is not None
        self.child.stdin.close()
        async with asyncio.timeout(PATIENCE):
            return await self.child.wait()


@dataclass(kw_only=True)
class Product:
    """A running product, and the workspace that its people are in."""

    folder: Path
    page_url: str
    workspace: Workspace
    model_url: str
    environment: dict[str, str]
    model: Process
    bot: Process
    worker: Process

    @property
    def ana(self) -> Person:
        """The requester."""
        return self.workspace.as_user("ana")

    @property
    def ben(self) -> Person:
        """An approver of content and of purchases."""
        return self.workspace.as_user("ben")

    @property
    def chiara(self) -> Person:
        """An approver of content and of campaigns."""
        return self.workspace.as_user("chiara")

    @property
    def dev(self) -> Person:
        """An admin, and an approver of campaigns and purchases."""
        return self.workspace.as_user("dev")

    async def time_passes(self, seconds: float) -> None:
        """Move the one clock that a product started by `clock_launcher` goes by.

        Slack's pace, 40 changed messages a minute, is kept by it: stories that follow
        each other faster than people act would wait for it otherwise.
        """
        clock_launcher.move(self.folder, seconds)
        await self.workspace.advance(seconds)

    async def countersign(self, *arguments: str) -> tuple[int, str]:
        """Run a command to its end; give its status and what it printed."""
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *arguments,
            env=self.environment,
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await child.communicate()
        assert child.returncode is not None
        return child.returncode, output.decode()

    async def model_calls(self) -> int:
        """Count what the model has been asked."""
        return len(await self.model_asked())

    async def model_asked(self) -> list[str]:
        """List what the model was asked so far, by its script's entries."""
        answer = await self._model("GET", "/control/calls")
        return [str(call["answered_by"]) for call in answer["calls"]]

    async def model_fault(self, **fault: Any) -> None:
        """Arrange trouble at the model."""
        await self._model("POST", "/control/fault", json=fault)

    async def model_recovers(self) -> None:
        """Remove the model's trouble."""
        await self._model("DELETE", "/control/fault")

    async def _model(self, verb: str, path: str, **more: Any) -> dict[str, Any]:
        url = self.model_url.removesuffix("/v1") + path
        async with (
            aiohttp.ClientSession(trust_env=False) as session,
            session.request(verb, url, **more) as response,
        ):
            answer: dict[str, Any] = await response.json()
            return answer


@asynccontextmanager
async def running(
    folder: Path,
    *,
    program: Sequence[str] = ("-m", "bot"),
    manifest: Path = MANIFEST,
    **settings: str,
) -> AsyncIterator[Product]:
    """Run a product with a database of its own; all its processes end with the block.

    `program` is what Python is given to start bot and worker with; `manifest` is the
    Slack app's.
    """
    given = dict(os.environ)  # noqa: TID251 - a child's environment is made of it
    base = {name: given[name] for name in PASSED_ON if name in given}
    slack = _process(
        folder,
        base,
        "emulator",
        *("-m", "emulator", "--port", "0", "--manifest", str(manifest)),
    )
    model = _process(
        folder,
        base,
        "model",
        *("-m", "emulator.model", "--script", str(SCRIPT), "--port", "0"),
    )
    started: list[Process] = [slack, model]
    try:
        doors = json.loads(await slack.start())
        model_url = json.loads(await model.start())["base_url"]
        environment = base | {
            "SLACK_API_URL": doors["api_url"],
            "SLACK_BOT_TOKEN": doors["bot_token"],
            "SLACK_APP_TOKEN": doors["app_token"],
            "DATABASE_URL": f"sqlite:///{folder / 'countersign.sqlite3'}",
            "APPROVALS_FILE": str(RULES),
            "CACHE_DIR": str(folder / "cache"),
            "OPENAI_BASE_URL": model_url,
            "OPENAI_API_KEY": "scripted",
            **settings,
        }
        bot, worker = (
            _process(folder, environment, name, *program, name, "--supervised")
            for name in ("bot", "worker")
        )
        started += [bot, worker]
        await asyncio.gather(bot.start(), worker.start())
        async with Workspace(doors["control_url"]) as workspace:
            yield Product(
                folder=folder,
                page_url=doors["url"],
                workspace=workspace,
                model_url=model_url,
                environment=environment,
                model=model,
                bot=bot,
                worker=worker,
            )
    finally:
        for process in reversed(started):
            await process.kill()


@asynccontextmanager
async def timed(
    folder: Path, *, manifest: Path = MANIFEST, **settings: str
) -> AsyncIterator[Product]:
    """Run a product whose time can be moved."""
    program = ("-m", "tests.journeys.clock_launcher", str(folder))
    async with running(
        folder, program=program, manifest=manifest, **settings
    ) as product:
        yield product


def _process(
    folder: Path, environment: dict[str, str], name: str, *command: str
) -> Process:
    return Process(
        name=name,
        command=(sys.executable, *command),
        environment=environment,
        log=folder / f"{name}.log",
    )


def code_of(message: Message) -> str:
    """Give the code of the run that a message is about."""
    found = re.search(r"\b[Rr]un `([0-9A-Z]{6})`", message.text)
    assert found, f"no run code on: {message.text}"
    return found[1]
