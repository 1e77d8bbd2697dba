"""A first rules file, from the people of a real local Slack."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.problems import ProblemCode, ProblemsFound
from bot.rules.init import Member, first_rules, write_first_rules
from bot.rules.rules_text import read_rules
from bot.settings import ROOT, Settings, read_settings
from emulator.client import Workspace
from emulator.seed import read_seed
from emulator.server import serving
from emulator.slack import LocalSlack


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with serving(read_seed(manifest=ROOT / "manifest.yml")) as slack:
        yield slack


@pytest.fixture
async def workspace(slack: LocalSlack) -> AsyncIterator[Workspace]:
    async with Workspace(slack.ready_line["control_url"]) as workspace:
        yield workspace


@pytest.fixture
def settings(slack: LocalSlack, tmp_path: Path) -> Settings:
    line = slack.ready_line
    environ = {
        "SLACK_API_URL": line["api_url"],
        "SLACK_BOT_TOKEN": line["bot_token"],
        "SLACK_APP_TOKEN": line["app_token"],
    }
    return read_settings(environ, folder=tmp_path)


def member(name: str, *, is_admin: bool = False) -> Member:
    user = f"U0{name.upper()}"
    return Member(name=name, user=user, real_name=name.title(), is_admin=is_admin)


async def test_full_members_are_in_the_file(settings: Settings) -> None:
    """No guest, bot, stranger or former colleague; the file is good as it stands."""
    await write_first_rules(settings)

    text = settings.approvals_file.read_text(encoding="utf-8")
    book = read_rules(text)
    assert {
        "ana": "U0ANARUIZ0",
        "ben": "U0BENOKAF0",
        "chiara": "U0CHIARAR0",
        "dev": "U0DEVPATL0",
    } == book.people
    assert ("U0DEVPATL0",) == book.admins
    assert "dev: U0DEVPATL0 # Dev Patel, admin of the workspace" in text
    assert "“Northwind Studio”" in text


async def test_a_file_that_is_there_is_never_touched(settings: Settings) -> None:
    """Not even one that is empty or broken."""
    settings.approvals_file.write_text("mine")

    with pytest.raises(ProblemsFound) as found:
        await write_first_rules(settings)

    assert [ProblemCode.RULES_EXIST] == [each.code for each in found.value.problems]
    assert "mine" == settings.approvals_file.read_text()


async def test_names_are_safe_in_the_file(
    settings: Settings, workspace: Workspace
) -> None:
    """A real name cannot leave its comment."""
    await workspace.change("ana", real_name="Ana\nadmins: [ben] # “”")

    await write_first_rules(settings)

    book = read_rules(settings.approvals_file.read_text(encoding="utf-8"))
    assert ("U0DEVPATL0",) == book.admins


async def test_a_refused_token_writes_nothing(
    settings: Settings, workspace: Workspace
) -> None:
    """Slack's word is told, and no half file is left."""
    await workspace.fault("users.list", "error", error="missing_scope")

    with pytest.raises(ProblemsFound, match="missing_scope"):
        await write_first_rules(settings)

    assert not settings.approvals_file.exists()


def test_two_admins_approve_for_each_other() -> None:
    """Where there are two, nobody else is made an approver unasked."""
    members = [
        member("ana", is_admin=True),
        member("ben", is_admin=True),
        member("eva"),
    ]

    book = read_rules(first_rules("Acme", members))

    assert ("U0ANA", "U0BEN") == book.policies["everything"].approvers
    assert not book.policies["everything"].self_approval


def test_one_admin_alone_gets_help() -> None:
    """One approver could not decide their own runs, so the others are named too."""
    members = [member("ana", is_admin=True), member("ben")]

    book = read_rules(first_rules("Acme", members))

    assert ("U0ANA",) == book.admins
    assert ("U0ANA", "U0BEN") == book.policies["everything"].approvers


def test_a_workspace_without_known_admins_has_one() -> None:
    """The file needs an admin; the first person is named, and can be changed."""
    book = read_rules(first_rules("Acme {team}", [member("ana"), member("ben")]))

    assert ("U0ANA",) == book.admins
