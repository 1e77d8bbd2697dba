"""Keeps child processes running: what dies is started again, signals are passed on.

A child says `ready` on its standard output once it works, and ends when its standard
input closes: so nothing outlives a supervisor that was killed.
"""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

logger = logging.getLogger(__name__)

READY: Final = b"ready\n"

CANNOT_WORK: Final = 78
"""The exit of a child that another start will not mend (sysexits.h, EX_CONFIG)."""

FIRST_WAIT: Final = 0.5
LONGEST_WAIT: Final = 30.0
STEADY_AFTER: Final = 60.0
"""Seconds: a child that ran so long begins with the shortest wait again."""

GRACE: Final = 12.0
"""Seconds between asking a child to end and ending it."""


class ChildCannotWorkError(Exception):
    """A child ended for a reason that it has told, and that a restart will not mend."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """A child to keep running. `environment` is all that it gets."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)


class Supervisor:
    """Runs programs until asked to stop."""

    def __init__(self, programs: Sequence[Program]) -> None:
        self._programs = programs
        self._ready = {program.name: asyncio.Event() for program in programs}
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Ask everything to end."""
        self._stopping.set()

    async def ready(self) -> None:
        """Wait until every program has said that it works."""
        for event in self._ready.values():
            await event.wait()

    async def run(self) -> None:
        """Keep everything running until `stop`.

        Raises:
            ChildCannotWorkError: one cannot work; the others have been ended.

        """
        try:
            async with asyncio.TaskGroup() as group:
                for program in self._programs:
                    group.create_task(self._keep(program), name=program.name)
        except* ChildCannotWorkError as several:
            raise several.exceptions[0] from None

    async def _keep(self, program: Program) -> None:
        wait = FIRST_WAIT
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            began = loop.time()
            code = await self._once(program)
            if self._stopping.is_set():
                return
            if code == CANNOT_WORK:
                raise ChildCannotWorkError(program.name)
            if loop.time() - began > STEADY_AFTER:
                wait = FIRST_WAIT
            logger.error(
                "%s ended (%s); starting it again in %.1f s", program.name, code, wait
            )
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._stopping.wait()
            wait = min(wait * 2, LONGEST_WAIT)

    async def _once(self, program: Program) -> int:
        child = await asyncio.create_subprocess_exec(
            *program.command,
            env=dict(program.environment),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is ours to pass on
        )
        reading = asyncio.create_task(self._listen(program, child))
        ended = asyncio.create_task(child.wait())
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            await _end(child)
            await reading
        return await ended

    async def _listen(
        self, program: Program, child: asyncio.subprocess.Process
    ) -> None:
        if child.stdout is None:
            return
        async for line in child.stdout:
            if line == READY:
                self._ready[program.name].set()


async def _end(child: asyncio.subprocess.Process) -> None:
    """Ask a child to end, and end it after its grace time."""
    if child.stdin is not None:
        child.stdin.close()
    if child.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        child.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(GRACE):
            await child.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()
