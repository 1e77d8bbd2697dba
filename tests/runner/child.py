"""A real runner over real pipes, driven as the worker drives it."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
RUNNER = REPOSITORY / "crews" / "runner"
DEADLINE = 60.0
"""Seconds within which anything that is waited for must have happened."""

LIMIT = 16 * 1024 * 1024


@dataclass(kw_only=True)
class Child:
    """A runner process and what it has said."""

    process: asyncio.subprocess.Process
    bundle: Path
    entry: str
    journal: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)

    async def send(self, message: Mapping[str, Any]) -> None:
        """Write one order."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        await self.process.stdin.drain()

    async def read(self, deadline: float = DEADLINE) -> dict[str, Any] | None:
        """Read one message; None at the end of the pipe."""
        assert self.process.stdout is not None
        async with asyncio.timeout(deadline):
            line = await self.process.stdout.readline()
        if not line:
            return None
        message: dict[str, Any] = json.loads(line)
        self.messages.append(message)
        return message

    async def until(self, *kinds: str) -> dict[str, Any]:
        """Read on to a message of one of these kinds, keeping steps on the way."""
        while True:
            message = await self.read()
            assert message is not None, self.messages
            if message["type"] == "step":
                self.journal.append(message["entry"])
                if "step" not in kinds:
                    await self.send({"type": "written", "seq": message["seq"]})
            if message["type"] in kinds:
                return message

    async def start(self, **order: Any) -> None:
        """Order a segment."""
        await self.send(
            {
                "type": "start",
                "run": {"id": "run-1", "code": "K7Q2M4"},
                "segment": 1,
                "attempt": 1,
                "bundle": str(self.bundle),
                "entry": self.entry,
                "inputs": {},
                "held": [],
                "model": None,
                "journal": self.journal,
                "answers": self.answers,
                "limits": {},
                **order,
            }
        )

    async def segment(self, **order: Any) -> dict[str, Any]:
        """Run one segment to its end."""
        self.messages.clear()
        await self.start(**order)
        return await self.until("ended", "failed")

    async def hang_up(self) -> int:
        """Close the pipe; give the exit code."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return await self.gone()

    async def gone(self) -> int:
        """Wait for the process's end."""
        async with asyncio.timeout(DEADLINE):
            return await self.process.wait()

    def said(self, kind: str) -> list[dict[str, Any]]:
        """List the messages of a kind since the last segment began."""
        return [message for message in self.messages if message["type"] == kind]


def files_in(folder: Path) -> list[Path]:
    """List all that is in a folder."""
    return sorted(folder.rglob("*"))


@asynccontextmanager
async def runner(
    bundle: Path, entry: str, *, ready: bool = True, **environment: str
) -> AsyncIterator[Child]:
    """Have a runner for a bundle, with no more in its environment than it needs."""
    home = bundle.parent / "home"
    home.mkdir(exist_ok=True)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "countersign",
        cwd=bundle,
        env={
            "PATH": os.defpath,
            "HOME": str(home),
            "PYTHONPATH": str(RUNNER),
            "COUNTERSIGN_RETRY_SECONDS": "0.01",
            **environment,
        },
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=LIMIT,
    )
    child = Child(process=process, bundle=bundle, entry=entry)
    try:
        if ready:
            message = await child.until("ready", "unfit")
            assert message["type"] == "ready", message
        yield child
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
