"""The scripted model, asked by OpenAI's own client."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import aiohttp
import openai
import pytest

from emulator.model.script import Script, ScriptError
from emulator.model.server import Endpoint, serving

ROOT = Path(__file__).parents[2]
#: How long anything may take before a test gives up, in seconds.
PATIENCE = 10

SCRIPT = r"""
version: 1
entries:
  - name: weather.told
    match: ['Is it raining in (?P<city>\w+)', 'Sky: (?P<sky>.+)']
    answer: 'In {{ city }} it is {{ sky }}.'
  - name: weather.asked
    match: ['Is it raining in (?P<city>\w+)']
    tool_calls: [{name: look_outside, arguments: {city: '{{ city }}'}}]
  - name: greeting
    match: ['You are (?P<role>\w+)', 'Greet (?P<name>.+)\.']
    find: ['Feedback: (?P<feedback>.+)']
    answer: |
      {{ role }} says: hello {{ name }}!
      {% if feedback %}
      This time {{ feedback }}.
      {% endif %}
  - name: ticket
    match: ['A ticket']
    answer: 'Ticket {{ code(6) }}'
  - name: price
    match: ['(?s)Offer: (?P<offer>.*)']
    answer: "{{ {'price': (offer | from_json).price * 2} | json }}"
"""


@dataclass(frozen=True, kw_only=True)
class Model:
    """A running endpoint, its OpenAI client, and its control surface."""

    base_url: str
    client: openai.AsyncOpenAI
    http: aiohttp.ClientSession

    async def ask(self, *texts: str, **options: Any) -> Any:
        roles = ["system", "user"] if len(texts) > 1 else ["user"]
        messages: Any = [
            {"role": role, "content": text}
            for role, text in zip(roles, texts, strict=True)
        ]
        return await self.client.chat.completions.create(
            model="scripted", messages=messages, **options
        )

    async def say(self, *texts: str) -> str:
        answer = await self.ask(*texts)
        return str(answer.choices[0].message.content)

    async def control(self, verb: str, path: str, **options: Any) -> dict[str, Any]:
        url = self.base_url.removesuffix("/v1") + "/control/" + path
        async with self.http.request(verb, url, **options) as response:
            body: dict[str, Any] = await response.json()
            return {"http": response.status, **body}

    async def plan(self, **fault: Any) -> dict[str, Any]:
        return await self.control("POST", "fault", json=fault)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.yaml"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


@pytest.fixture
async def model(script: Path) -> AsyncIterator[Model]:
    async with (
        serving(Endpoint(Script.load(script)), port=0) as base_url,
        openai.AsyncOpenAI(
            base_url=base_url, api_key="a-secret-key", max_retries=0
        ) as client,
        aiohttp.ClientSession() as http,
    ):
        yield Model(base_url=base_url, client=client, http=http)


# --- answers


async def test_an_answer_shows_what_the_prompt_says(model: Model) -> None:
    """System and user texts are both read; groups become words of the answer."""
    said = await model.say("You are Ana.", "Greet Ben.")

    assert "Ana says: hello Ben!" == said


async def test_feedback_changes_the_answer(model: Model) -> None:
    """A pattern that may be found adds to the answer when it is."""
    said = await model.say("You are Ana.", "Greet Ben.\nFeedback: louder")

    assert "Ana says: hello Ben!\nThis time louder." == said


async def test_the_same_prompt_gets_the_same_answer(model: Model) -> None:
    """Nothing but the prompt decides."""
    first = await model.say("You are Ana.", "Greet Ben.")

    assert first == await model.say("You are Ana.", "Greet Ben.")


async def test_a_code_is_drawn_anew_each_time(model: Model) -> None:
    """Codes are random, so that a code found later must have been carried there."""
    codes = {await model.say("A ticket, please.") for _ in range(5)}

    assert 5 == len(codes)


async def test_an_unknown_prompt_is_answered_with_what_was_expected(
    model: Model,
) -> None:
    """A crew without a script still gets on, and the answer says that it is no answer."""
    said = await model.say(
        "You are Nobody.",
        "\nCurrent Task: Sing\n\nThis is the expected criteria for your final answer: "
        "A song\nyou MUST return the actual complete content as the final answer.",
    )

    assert "[scripted] A song" == said


async def test_an_unknown_prompt_without_a_task_says_so(model: Model) -> None:
    """What no entry answers is never made up."""
    assert "[scripted] no answer for this prompt" == await model.say("What now?")


async def test_json_goes_in_and_out_of_answers(model: Model) -> None:
    """A later step can use the numbers of an earlier one."""
    assert {"price": 42} == json.loads(await model.say('Offer: {"price": 21}'))


async def test_a_stream_says_what_the_whole_answer_says(model: Model) -> None:
    """The pieces make up the answer; the last one brings the usage numbers."""
    whole = await model.ask("You are Ana.", "Greet Ben.\nFeedback: louder")

    stream = await model.ask(
        "You are Ana.",
        "Greet Ben.\nFeedback: louder",
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]

    pieces = [c.choices[0].delta.content or "" for c in chunks if c.choices]
    assert whole.choices[0].message.content == "".join(pieces)
    assert len(pieces) > 3
    assert whole.usage == chunks[-1].usage
    assert whole.usage.total_tokens > whole.usage.completion_tokens > 0


async def test_a_tool_is_called_and_its_result_used(model: Model) -> None:
    """The script asks for a tool, then answers with what the tool said."""
    tools: Any = [{"type": "function", "function": {"name": "look_outside"}}]
    question: Any = {"role": "user", "content": "Is it raining in Oslo?"}

    asked = await model.client.chat.completions.create(
        model="scripted", messages=[question], tools=tools
    )
    message: Any = asked.choices[0].message
    call = message.tool_calls[0]
    result: Any = {"role": "tool", "tool_call_id": call.id, "content": "Sky: clear"}
    told = await model.client.chat.completions.create(
        model="scripted", messages=[question, message, result], tools=tools
    )

    assert "tool_calls" == asked.choices[0].finish_reason
    assert ("look_outside", '{"city": "Oslo"}') == (
        call.function.name,
        call.function.arguments,
    )
    assert "In Oslo it is clear." == told.choices[0].message.content


async def test_a_tool_that_the_client_lacks_is_not_called(model: Model) -> None:
    """An entry with tool calls is only for clients that offer the tools."""
    said = await model.say("Is it raining in Oslo?")

    assert said.startswith("[scripted]")


async def test_it_lists_one_model(model: Model) -> None:
    """A doctor can ask whether a model is there without asking the model."""
    listed = await model.client.models.list()

    assert ["scripted"] == [m.id for m in listed.data]
    assert 0 == (await model.control("GET", "calls"))["count"]


async def test_what_is_no_question_is_refused(model: Model) -> None:
    """A body that is no chat completion gets 400, not an answer."""
    with pytest.raises(openai.BadRequestError, match="not a chat completion"):
        await model.client.post(
            "/chat/completions", body={"model": "scripted"}, cast_to=object
        )


async def test_a_path_that_does_not_exist_fails_loudly(model: Model) -> None:
    """What it does not speak, it does not pretend to."""
    with pytest.raises(openai.NotFoundError):
        await model.client.responses.create(model="scripted", input="hello")


# --- calls


async def test_every_call_is_counted_and_none_betrays_the_key(model: Model) -> None:
    """Who was asked what, in order; no key and no whole prompt."""
    await model.say(
        "You are Ana. A good soul.", "\nCurrent Task: Greet Ben.\nSecretly."
    )
    await model.say("A ticket, please.")

    listed = await model.control("GET", "calls")

    assert 2 == listed["count"]
    assert [
        (1, "Ana: Greet Ben.", "greeting"),
        (2, "A ticket, please.", "ticket"),
    ] == [(c["n"], c["summary"], c["answered_by"]) for c in listed["calls"]]
    assert "a-secret-key" not in json.dumps(listed)
    assert "Secretly" not in json.dumps(listed)


async def test_calls_can_be_counted_from_a_moment_on(model: Model) -> None:
    """Between a click and the next step, the count of newer calls must be 0."""
    await model.say("A ticket, please.")
    before = (await model.control("GET", "calls"))["count"]

    none_yet = await model.control("GET", f"calls?since={before}")
    await model.say("You are Ana.", "Greet Ben.")
    newer = await model.control("GET", f"calls?since={before}")
    of_ana = await model.control("GET", "calls?match=Ana")

    assert [0, 1, 1] == [none_yet["count"], newer["count"], of_ana["count"]]


@pytest.mark.parametrize("query", ["since=now", "match=["])
async def test_a_wrong_question_about_calls_is_refused(
    model: Model, query: str
) -> None:
    """The control surface says what it wants."""
    refused = await model.control("GET", f"calls?{query}")

    assert (400, "bad_request") == (refused["http"], refused["error"])


# --- faults


async def test_a_rate_limit_says_when_to_come_back(model: Model) -> None:
    """429 with Retry-After, as often as planned, then the answer."""
    await model.plan(status=429, retry_after=0.5, times=2)

    for _ in range(2):
        with pytest.raises(openai.RateLimitError) as refused:
            await model.say("A ticket, please.")
        assert "0.5" == refused.value.response.headers["Retry-After"]

    assert (await model.say("A ticket, please.")).startswith("Ticket")


async def test_a_server_error_hits_only_its_prompts(model: Model) -> None:
    """A fault with a pattern leaves other prompts alone."""
    await model.plan(status=500, match="ticket")

    said = await model.say("You are Ana.", "Greet Ben.")
    with pytest.raises(openai.InternalServerError):
        await model.say("A ticket, please.")

    assert "Ana says: hello Ben!" == said


async def test_a_fault_without_end_ends_when_it_is_deleted(model: Model) -> None:
    """`times: null` means every call."""
    await model.plan(status=503, times=None)
    for _ in range(3):
        with pytest.raises(openai.InternalServerError):
            await model.say("A ticket, please.")

    left = await model.control("DELETE", "fault")

    assert [] == left["faults"]
    assert (await model.say("A ticket, please.")).startswith("Ticket")


async def test_a_fault_that_lasts_meets_the_list_of_models_too(model: Model) -> None:
    """A key that is refused is refused there; a fault of some prompts is not."""
    await model.plan(status=429, times=1)
    await model.plan(status=500, times=None, match="A ticket")
    await model.client.models.list()
    await model.plan(status=401, times=None)

    with pytest.raises(openai.AuthenticationError):
        await model.client.models.list()


async def test_a_dropped_connection_is_a_connection_error(model: Model) -> None:
    """The client sees the line go dead, not an answer."""
    await model.plan(drop=True)

    with pytest.raises(openai.APIConnectionError):
        await model.say("A ticket, please.")


async def test_a_call_that_hangs_is_let_go_when_faults_are_deleted(
    model: Model,
) -> None:
    """It never answers; deleting the faults cuts it."""
    await model.plan(hang=True)

    asking = asyncio.create_task(model.say("A ticket, please."))
    async with asyncio.timeout(PATIENCE):
        while (await model.control("GET", "calls"))["count"] == 0:
            assert not asking.done()
    await model.control("DELETE", "fault")

    with pytest.raises(openai.APIConnectionError):
        await asyncio.wait_for(asking, PATIENCE)


async def test_a_client_may_give_up_on_a_call_that_hangs(model: Model) -> None:
    """A time limit on the client's side works, and the next call is answered."""
    await model.plan(hang=True)
    impatient = model.client.with_options(timeout=0.2)

    with pytest.raises(openai.APITimeoutError):
        await impatient.chat.completions.create(
            model="scripted", messages=[{"role": "user", "content": "A ticket"}]
        )

    assert (await model.say("A ticket, please.")).startswith("Ticket")


