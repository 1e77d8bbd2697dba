"""The `countersign` command. Each subcommand imports what it needs, when it runs."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from typing import Final

from bot.problems import ProblemCode, ProblemsFound
from bot.processes.supervisor import CANNOT_WORK, ChildCannotWorkError

USAGE: Final = """\
countersign demo               try it here: a local Slack, a bot and a worker
countersign start              run a bot and a worker on this machine
countersign bot | worker       run one of them (several machines, PostgreSQL)
countersign init               write a first approvals.yaml from your workspace
countersign doctor             look for what is wrong, and say what to do
countersign manifest           print a Slack app manifest
countersign db upgrade         bring the database to this version
countersign audit verify       prove that the trail is whole
"""

TRY_LATER: Final = 75
"""The exit for what passes by itself (sysexits.h, EX_TEMPFAIL)."""

PASSING: Final = frozenset(
    {ProblemCode.DATABASE_UNREACHABLE, ProblemCode.SLACK_UNREACHABLE}
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; give its exit status."""
    parsed = _parser().parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except ProblemsFound as found:
        return _tell(found)
    except ChildCannotWorkError:
        return CANNOT_WORK  # the child has said why
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `countersign … | head`: the reader has seen enough
        sys.stdout = None  # nothing is left to be flushed
        return 0


def _tell(found: ProblemsFound) -> int:
    """Say what is wrong; give 75 where another try may go well (sysexits.h)."""
    for problem in found.problems:
        print(f"countersign: {problem}", file=sys.stderr)  # noqa: T201  a command's output
    passing = all(problem.code in PASSING for problem in found.problems)
    return TRY_LATER if passing and found.problems else CANNOT_WORK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="countersign",
        description="People's approval in crewAI runs, in Slack.",
        epilog=USAGE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="try it here, with a local Slack")
    demo.add_argument("--port", type=int, default=0, help="of the page; any by default")
    demo.set_defaults(run=_demo)

    start = commands.add_parser("start", help="a bot and a worker on this machine")
    start.set_defaults(run=_start)

    for name, run in {"bot": _bot, "worker": _worker}.items():
        one = commands.add_parser(name, help=f"only a {name}")
        one.add_argument("--supervised", action="store_true", help=argparse.SUPPRESS)
        one.set_defaults(run=run)

    init = commands.add_parser("init", help="write a first approvals.yaml")
    init.set_defaults(run=_init)

    doctor = commands.add_parser("doctor", help="look for what is wrong")
    doctor.add_argument("--json", action="store_true", help="for scripts")
    doctor.set_defaults(run=_doctor)

    manifest = commands.add_parser("manifest", help="print a Slack app manifest")
    manifest.add_argument("--command", default="/crew", help="the slash command")
    manifest.add_argument("--name", help="the app's name")
    manifest.set_defaults(run=_manifest)

    database = commands.add_parser("db", help="the database")
    database.add_argument("action", choices=["upgrade"])
    database.set_defaults(run=_upgrade)

    audit = commands.add_parser("audit", help="the audit trail")
    audit.add_argument("action", choices=["verify"])
    audit.set_defaults(run=_verify)
    return parser


def _demo(arguments: argparse.Namespace) -> int:
    from bot.processes.demo import run_demo  # noqa: PLC0415  see the module's docstring

    return asyncio.run(run_demo(port=arguments.port))


def _start(_: argparse.Namespace) -> int:
    from bot.processes.start import run_start  # noqa: PLC0415  see the module's docstring

    return asyncio.run(run_start())


def _bot(arguments: argparse.Namespace) -> int:
    from bot.processes.bot_process import run_bot  # noqa: PLC0415  see the module's docstring

    return asyncio.run(run_bot(supervised=arguments.supervised))


def _worker(arguments: argparse.Namespace) -> int:
    from bot.processes.worker_process import run_worker  # noqa: PLC0415  see the module's docstring

    return asyncio.run(run_worker(supervised=arguments.supervised))


def _init(_: argparse.Namespace) -> int:
    from bot.rules.init import run_init  # noqa: PLC0415  see the module's docstring

    return asyncio.run(run_init())


def _doctor(arguments: argparse.Namespace) -> int:
    from bot.doctor import run_doctor  # noqa: PLC0415  see the module's docstring

    return asyncio.run(run_doctor(as_json=arguments.json))


def _manifest(arguments: argparse.Namespace) -> int:
    from bot.manifest import print_manifest  # noqa: PLC0415  see the module's docstring

    return print_manifest(command=arguments.command, name=arguments.name)


def _upgrade(_: argparse.Namespace) -> int:
    from bot.processes.database_commands import run_upgrade  # noqa: PLC0415  see the module's docstring

    return run_upgrade()


def _verify(_: argparse.Namespace) -> int:
    from bot.processes.database_commands import run_verify  # noqa: PLC0415  see the module's docstring

    return run_verify()
