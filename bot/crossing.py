"""The one way from the event loop into the synchronous core and back.

The core (rules, SQL) is synchronous; the bot's loop must never wait for it. A pool of
our own keeps clicks from queueing behind whatever else uses the loop's default pool.
"""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

THREADS: Final = 8
"""SQLite has one writer and PostgreSQL's pool is small: more threads only queue."""


class Crossing:
    """Runs synchronous calls in its own threads."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="core")

    async def __call__(
        self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Await `call(*args, **kwargs)`, done in one of the threads."""
        context = contextvars.copy_context()
        work = partial(context.run, call, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """Wait for what is under way and end the threads."""
        self._pool.shutdown()
