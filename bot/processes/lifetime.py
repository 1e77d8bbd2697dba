"""When a process of ours shall end: a signal, or its supervisor is gone."""

import asyncio
import os
import signal
import sys


def stop_event(*, supervised: bool) -> asyncio.Event:
    """Give an event that is set when this process shall end in good order.

    A supervised process also ends when its standard input closes: then its supervisor
    is gone, however it went.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if supervised:
        loop.add_reader(sys.stdin.fileno(), _on_input, stop, loop)
    return stop


def say_ready() -> None:
    """Tell the supervisor that this process works now."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def _on_input(stop: asyncio.Event, loop: asyncio.AbstractEventLoop) -> None:
    if not os.read(sys.stdin.fileno(), 1024):
        loop.remove_reader(sys.stdin.fileno())
        stop.set()
