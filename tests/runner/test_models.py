"""Models: asked again by one layer only, named in progress, and never asked to decide."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.runner.child import Child, files_in, runner
from tests.runner.model_server import ModelServer, Reply, model_server

pytestmark = pytest.mark.asyncio(loop_scope="module")

CREW = """\
schema: crewai.flow/v1
name: writing
methods:
  write:
    start: true
    do:
      call: crew
      with:
        name: writers
        agents:
          writer: {role: Content Writer, goal: Write, backstory: You write.}
        tasks:
          - name: draft
            agent: writer
            description: Write about dogs.
            expected_output: A text.
  review:
    listen: write
    do: {call: expression, expr: outputs.write.raw}
    human_feedback:
      message: Good?
      emit: [approved, rejected]
      llm: openai/gpt-4o-mini
  publish:
    listen: approved
    do:
      call: agent
      with:
        role: Publisher
        goal: Publish
        backstory: You publish.
        input: "Publish ${outputs.review.output}"
  file:
    listen: rejected
    do: {call: expression, expr: "'filed'"}
"""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def both(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[Child, ModelServer]]:
    """A runner and the endpoint that its models live at."""
    bundle = tmp_path_factory.mktemp("models") / "bundle"
    bundle.mkdir()
    (bundle / "crew.yaml").write_text(CREW)
    async with (
        model_server() as server,
        runner(bundle, "crew.yaml", **server.environment) as child,
    ):
        yield child, server


@pytest.fixture
def child(both: tuple[Child, ModelServer]) -> Child:
    """The runner, with nothing left of the run before."""
    child = both[0]
    child.journal, child.answers = [], []
    return child


@pytest.fixture
def server(both: tuple[Child, ModelServer]) -> ModelServer:
    """The endpoint, answering well unless told otherwise."""
    server = both[1]
    server.replies = [Reply()]
    server.requests.clear()
    server.asked.clear()
    return server


def limited(**headers: str) -> Reply:
    return Reply(status=429, code="rate_limit_exceeded", headers=headers)


async def test_a_crew_runs_and_names_what_it_does(
    child: Child, server: ModelServer
) -> None:
    """Progress is names only, tokens are counted, and crewAI writes nowhere."""
    server.replies = [Reply(text="A text about dogs")]
    before = files_in(child.bundle)

    await child.segment(held=["review"])

    assert before == files_in(child.bundle)
    assert [] == files_in(child.bundle.parent / "home")
    assert "A text about dogs" == child.said("ask")[0]["ask"]["output"]
    assert {"Content Writer: draft", "Content Writer asks gpt-4o-mini"} == {
        message["text"] for message in child.said("progress")
    }
    usage = child.said("usage")[0]
    assert ("write", 7, 3) == (
        usage["method"],
        usage["prompt_tokens"],
        usage["completion_tokens"],
    )
    assert [] == [said["text"] for said in child.said("print")]


@pytest.mark.parametrize(
    ("verdict", "label", "calls"),
    [("reject", "rejected", 0), ("approve", "approved", 1)],
)
async def test_no_model_is_asked_between_a_decision_and_the_next_step(
    verdict: str, label: str, calls: int, child: Child, server: ModelServer
) -> None:
    """Although the checkpoint names one, which crewAI would ask what the words mean."""
    await child.segment(held=["review"])
    server.requests.clear()
    child.answers = [
        {
            "path": "",
            "method": "review",
            "call": 1,
            "request": "q1",
            "verdict": verdict,
            "label": label,
            "words": "approved? rejected? who knows",
        }
    ]

    ending = await child.segment(held=["review"])

    assert "finished" == ending["outcome"]
    assert calls == len(server.requests)  # the publisher's own, after approval


async def test_a_rate_limit_is_waited_out(child: Child, server: ModelServer) -> None:
    """Twice, as long as the server says; each wait is told."""
    server.replies = [
        limited(**{"Retry-After": "0.05"}),
        limited(**{"retry-after-ms": "20"}),
        Reply(text="Third time lucky"),
    ]

    await child.segment(held=["review"])

    assert 3 == len(server.requests)
    assert [(1, 3, "rate limit", 0.05), (2, 3, "rate limit", 0.02)] == [
        (said["attempt"], said["of"], said["reason"], said["wait"])
        for said in child.said("retry")
    ]
    assert "Third time lucky" == child.said("ask")[0]["ask"]["output"]


async def test_after_three_tries_the_step_fails(
    child: Child, server: ModelServer
) -> None:
    """Exactly three: neither the client, nor the agent, nor the crew tries again."""
    server.replies = [limited()]

    ending = await child.segment(held=["review"])

    assert ("failed", "model", "write", "rate limit, 3 tries") == tuple(
        ending[key] for key in ("type", "kind", "method", "message")
    )
    assert ending["retryable"]
    assert 3 == len(server.requests)


async def test_a_lone_agent_has_no_more_tries(
    child: Child, server: ModelServer
) -> None:
    """An agent outside of a crew goes the same way."""
    server.replies = [Reply(text="A text"), Reply(status=503)]
    await child.segment(held=["review"])
    server.requests.clear()
    child.answers = [{"path": "", "method": "review", "call": 1, "verdict": "approve"}]

    ending = await child.segment(held=["review"])

    assert "the model's endpoint failed (503), 3 tries" == ending["message"]
    assert ("publish", 3) == (ending["method"], len(server.requests))


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (Reply(status=401), "the model's endpoint refused the key (401), 1 try"),
        (Reply(status=403), "the model's endpoint refused access (403), 1 try"),
        (
            Reply(status=429, code="insufficient_quota"),
            "the model's account has no credit left (429), 1 try",
        ),
        (limited(**{"Retry-After": "3600"}), "rate limit, 1 try"),
    ],
)
async def test_what_will_not_change_is_not_tried_again(
    reply: Reply, message: str, child: Child, server: ModelServer
) -> None:
    """One request, one sentence."""
    server.replies = [reply]

    ending = await child.segment(held=["review"])

    assert ("model", message) == (ending["kind"], ending["message"])
    assert 1 == len(server.requests)


async def test_a_retry_of_the_run_goes_on_from_the_journal(
    child: Child, server: ModelServer
) -> None:
    """What the failed step cost is not paid for what was done before."""
    server.replies = [limited()]
    await child.segment(held=["review"])
    server.replies = [Reply(text="Now")]

    ending = await child.segment(held=["review"])

    assert "waiting" == ending["outcome"]
    assert ["write", "review"] == [entry["method"] for entry in child.journal]


async def test_a_task_that_asks_on_a_console_fails_once(
    child: Child, server: ModelServer
) -> None:
    """Silence is not taken for consent, and the agent does not do it again."""
    text = CREW.replace(
        "agent: writer\n", "agent: writer\n            human_input: true\n"
    )
    (child.bundle / "console.yaml").write_text(text)
    child.entry = "console.yaml"

    ending = await child.segment(held=["review"])

    child.entry = "crew.yaml"
    (child.bundle / "console.yaml").unlink()
    assert ("failed", "step", "write") == tuple(
        ending[key] for key in ("type", "kind", "method")
    )
    assert "the task 'draft' asks for human input" in ending["message"]
    assert 1 == len(server.requests)


BESIDE = """\
schema: crewai.flow/v1
name: beside
state: {type: dict, default: {topic: dogs}}
methods:
  write:
    start: true
    do: {call: crew, from_declaration: team, inputs: {topic: "${state.topic}"}}
  read:
    listen: write
    do: {call: code, ref: "reading:notes"}
