"""Doctor: against a real local Slack, a real SQLite file and a real HTTP server."""

import asyncio
import json
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from approvals.crews import CrewProblem
from approvals.showing import Place, Rank, Thing, ThingKind, Wanted
from bot.doctor.examination import examine
from bot.doctor.report import Finding, as_json_text, as_text, is_well
from bot.problems import Check, ProblemCode
from bot.processes.start import only_one
from bot.settings import ROOT, child_environment, read_what_is_set
from emulator.client import Workspace
from emulator.seed import read_seed
from emulator.server import serving
from emulator.slack import LocalSlack
from storage.crew_shelf import SqlCrewShelf
from storage.database import Database
from storage.migrations import upgrade
from storage.postings import SqlPostings
from storage.store import SqlStore
from storage.workers import SqlWorkers
from tests.builders import START, SteppedClock, a_checkpoint, a_crew_version, a_run

NOW = START
CLOCK = SteppedClock()

RULES = """\
version: 1
admins: [dev]
people: {ana: U0ANARUIZ0, ben: U0BENOKAF0, dev: U0DEVPATL0}
policies: {words: {approvers: [ana, ben]}}
rules: [{use: words}]
"""


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    seed = read_seed(manifest=ROOT / "manifest.yml")
    async with serving(seed) as slack:
        yield slack


@pytest.fixture
async def workspace(slack: LocalSlack) -> AsyncIterator[Workspace]:
    async with Workspace(slack.ready_line["control_url"]) as workspace:
        yield workspace


@pytest.fixture
async def model() -> AsyncIterator["Model"]:
    async with a_model() as model:
        yield model


class Model:
    """A server that speaks as much of OpenAI's API as doctor asks for."""

    def __init__(self) -> None:
        self.status = 200
        self.base_url = ""
        self.keys: list[str | None] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.keys.append(request.headers.get("Authorization"))
        return web.json_response({"data": []}, status=self.status)