async def test_a_late_answer_is_still_right(model: Model) -> None:
    """A delay alone changes nothing but the time."""
    loop = asyncio.get_running_loop()
    await model.plan(delay_ms=50)
    began = loop.time()

    said = await model.say("A ticket, please.")

    assert said.startswith("Ticket")
    assert loop.time() - began >= 0.05


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({}, "say what goes wrong"),
        ({"status": 500, "drop": True}, "choose one"),
        ({"status": 200}, "greater than or equal to 400"),
        ({"status": 500, "match": "["}, "no regular expression"),
        ({"status": 500, "colour": "red"}, "not permitted"),
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused(
    model: Model, fault: dict[str, Any], sentence: str
) -> None:
    """The sentence names what is wrong, and nothing is planned."""
    refused = await model.plan(**fault)

    assert 400 == refused["http"]
    assert sentence in refused["message"]
    assert [] == (await model.control("GET", "fault"))["faults"]


# --- scripts


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("entries: [", "not YAML"),
        ("version: 2\nentries: []", "version"),
        ("version: 1\nentries: [{name: a, match: []}]", "entries.0.match"),
        ("version: 1\nentries: [{name: a, match: ['(']}]", "no regular expression"),
        (
            "version: 1\nentries: [{name: a, match: [x], answer: '{{ topic }}'}]",
            "entry 'a': no pattern has a group named 'topic'",
        ),
        (
            "version: 1\nentries: [{name: a, match: [x], answer: '{% if %}'}]",
            "entry 'a': its template is wrong",
        ),
    ],
)
def test_a_script_that_cannot_work_is_refused_at_start(
    tmp_path: Path, text: str, why: str
) -> None:
    """The message names the file, the place and the reason."""
    path = tmp_path / "script.yaml"
    path.write_text(dedent(text), encoding="utf-8")

    with pytest.raises(ScriptError) as refused:
        Script.load(path)

    assert str(path) in str(refused.value)
    assert why in str(refused.value)


# --- the command


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(  # noqa: S603 (our own module)
        [sys.executable, "-m", "emulator.model", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def test_the_command_says_where_it_is_and_ends_when_told(script: Path) -> None:
    """One JSON line when ready; SIGTERM ends it with exit code 0."""
    with started("--script", str(script)) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        code = process.wait(PATIENCE)

    assert ready["base_url"].startswith("http://127.0.0.1:")
    assert 0 == code


def test_a_missing_script_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    """No traceback: what is missing, and where it was looked for."""
    missing = tmp_path / "none.yaml"

    with started("--script", str(missing)) as process:
        _, complaint = process.communicate(timeout=PATIENCE)

    assert 2 == process.returncode
    assert f"scripted model: {missing}: No such file or directory\n" == complaint


async def test_a_taken_port_is_one_sentence_and_exit_2(
    script: Path, model: Model
) -> None:
    """The port is named."""
    port = model.base_url.split(":")[2].removesuffix("/v1")

    with started("--script", str(script), "--port", port) as process:
        _, complaint = await asyncio.to_thread(process.communicate, timeout=PATIENCE)

    assert 2 == process.returncode
    assert f"scripted model: cannot listen on port {port}" in complaint