"""

TEAM = """\
{
  // a crew of its own, beside the flow
  "name": "team",
  "agents": ["w"],
  "tasks": [
    {"name": "draft", "agent": "w", "description": "Write about {topic}.",
     "expected_output": "A text."}
  ]
}
"""


async def test_what_stands_beside_the_flow_is_found(
    child: Child, server: ModelServer
) -> None:
    """Crews and modules by the flow's own folder, files by the working directory."""
    folder = child.bundle / "nested"
    (folder / "team").mkdir(parents=True)
    (folder / "beside.yaml").write_text(BESIDE)
    (folder / "team" / "crew.jsonc").write_text(TEAM)
    (folder / "team" / "agents").mkdir()
    (folder / "team" / "agents" / "w.jsonc").write_text(
        '{"role": "Writer", "goal": "Write", "backstory": "You write."}'
    )
    (child.bundle / "notes.txt").write_text("noted")
    (child.bundle / "reading.py").write_text(
        "def notes(self):\n    return open('notes.txt').read()\n"
    )
    child.entry = "nested/beside.yaml"

    await child.send(
        {"type": "describe", "bundle": str(child.bundle), "entry": child.entry}
    )
    told = await child.until("described")
    ending = await child.segment()

    child.entry = "crew.yaml"
    assert [] == told["errors"]
    assert "noted" == ending["result"]
    assert "Write about dogs." in str(server.requests[0]["messages"])


async def test_an_endpoint_that_is_not_there_is_said(
    tmp_path: Path, server: ModelServer
) -> None:
    """After three tries; the process also ends while a model call hangs."""
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "crew.yaml").write_text(CREW)
    nowhere = {**server.environment, "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    async with runner(bundle, "crew.yaml", **nowhere) as lost:
        ending = await lost.segment(held=["review"])

    assert "the model's endpoint could not be reached, 3 tries" == ending["message"]


async def test_cancel_ends_it_while_a_model_call_hangs(
    tmp_path: Path, server: ModelServer
) -> None:
    """At once, and without an answer."""
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "crew.yaml").write_text(CREW)
    server.replies = [Reply(never=True)]
    async with runner(bundle, "crew.yaml", **server.environment) as child:
        await child.start(held=["review"])
        async with asyncio.timeout(60):
            await server.asked.wait()
        await child.send({"type": "cancel"})
        code = await child.gone()

    assert 0 == code