@asynccontextmanager
async def a_model() -> AsyncIterator[Model]:
    model = Model()
    app = web.Application()
    app.router.add_get("/v1/models", model.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    model.base_url = f"http://{host}:{port}/v1"
    yield model
    await runner.cleanup()


@pytest.fixture
def environ(tmp_path: Path, slack: LocalSlack, model: Model) -> dict[str, str]:
    """A well-kept house: each test spoils one thing."""
    (tmp_path / "approvals.yaml").write_text(RULES)
    file = tmp_path / "state.sqlite3"
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    SqlWorkers(database, CLOCK).beat("worker-1", NOW)
    SqlCrewShelf(database).put(a_crew_version(), b"")
    database.close()
    line = slack.ready_line
    return {
        "SLACK_API_URL": line["api_url"],
        "SLACK_BOT_TOKEN": line["bot_token"],
        "SLACK_APP_TOKEN": line["app_token"],
        "DATABASE_URL": f"sqlite:///{file}",
        "OPENAI_BASE_URL": model.base_url,
        "OPENAI_API_KEY": "sk-of-the-test",
    }


async def look(environ: Mapping[str, str], folder: Path) -> list[Finding]:
    settings, problems = read_what_is_set(environ, folder=folder, needs_slack=True)
    return await examine(settings, problems, CLOCK)


def codes(findings: list[Finding]) -> list[tuple[Check, ProblemCode]]:
    """What is wrong, but for this machine's SQLite, of which no test can say."""
    return [
        (finding.check, problem.code)
        for finding in findings
        for problem in finding.problems
        if problem.code is not ProblemCode.SQLITE_RISKY
    ]


def sentence(findings: list[Finding], code: ProblemCode) -> str:
    [found] = [
        problem
        for finding in findings
        for problem in finding.problems
        if problem.code is code
    ]
    assert found.check in {finding.check for finding in findings}
    return found.sentence


@contextmanager
def spoil(environ: Mapping[str, str]) -> Iterator[sqlite3.Connection]:
    """Change the database as somebody else would."""
    file = environ["DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as connection:
        yield connection
        connection.commit()


async def test_a_well_kept_house_has_nothing_to_mend(
    environ: dict[str, str], tmp_path: Path, model: Model
) -> None:
    """Every check is made, in the order of the table, and says what it saw."""
    findings = await look(environ, tmp_path)

    assert [] == codes(findings)
    assert list(Check) == [finding.check for finding in findings]
    assert is_well(findings)
    assert "✓ slack     Northwind Studio, as @crew" in as_text(findings)
    assert "Nothing must be mended." in as_text(findings)
    assert ["Bearer sk-of-the-test"] == model.keys


async def test_it_changes_nothing(
    environ: dict[str, str], tmp_path: Path, workspace: Workspace
) -> None:
    """It posts nothing, connects no socket and leaves the database as it was."""
    with spoil(environ) as before:
        dumped = list(before.iterdump())

    await look(environ, tmp_path)

    with spoil(environ) as after:
        assert dumped == list(after.iterdump())
    asked = {call["method"] for call in await workspace.calls()}
    assert {"auth.test", "apps.connections.open", "users.info"} == asked
    assert [] == await workspace.connections()


async def test_everything_else_is_looked_at_when_settings_are_wrong(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """A missing token hides nothing but Slack."""
    del environ["SLACK_BOT_TOKEN"]
    environ["RUNNERS"] = "none"

    findings = await look(environ, tmp_path)

    assert [
        (Check.SETTINGS, ProblemCode.SETTING_MISSING),
        (Check.SETTINGS, ProblemCode.SETTING_WRONG),
    ] == codes(findings)
    assert "- slack     no bot token" in as_text(findings)
    assert "people not looked up" in as_text(findings)
    assert "2 things must be mended." in as_text(findings)


async def test_a_refused_bot_token(environ: dict[str, str], tmp_path: Path) -> None:
    """Slack's own word is told, and where a new token is found."""
    environ["SLACK_BOT_TOKEN"] = "xoxb-of-another-workspace"  # noqa: S105 - refused

    findings = await look(environ, tmp_path)

    assert [(Check.SLACK, ProblemCode.SLACK_TOKEN_REFUSED)] == codes(findings)
    assert "Slack refuses SLACK_BOT_TOKEN: invalid_auth." == sentence(
        findings, ProblemCode.SLACK_TOKEN_REFUSED
    )


async def test_a_refused_app_token(environ: dict[str, str], tmp_path: Path) -> None:
    """The second token is tried as well, without opening a socket."""
    environ["SLACK_APP_TOKEN"] = "xapp-of-another-app"  # noqa: S105 - refused

    findings = await look(environ, tmp_path)

    assert "Slack refuses SLACK_APP_TOKEN: invalid_auth." == sentence(
        findings, ProblemCode.SLACK_TOKEN_REFUSED
    )


async def test_missing_scopes(
    environ: dict[str, str], tmp_path: Path, slack: LocalSlack
) -> None:
    """An app that was installed before the manifest changed."""
    slack.workspace.app.scopes = ["commands", "chat:write", "users:read"]

    findings = await look(environ, tmp_path)

    assert "The Slack app lacks scopes: files:write, im:write." == sentence(
        findings, ProblemCode.SLACK_SCOPES_MISSING
    )


async def test_slack_away(
    environ: dict[str, str], tmp_path: Path, unused_tcp_port: int
) -> None:
    """No network, a wrong address, Slack down: the address is told."""
    environ["SLACK_API_URL"] = f"http://127.0.0.1:{unused_tcp_port}/api/"

    findings = await look(environ, tmp_path)

    assert [(Check.SLACK, ProblemCode.SLACK_UNREACHABLE)] == codes(findings)
    assert f":{unused_tcp_port}/api/" in sentence(
        findings, ProblemCode.SLACK_UNREACHABLE
    )


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open", "users.info"])
@pytest.mark.parametrize("kind", ["http_500", "drop", "rate_limit", "error"])
async def test_trouble_in_slack_is_no_crash(
    environ: dict[str, str],
    tmp_path: Path,
    workspace: Workspace,
    method: str,
    kind: str,
) -> None:
    """Whatever Slack answers, a report comes out."""
    await workspace.fault(method, kind, times=None)

    findings = await look(environ, tmp_path)

    assert list(Check) == [finding.check for finding in findings]
    if method == "users.info":
        assert "Slack did not tell of all people" in as_text(findings)
        assert is_well(findings)
    else:
        assert [(Check.SLACK, ProblemCode.SLACK_UNREACHABLE)] == codes(findings)


async def test_no_rules_file(environ: dict[str, str], tmp_path: Path) -> None:
    """The file is named, and the command that writes one."""
    (tmp_path / "approvals.yaml").unlink()

    findings = await look(environ, tmp_path)

    assert [(Check.RULES, ProblemCode.RULES_MISSING)] == codes(findings)
    assert "countersign init" in as_text(findings)


async def test_a_broken_rules_file(environ: dict[str, str], tmp_path: Path) -> None:
    """Each mistake is a problem of its own, with file and line."""
    (tmp_path / "approvals.yaml").write_text(RULES.replace("[dev]", "[eva, dave]"))

    findings = await look(environ, tmp_path)

    assert 2 * [(Check.RULES, ProblemCode.RULES_BROKEN)] == codes(findings)
    assert "approvals.yaml:2: there is no person “eva” under `people`" in as_text(
        findings
    )


@pytest.mark.parametrize(
    ("user", "reason"),
    [
        ("U0OLDOSCA0", "has left the workspace"),
        ("U0GRACEGU0", "is a guest, and guests never decide"),
        ("U0EXTEVE00", "belongs to another organisation"),
        ("U0CREWBOT0", "is a bot"),
        ("U0NOBODY00", "nobody in this workspace has that ID"),
    ],
)
async def test_people_who_can_never_decide(
    environ: dict[str, str], tmp_path: Path, user: str, reason: str
) -> None:
    """Slack is asked about everybody in the file; who is left alone is told, too."""
    (tmp_path / "approvals.yaml").write_text(RULES.replace("U0BENOKAF0", user))

    findings = await look(environ, tmp_path)

    assert f"“ben” ({user}) is in the rules file, but {reason}." == sentence(
        findings, ProblemCode.RULES_PERSON_UNFIT
    )
    assert (Check.RULES, ProblemCode.NOBODY_TO_DECIDE) in codes(findings)
    assert "! " not in as_text(findings).split("✗ rules")[0]


async def test_a_policy_that_nobody_can_serve(
    environ: dict[str, str], tmp_path: Path, workspace: Workspace
) -> None:
    """Everybody who could decide has left since the file was written."""
    await workspace.change("ana", deleted=True)
    await workspace.change("ben", guest="single")

    findings = await look(environ, tmp_path)

    assert (
        "Nobody can decide “the policy words”: none of its approvers can."
        == sentence(findings, ProblemCode.NOBODY_TO_DECIDE)
    )
    assert not is_well(findings)


async def test_one_approver_alone_is_a_warning(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """It works for all but that person's own runs."""
    (tmp_path / "approvals.yaml").write_text(RULES.replace("[ana, ben]", "[ben]"))

    findings = await look(environ, tmp_path)

    assert [(Check.RULES, ProblemCode.NOBODY_TO_DECIDE)] == codes(findings)
    assert is_well(findings)
    assert "! rules" in as_text(findings)


async def test_a_database_of_a_newer_version(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """It is told apart from one that is behind, and nothing in it is read."""
    with spoil(environ) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")

    findings = await look(environ, tmp_path)

    assert [(Check.DATABASE, ProblemCode.DATABASE_NEWER)] == codes(findings)
    assert Check.CREWS not in {finding.check for finding in findings}


async def test_a_database_without_tables(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """A warning, for the next start upgrades it."""
    (tmp_path / "new.sqlite3").touch()
    environ["DATABASE_URL"] = f"sqlite:///{tmp_path}/new.sqlite3"

    findings = await look(environ, tmp_path)

    assert [(Check.DATABASE, ProblemCode.DATABASE_OLDER)] == codes(findings)
    assert is_well(findings)


async def test_a_database_that_is_not_there_yet(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """Before the first start there is none; doctor does not make one."""
    environ["DATABASE_URL"] = f"sqlite:///{tmp_path}/later/state.sqlite3"

    findings = await look(environ, tmp_path)

    assert [] == codes(findings)
    assert "is not there yet; the first start makes it" in as_text(findings)
    assert not (tmp_path / "later").exists()


async def test_a_file_that_is_no_database(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """A wrong path is told with its path."""
    (tmp_path / "letter.txt").write_text("Dear all, this is not a database. " * 9)
    environ["DATABASE_URL"] = f"sqlite:///{tmp_path}/letter.txt"

    findings = await look(environ, tmp_path)

    assert [(Check.DATABASE, ProblemCode.DATABASE_UNREACHABLE)] == codes(findings)
    assert (
        f"The database cannot be opened at {tmp_path}/letter.txt: file is not a"
        " database." == sentence(findings, ProblemCode.DATABASE_UNREACHABLE)
    )


async def test_a_server_that_is_away(
    environ: dict[str, str], tmp_path: Path, unused_tcp_port: int
) -> None:
    """PostgreSQL's address is told without its password."""
    address = f"127.0.0.1:{unused_tcp_port}/countersign"
    environ["DATABASE_URL"] = f"postgresql://me:hunter2@{address}"

    findings = await look(environ, tmp_path)

    assert [(Check.DATABASE, ProblemCode.DATABASE_UNREACHABLE)] == codes(findings)
    assert address in sentence(findings, ProblemCode.DATABASE_UNREACHABLE)
    assert "hunter2" not in as_text(findings)


async def test_a_running_start_is_seen(environ: dict[str, str], tmp_path: Path) -> None:
    """The lock is as it should be then: a notice with the code, and no error."""
    with only_one(tmp_path / "state.sqlite3"):
        findings = await look(environ, tmp_path)

    assert [(Check.LOCK, ProblemCode.ALREADY_RUNNING)] == codes(findings)
    assert is_well(findings)
    assert "✓ lock      held by process " in as_text(findings)
    assert "End that one first" not in as_text(findings)


async def test_no_worker_alive(environ: dict[str, str], tmp_path: Path) -> None:
    """A heart that has stopped counts as no worker."""
    with spoil(environ) as database:
        old = NOW - timedelta(minutes=1)
        database.execute("UPDATE workers SET beat_at = ?", [old.isoformat(" ")])

    findings = await look(environ, tmp_path)

    assert [(Check.WORKERS, ProblemCode.NO_WORKER)] == codes(findings)


async def test_crews_with_problems(environ: dict[str, str], tmp_path: Path) -> None:
    """File, line and reason, as the worker found them."""
    missing = CrewProblem(file="bees/bees.yaml", line=7, message="no `methods`")
    database = Database(environ["DATABASE_URL"])
    SqlCrewShelf(database).put(a_crew_version("bees", problems=(missing,)), b"")
    database.close()

    findings = await look(environ, tmp_path)

    assert [(Check.CREWS, ProblemCode.CREW_BROKEN)] == codes(findings)
    assert (
        "The crew “bees” cannot be started: bees/bees.yaml:7: no `methods`."
        == sentence(findings, ProblemCode.CREW_BROKEN)
    )


async def test_a_checkpoint_that_names_no_policy_of_the_file(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """Its requests could never be routed, so it is told before anybody starts it."""
    point = a_checkpoint(policy="legal")
    database = Database(environ["DATABASE_URL"])
    SqlCrewShelf(database).put(a_crew_version(checkpoints=(point,)), b"")
    database.close()

    findings = await look(environ, tmp_path)

    assert [(Check.CREWS, ProblemCode.NOBODY_TO_DECIDE)] == codes(findings)


async def test_no_crew_at_all(environ: dict[str, str], tmp_path: Path) -> None:
    """The variable that names the folders is told."""
    with spoil(environ) as database:
        database.execute("UPDATE crew_versions SET gone = 1")

    findings = await look(environ, tmp_path)

    assert [(Check.CREWS, ProblemCode.NO_CREWS)] == codes(findings)
    assert "COUNTERSIGN_CREWS" in as_text(findings)


async def test_messages_that_slack_would_not_take(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """They are counted, with Slack's last word."""
    database = Database(environ["DATABASE_URL"])
    run = a_run()
    thing = Thing(kind=ThingKind.RUN, id=run.id)
    with SqlStore(database, CLOCK).write() as unit:
        unit.add_run(run)
        place = Place(conversation=run.channel)
        unit.show([Wanted(thing=thing, place=place, rank=Rank.CARD)])
    postings = SqlPostings(database)
    [claim] = postings.claim("courier", NOW, timedelta(seconds=30))
    postings.failed(claim, NOW, "is_archived", retry_at=None)
    database.close()

    findings = await look(environ, tmp_path)

    assert [(Check.DELIVERY, ProblemCode.SLACK_UNDELIVERED)] == codes(findings)
    assert "1 of our messages; the last reason was is_archived." in as_text(findings)
    assert is_well(findings)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, ProblemCode.MODEL_KEY_REFUSED),
        (403, ProblemCode.MODEL_KEY_REFUSED),
        (429, ProblemCode.MODEL_RATE_LIMITED),
        (500, ProblemCode.MODEL_UNREACHABLE),
        (404, ProblemCode.MODEL_UNREACHABLE),
    ],
)
async def test_a_model_that_does_not_serve_us(
    environ: dict[str, str],
    tmp_path: Path,
    model: Model,
    status: int,
    code: ProblemCode,
) -> None:
    """The key, the limit and the server are told apart; the key is never shown."""
    model.status = status

    findings = await look(environ, tmp_path)

    assert [(Check.MODEL, code)] == codes(findings)
    assert "sk-of-the-test" not in as_text(findings) + as_json_text(findings)


async def test_a_model_that_is_away(
    environ: dict[str, str], tmp_path: Path, unused_tcp_port: int
) -> None:
    """A local model that was not started."""
    environ["OPENAI_BASE_URL"] = f"http://127.0.0.1:{unused_tcp_port}/v1"

    findings = await look(environ, tmp_path)

    assert [(Check.MODEL, ProblemCode.MODEL_UNREACHABLE)] == codes(findings)


async def test_no_model_is_a_warning(environ: dict[str, str], tmp_path: Path) -> None:
    """Crews that use none still run, and nobody on the internet is asked."""
    del environ["OPENAI_BASE_URL"], environ["OPENAI_API_KEY"]

    findings = await look(environ, tmp_path)

    assert [(Check.MODEL, ProblemCode.MODEL_MISSING)] == codes(findings)
    assert is_well(findings)


async def test_other_providers_are_left_alone(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """What doctor cannot look at it says so, instead of guessing."""
    del environ["OPENAI_BASE_URL"]
    environ["MODEL"] = "anthropic/claude-sonnet-4-6"

    findings = await look(environ, tmp_path)

    assert "- model     anthropic/claude-sonnet-4-6: only OpenAI's API" in as_text(
        findings
    )


async def test_the_command_prints_json_and_says_by_its_exit(
    environ: dict[str, str],
) -> None:
    """Scripts get the codes, and 1 when something must be mended."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "doctor", "--json"),
        cwd=ROOT,
        env=child_environment(**environ, RUNNERS="none"),
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()

    report = json.loads(output)
    assert 1 == process.returncode
    assert not report["ok"]
    assert ["setting_wrong"] == [
        each["code"] for each in report["checks"][0]["problems"]
    ]
