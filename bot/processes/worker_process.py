"""`countersign worker`: one worker process, from its settings to its end."""

import asyncio

from approvals.service import ApprovalService
from bot.clock import SystemClock
from bot.logs import set_up_logging
from bot.processes.database_commands import upgraded
from bot.processes.lifetime import say_ready, stop_event
from bot.processes.scripted_model import ScriptedModel
from bot.rules.rules_file import RulesFile
from bot.settings import Settings, load_settings
from crews.settings import RunnerSettings, WorkerSettings, pool_size
from crews.worker import Worker
from storage.crew_shelf import SqlCrewShelf
from storage.database import Database
from storage.store import SqlStore
from storage.workers import SqlWorkers


async def run_worker(*, supervised: bool) -> int:
    """Run until told to stop; give the exit status.

    Raises:
        ProblemsFound: settings or database are not what they must be.

    """
    settings = load_settings(needs_slack=False)
    set_up_logging(
        level=settings.log_level, as_json=settings.log_json, secrets=settings.secrets
    )
    stop = stop_event(supervised=supervised)
    upgraded(settings)
    database = Database(settings.database_url)
    scripted = ScriptedModel()
    worker = build_worker(settings, database, scripted)
    try:
        await asyncio.to_thread(worker.start)
        telling = asyncio.create_task(_say_ready(worker))
        await stop.wait()
        telling.cancel()
        await asyncio.to_thread(worker.stop)
    finally:
        scripted.close()
        database.close()
    return 0


def build_worker(
    settings: Settings, database: Database, scripted: ScriptedModel
) -> Worker:
    """Put a worker together: the composition root of `crews`."""
    clock = SystemClock()
    service = ApprovalService(
        store=SqlStore(database, clock),
        rules=RulesFile(settings.approvals_file),
        clock=clock,
    )
    runner = RunnerSettings(
        environment=settings.runner_env,
        pass_env=tuple(settings.runner_env),
        scripted_base_url=scripted.base_url,
    )
    return Worker(
        WorkerSettings(
            search_path=settings.crew_folders,
            cache=settings.cache_dir,
            runner=runner,
            size=settings.runners or pool_size(),
        ),
        desk=service,
        shelf=SqlCrewShelf(database),
        workers=SqlWorkers(database, clock),
        clock=clock,
        queue_engine=database.dbos_engine(),
    )


async def _say_ready(worker: Worker) -> None:
    await asyncio.to_thread(worker.wait_until_loaded)
    say_ready()
