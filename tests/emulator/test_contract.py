"""`python -m emulator` as a program: its ready line, its refusals, its end."""

import http.client
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient

from tests.emulator.processes import a_process, start


@pytest.fixture(scope="module")
def ready() -> Iterator[dict[str, str]]:
    """One process for the tests that change nothing in it."""
    with a_process() as running:
        yield running.ready


def test_the_ready_line() -> None:
    """One line of JSON, with what an app needs."""
    with a_process() as running:
        ready = running.ready

        answer = WebClient(token=ready["bot_token"], base_url=ready["api_url"])

        assert answer.auth_test()["ok"]
        assert set(ready) == {"url", "api_url", "bot_token", "app_token", "control_url"}
        assert ready["bot_token"].startswith("xoxb-")
        assert ready["app_token"].startswith("xapp-")


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_told(name: signal.Signals) -> None:
    """A signal ends it cleanly and silently."""
    with a_process() as running:
        running.process.send_signal(name)
        out, err = running.process.communicate(timeout=10)

    assert (running.process.returncode, out, err) == (0, "", "")


def test_a_port_that_is_taken() -> None:
    """One sentence, exit code 1."""
    with a_process() as running:
        port = running.ready["url"].rstrip("/").rpartition(":")[2]
        second = start("--port", port)
        out, err = second.communicate(timeout=10)

    assert (second.returncode, out) == (1, "")
    assert err == (
        f"Port {port} cannot be used (Address already in use): "
        "stop what listens there, or choose another with --port.\n"
    )


def test_tokens_can_be_fixed() -> None:
    """A restarted workspace can know the same app."""
    with a_process("--bot-token", "xoxb-mine", "--app-token", "xapp-mine") as running:
        assert running.ready["bot_token"] == "xoxb-mine"  # noqa: S105
        assert running.ready["app_token"] == "xapp-mine"  # noqa: S105


def test_strangers_are_refused(ready: dict[str, str]) -> None:
    """Another Host or Origin gets nothing, so that no web page can act here."""
    address = ready["url"].removeprefix("http://").rstrip("/")
    for headers in (
        {"Host": "attacker.example"},
        {"Host": f"attacker.example:{address.rpartition(':')[2]}"},
        {"Host": address, "Origin": "http://attacker.example"},
        {"Host": address, "Origin": "null"},
    ):
        connection = http.client.HTTPConnection(address)
        connection.request("GET", "/control/workspace", headers=headers)
        response = connection.getresponse()
        assert (response.status, json.load(response)["error"]) == (
            403,
            "foreign_request",
        )
        connection.close()


def test_its_own_page_is_let_in(ready: dict[str, str]) -> None:
    """The page's own Origin passes, under both names of the loopback."""
    port = ready["url"].rstrip("/").rpartition(":")[2]
    for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        origin = {"Origin": f"http://{host}"}
        request = Request(f"http://{host}/control/clock", headers=origin)
        with urlopen(request, timeout=5) as response:  # noqa: S310
            assert response.status == 200


def test_the_page_may_load_nothing_from_elsewhere(ready: dict[str, str]) -> None:
    """A strict policy stands on the page and its parts."""
    with urlopen(ready["url"], timeout=5) as response:  # noqa: S310
        policy = response.headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_files_outside_the_page_are_not_served(ready: dict[str, str]) -> None:
    """No path leads out of the page's folder."""
    address = ready["url"].removeprefix("http://").rstrip("/")
    for path in ("/../server.py", "/%2e%2e/server.py", "/app/../../server.py"):
        connection = http.client.HTTPConnection(address)
        connection.request("GET", path)
        assert connection.getresponse().status == 404
        connection.close()


WORKSPACE = """
team: {id: T0OTHER, name: Other, domain: other}
app: {commands: [{command: /order}], scopes: [commands]}
people: [{id: U0ZOE, handle: zoe, real_name: Zoe}]
channels: [{id: C0SHOP, name: shop, members: [zoe, bot]}]
"""


def test_another_workspace(tmp_path: Path) -> None:
    """A file of one's own replaces people, channels and commands."""
    file = tmp_path / "workspace.yaml"
    file.write_text(WORKSPACE)

    with (
        a_process("--workspace", str(file)) as running,
        urlopen(f"{running.ready['control_url']}/workspace", timeout=5) as response,  # noqa: S310
    ):
        seen = json.load(response)

    assert seen["team"]["name"] == "Other"
    assert [c["command"] for c in seen["app"]["commands"]] == ["/order"]
    assert [channel["name"] for channel in seen["channels"]] == ["shop"]


def test_an_app_manifest(tmp_path: Path) -> None:
    """A Slack app manifest says what the app is and may do."""
    file = tmp_path / "manifest.yml"
    file.write_text(
        """
display_information: {name: Orders}
features:
  slash_commands: [{command: /order, description: Order things, url: https://x}]
oauth_config: {scopes: {bot: [commands, chat:write]}}
settings: {event_subscriptions: {bot_events: [app_mention]}}
"""
    )

    with a_process("--manifest", str(file)) as running:
        client = WebClient(
            token=running.ready["bot_token"], base_url=running.ready["api_url"]
        )
        identity = client.auth_test()
        with urlopen(f"{running.ready['control_url']}/workspace", timeout=5) as answer:  # noqa: S310
            app = json.load(answer)["app"]

    assert identity.headers["x-oauth-scopes"] == "commands,chat:write"
    assert (app["name"], app["commands"][0]["command"]) == ("Orders", "/order")


def test_a_workspace_file_that_is_wrong(tmp_path: Path) -> None:
    """One sentence names the mistake, exit code 1."""
    file = tmp_path / "workspace.yaml"
    file.write_text("people: [{id: U1, handle: zoe}]")

    process = start("--workspace", str(file))
    _, err = process.communicate(timeout=10)

    assert process.returncode == 1
    assert err == f"{file}: people.0.real_name: Field required.\n"


def test_it_imports_nothing_of_the_product() -> None:
    """The local Slack stands alone."""
    code = (
        "import sys, emulator.server\n"
        "print([name for name in sys.modules if name.partition('.')[0] in "
        "{'approvals', 'bot', 'crews', 'storage', 'slack_sdk', 'slack_bolt'}])"
    )

    done = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
