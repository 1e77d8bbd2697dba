"""`python -m emulator.model --script FILE [--port N] [--delay-ms N]`."""

import argparse
import asyncio
import contextlib
import json
import signal
import sys
from pathlib import Path

from emulator.model.script import Script, ScriptError
from emulator.model.server import Endpoint, serving


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; gives the exit code."""
    options = _options(arguments)
    try:
        script = Script.load(options.script)
        asyncio.run(_serve(script, port=options.port, delay=options.delay_ms / 1000))
    except ScriptError as error:
        return _give_up(str(error))
    except OSError as error:
        return _give_up(f"cannot listen on port {options.port}: {error.strerror}")
    return 0


async def _serve(script: Script, *, port: int, delay: float) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no signal handlers in its loop; Ctrl-C ends it there all the same.
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with serving(Endpoint(script, delay=delay), port=port) as base_url:
        sys.stdout.write(json.dumps({"base_url": base_url}) + "\n")
        sys.stdout.flush()
        await stop.wait()


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m emulator.model",
        description="A model that answers from a script, behind the OpenAI API.",
    )
    parser.add_argument(
        "--script", type=Path, required=True, help="a YAML file, see README.md"
    )
    parser.add_argument(
        "--port", type=int, default=0, help="0, the default: the system chooses"
    )
    parser.add_argument(
        "--delay-ms", type=int, default=0, help="how long each answer takes"
    )
    return parser.parse_args(arguments)


def _give_up(why: str) -> int:
    sys.stderr.write(f"scripted model: {why}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
