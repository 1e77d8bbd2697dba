"""`python -m emulator`: serve a local Slack until told to stop."""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
from pathlib import Path

from emulator.errors import BadWorkspaceFile
from emulator.seed import DEFAULT_FILE, read_seed
from emulator.server import serving


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m emulator", description="A Slack workspace on this machine."
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--workspace", type=Path, default=DEFAULT_FILE, metavar="FILE")
    parser.add_argument("--manifest", type=Path, metavar="FILE", help="the app's")
    parser.add_argument("--strict", action="store_true", help="rate limits hold")
    parser.add_argument("--bot-token", metavar="xoxb-…")
    parser.add_argument("--app-token", metavar="xapp-…")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    seed = read_seed(arguments.workspace, manifest=arguments.manifest)
    stopped = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C interrupts
            asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    async with serving(
        seed,
        port=arguments.port,
        strict=arguments.strict,
        bot_token=arguments.bot_token,
        app_token=arguments.app_token,
    ) as slack:
        sys.stdout.write(json.dumps(slack.ready_line) + "\n")
        sys.stdout.flush()
        await stopped.wait()


def main() -> int:
    """Run the program; the result is its exit code."""
    arguments = _arguments()
    try:
        asyncio.run(_serve(arguments))
    except BadWorkspaceFile as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    except OSError as error:
        sys.stderr.write(
            f"Port {arguments.port} cannot be used ({os.strerror(error.errno or 0)}): "
            "stop what listens there, or choose another with --port.\n"
        )
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
