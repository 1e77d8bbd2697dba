"""How problems are met that a command tells, before or instead of working."""

import asyncio
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Final

import pytest
import yaml

from bot.problems import ProblemCode
from bot.processes.supervisor import CANNOT_WORK
from emulator.client import Workspace
from emulator.seed import read_seed
from emulator.server import serving
from storage.database import wal_reset_warning
from tests.journeys.met import Met, elsewhere, examined, told_by_doctor
from tests.journeys.product import MANIFEST, Process, Product
from tests.journeys.stage import RULES

Story = Callable[[Product, Path], Awaitable[Met]]

TRY_LATER: Final = 75
NOWHERE: Final = "http://127.0.0.1:1"
"""Nothing listens at port 1."""


async def refused(product: Product, *command: str, status: int = CANNOT_WORK) -> str:
    """Run a command that cannot work; give what it says."""
    exited, text = await product.countersign(*command)
    assert exited == status, text
    return text


async def at_exit(product: Product, *command: str, status: int = CANNOT_WORK) -> Met:
    """Meet a problem at a command's exit, and ask doctor."""
    text, report = await asyncio.gather(
        refused(product, *command, status=status), examined(product)
    )
    return Met(text=text, doctor=report)


@asynccontextmanager
async def other_slack(
    product: Product, manifest: Path = MANIFEST
) -> AsyncIterator[tuple[Product, Workspace]]:
    """Give commands another local Slack."""
    async with serving(read_seed(manifest=manifest)) as slack:
        doors = slack.ready_line
        async with Workspace(doors["control_url"]) as workspace:
            yield (
                elsewhere(
                    product,
                    SLACK_API_URL=doors["api_url"],
                    SLACK_BOT_TOKEN=doors["bot_token"],
                    SLACK_APP_TOKEN=doors["app_token"],
                ),
                workspace,
            )


# --- settings


async def setting_missing(stage: Product, _: Path) -> Met:
    return await at_exit(elsewhere(stage, SLACK_BOT_TOKEN=""), "bot")


async def setting_wrong(stage: Product, _: Path) -> Met:
    return await at_exit(elsewhere(stage, RUNNERS="many"), "bot")


async def setting_harmful(stage: Product, _: Path) -> Met:
    return await at_exit(elsewhere(stage, SLACK_CLIENT_ID="1.2"), "bot")


async def option_wrong(stage: Product, _: Path) -> Met:
    return Met(text=await refused(stage, "manifest", "--command", "crew"))


# --- Slack


async def slack_token_refused(stage: Product, _: Path) -> Met:
    return await at_exit(elsewhere(stage, SLACK_BOT_TOKEN="xoxb-of-another"), "bot")  # noqa: S106  it opens nothing


async def slack_scopes_missing(stage: Product, folder: Path) -> Met:
    manifest = yaml.safe_load(MANIFEST.read_text())
    manifest["oauth_config"]["scopes"]["bot"].remove("files:write")
    file = folder / "manifest.yml"
    file.write_text(yaml.safe_dump(manifest))
    async with other_slack(stage, file) as (product, _):
        return await at_exit(product, "bot")


async def slack_unreachable(stage: Product, _: Path) -> Met:
    product = elsewhere(stage, SLACK_API_URL=f"{NOWHERE}/api")
    return await at_exit(product, "bot", status=TRY_LATER)


async def nobody_in_workspace(stage: Product, folder: Path) -> Met:
    async with other_slack(stage) as (product, workspace):
        for name in ("ana", "ben", "chiara", "dev"):
            await workspace.change(name, deleted=True)
        nobody = elsewhere(product, APPROVALS_FILE=str(folder / "approvals.yaml"))
        return Met(text=await refused(nobody, "init"))


# --- the database


async def database_unreachable(stage: Product, folder: Path) -> Met:
    (folder / "file").touch()
    url = f"sqlite:///{folder / 'file' / 'countersign.sqlite3'}"
    return await at_exit(elsewhere(stage, DATABASE_URL=url), "bot", status=TRY_LATER)


async def database_newer(stage: Product, folder: Path) -> Met:
    file = folder / "newer.sqlite3"
    product = elsewhere(stage, DATABASE_URL=f"sqlite:///{file}")
    await refused(product, "db", "upgrade", status=0)
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    return await at_exit(product, "bot")


async def database_older(stage: Product, folder: Path) -> Met:
    file = folder / "older.sqlite3"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE something_else (id TEXT)")
    return await told_by_doctor(elsewhere(stage, DATABASE_URL=f"sqlite:///{file}"))


async def sqlite_risky(stage: Product, _: Path) -> Met:
    if not wal_reset_warning():
        pytest.skip(f"SQLite {sqlite3.sqlite_version} of this Python has no such bug")
    return await told_by_doctor(stage)


# --- rules, as commands tell of them


async def rules_exist(stage: Product, _: Path) -> Met:
    return Met(text=await refused(stage, "init"))


async def rules_person_unfit(stage: Product, folder: Path) -> Met:
    file = folder / "approvals.yaml"
    file.write_text(RULES.replace("ben: U0BENOKAF0", "ben: U0GRACEGU0"))
    return await told_by_doctor(elsewhere(stage, APPROVALS_FILE=str(file)))


# --- models and processes


async def model_missing(stage: Product, _: Path) -> Met:
    unset = dict.fromkeys(
        ("MODEL", "OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENROUTER_API_KEY"), ""
    )
    return await told_by_doctor(elsewhere(stage, **unset))


async def port_taken(stage: Product, _: Path) -> Met:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        return Met(text=await refused(stage, "demo", "--port", port))


async def already_running(stage: Product, folder: Path) -> Met:
    (folder / "crews").mkdir()
    async with other_slack(stage) as (product, _):
        other = elsewhere(
            product,
            DATABASE_URL=f"sqlite:///{folder / 'countersign.sqlite3'}",
            COUNTERSIGN_CREWS=str(folder / "crews"),
        )
        first = Process(
            name="start",
            command=(sys.executable, "-m", "bot", "start"),
            environment=other.environment,
            log=folder / "start.log",
        )
        try:
            await first.start()
            return await at_exit(other, "start")
        finally:
            await first.stop()


AT_EXIT: Final[Mapping[ProblemCode, Story]] = {
    ProblemCode.SETTING_MISSING: setting_missing,
    ProblemCode.SETTING_WRONG: setting_wrong,
    ProblemCode.SETTING_HARMFUL: setting_harmful,
    ProblemCode.OPTION_WRONG: option_wrong,
    ProblemCode.SLACK_TOKEN_REFUSED: slack_token_refused,
    ProblemCode.SLACK_SCOPES_MISSING: slack_scopes_missing,
    ProblemCode.SLACK_UNREACHABLE: slack_unreachable,
    ProblemCode.NOBODY_IN_WORKSPACE: nobody_in_workspace,
    ProblemCode.DATABASE_UNREACHABLE: database_unreachable,
    ProblemCode.DATABASE_NEWER: database_newer,
    ProblemCode.DATABASE_OLDER: database_older,
    ProblemCode.SQLITE_RISKY: sqlite_risky,
    ProblemCode.RULES_EXIST: rules_exist,
    ProblemCode.RULES_PERSON_UNFIT: rules_person_unfit,
    ProblemCode.MODEL_MISSING: model_missing,
    ProblemCode.PORT_TAKEN: port_taken,
    ProblemCode.ALREADY_RUNNING: already_running,
}
