"""The runner as the worker meets it: a process, two pipes, JSON lines."""

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from textwrap import dedent

import pytest
import pytest_asyncio

from tests.runner.child import Child, files_in, runner

pytestmark = pytest.mark.asyncio(loop_scope="module")

PIPED = """
import os
import subprocess
import sys
import threading

from crewai.flow.flow import Flow, listen, start
from crewai.flow.human_feedback import human_feedback

import countersign


class Talks(Flow):
    @start()
    def talk(self):
        print("said with print")
        print("said to stderr", file=sys.stderr)
        os.write(1, b"said to the descriptor\\n")
        subprocess.run(["echo", "said by a program"], check=True)
        sys.stdout.buffer.write("dürftig\\n".encode())
        subprocess.run(["echo", "said where print goes"], check=True, stdout=sys.stdout)
        sys.stdout.reconfigure(line_buffering=True)
        print("not ended", end="")
        return "talked"


class Waits(Flow):
    @start()
    def hang(self):
        print("hanging")
        threading.Event().wait()


class Blocks(Flow):
    @start()
    async def block(self):
        print("blocking")
        threading.Event().wait()


class Reads(Flow):
    @start()
    def read(self):
        return input("What? ")


class Keys(Flow):
    @start()
    def first(self):
        return countersign.idempotency_key()

    @listen(first)
    async def second(self, key):
        return [key, countersign.idempotency_key()]


class Reviewed(Flow):
    @start()
    def write(self):
        self.state["words"] = ["one"]
        return "draft"

    @listen(write)
    @human_feedback(message="?", emit=["approved", "rejected"])
    def review(self, text):
        return {"text": text, "seen": self.state["words"]}

    @listen("approved")
    def publish(self):
        return f"{self.last_human_feedback.output['text']} {self.state['words']}"


class Leaks(Flow):
    @start()
    def look(self):
        before = dict(self.state)
        before.pop("id")
        self.state["mark"] = True
        return [before, self.state["id"], os.environ.get("MODEL")]


class Chatters(Flow):
    @start()
    def chatter(self):
        for number in range(5000):
            print(number)
        return "done"


class Large(Flow):
    @start()
    def write(self):
        return "ü" * 2_000_000

    @listen(write)
    def count(self, text):
        return len(text)
"""


@pytest.fixture
def piped(bundle: Path) -> Path:
    (bundle / "piped.py").write_text(PIPED)
    return bundle


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def warm_one(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Child]:
    """A runner that serves many orders, as in production."""
    bundle = tmp_path_factory.mktemp("warm") / "bundle"
    bundle.mkdir()
    (bundle / "piped.py").write_text(PIPED)
    (bundle / "broken.py").write_text("\nimport nowhere\n")
    async with runner(bundle, "", MODEL="openai/one") as child:
        yield child


@pytest.fixture
def warm(warm_one: Child) -> Child:
    """The warm runner, with nothing left of the run before."""
    warm_one.journal, warm_one.answers = [], []
    return warm_one


async def test_it_says_what_it_is_and_ends_when_the_worker_hangs_up(
    piped: Path,
) -> None:
    """The first line names protocol and versions."""
    async with runner(piped, "piped:Talks", ready=False) as child:
        ready = await child.until("ready")
        code = await child.hang_up()

    assert (1, "1.15.30", child.process.pid) == (
        ready["protocol"],
        ready["crewai"],
        ready["pid"],
    )
    assert 0 == code


async def test_a_run_goes_on_in_another_process(piped: Path) -> None:
    """All that it needs is in the journal and the answers."""
    async with runner(piped, "piped:Reviewed") as child:
        ending = await child.segment(held=["review"])
        ask = child.said("ask")[0]["ask"]
        journal = child.journal
    answer = {
        **{key: ask[key] for key in ("path", "method", "call", "digest_output")},
        "request": "q1",
        "verdict": "approve",
        "label": "approved",
        "words": "",
        "by": "Ben",
    }
    async with runner(piped, "piped:Reviewed") as other:
        other.journal, other.answers = journal, [answer]
        final = await other.segment(held=["review"])

    assert "waiting" == ending["outcome"]
    assert "draft ['one']" == final["result"]
    assert ["publish"] == [said["method"] for said in other.said("step_started")]


async def test_a_step_waits_until_it_is_written(warm: Child) -> None:
    """The next one does not begin before the worker has kept this one."""
    warm.entry = "piped:Reviewed"
    await warm.start(held=["review"])
    step = await warm.until("step")
    with pytest.raises(TimeoutError):
        await warm.read(deadline=0.3)

    await warm.send({"type": "written", "seq": step["seq"]})
    after = await warm.read()
    await warm.until("ended")

    assert after is not None
    assert ("step_started", "review") == (after["type"], after["method"])


async def test_prints_never_reach_the_protocol(piped: Path) -> None:
    """They come as messages of their own, with their step; programs' output goes on."""
    async with runner(piped, "piped:Talks") as child:
        ending = await child.segment()
        await child.hang_up()
        assert child.process.stderr is not None
        stderr = await child.process.stderr.read()

    assert "talked" == ending["result"]
    assert [
        ("stdout", "talk", "said with print"),
        ("stderr", "talk", "said to stderr"),
        ("stdout", "talk", "dürftig"),
        ("stdout", None, "not ended"),
    ] == [(m["stream"], m["method"], m["text"]) for m in child.said("print")]
    assert b"said to the descriptor\nsaid by a program\n" in stderr
    assert b"said where print goes\n" in stderr


@pytest.mark.parametrize(("how", "flow"), [("cancel", "Blocks"), ("hang up", "Waits")])
async def test_it_ends_at_once_even_while_a_step_hangs(
    how: str, flow: str, piped: Path
) -> None:
    """In a thread, or holding the event loop itself."""
    async with runner(piped, f"piped:{flow}") as child:
        await child.start()
        await child.until("print")
        if how == "cancel":
            await child.send({"type": "cancel"})
            code = await child.gone()
        else:
            code = await child.hang_up()

    assert 0 == code


async def test_a_step_cannot_read_the_worker_s_orders(warm: Child) -> None:
    """Its stdin is empty; the next order is still heard."""
    warm.entry = "piped:Reads"
    ending = await warm.segment()
    warm.entry = "piped:Keys"
    after = await warm.segment()

    assert "EOFError" in ending["message"]
    assert "finished" == after["outcome"]


async def test_a_step_has_a_key_of_its_own(warm: Child) -> None:
    """The same for every repetition of this call, another one for each other call."""
    warm.entry = "piped:Keys"

    ending = await warm.segment()

    assert ["run-1:first:1", "run-1:second:1"] == ending["result"]


async def test_runs_of_one_process_know_nothing_of_each_other(warm: Child) -> None:
    """State, ids and models are each run's own."""
    warm.entry = "piped:Leaks"
    results = []
    for run, model in (("a", None), ("b", "openai/two"), ("c", None)):
        warm.journal = []
        ending = await warm.segment(run={"id": run}, model=model)
        results.append(ending["result"])

    assert [
        [{}, "a", "openai/one"],
        [{}, "b", "openai/two"],
        [{}, "c", "openai/one"],
    ] == results


async def test_a_project_with_our_folders_names_runs(bundle: Path) -> None:
    """Its own `crews`, `bot` and `storage` are found, not ours."""
    for name in ("crews", "bot", "storage"):
        (bundle / name).mkdir()
        (bundle / name / "__init__.py").write_text(f"NAME = 'their {name}'\n")
    (bundle / "crews" / "mine.py").write_text(
        dedent(
            """
            from crewai.flow.flow import Flow, start
            import bot, crews, storage

            class Mine(Flow):
                @start()
                def names(self):
                    return [crews.NAME, bot.NAME, storage.NAME]
            """
        )
    )
    async with runner(bundle, "crews.mine:Mine") as child:
        ending = await child.segment()

    assert ["their crews", "their bot", "their storage"] == ending["result"]


async def test_a_crew_that_cannot_be_loaded_fails_with_its_place(warm: Child) -> None:
    """And the process serves on."""
    warm.entry = "broken:Flow"

    ending = await warm.segment()
    bundle = str(warm.bundle)
    await warm.send({"type": "describe", "bundle": bundle, "entry": warm.entry})
    told = await warm.until("described")

    assert ("failed", "flow", "broken.py", 2) == tuple(
        ending[key] for key in ("type", "kind", "file", "line")
    )
    assert "No module named 'nowhere'" in told["errors"][0]["message"]


async def test_it_leaves_nothing_behind(piped: Path, tmp_path: Path) -> None:
    """Not in the home folder, not beside the crew, not in the folder for such things."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    before = files_in(piped)
    async with runner(
        piped, "piped:Reviewed", TMPDIR=str(temporary), PYTHONDONTWRITEBYTECODE="1"
    ) as child:
        await child.segment(held=["review"])
        during = list(temporary.iterdir())
        await child.hang_up()

    assert 1 == len(during)
    assert [] == list(temporary.iterdir())
    assert [] == files_in(piped.parent / "home")
    assert before == files_in(piped)


async def test_what_a_killed_one_left_behind_is_deleted(
    piped: Path, tmp_path: Path
) -> None:
    """By the next one; what belongs to a living one stays."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    async with runner(piped, "piped:Talks", TMPDIR=str(temporary)) as killed:
        left = files_in(temporary)
        killed.process.kill()
        await killed.gone()
    async with (
        runner(piped, "piped:Talks", TMPDIR=str(temporary)),
        runner(piped, "piped:Talks", TMPDIR=str(temporary)),
    ):
        there = list(temporary.iterdir())

    assert left
    assert 2 == len(there)
    assert not set(left) & set(there)


@pytest.mark.parametrize("line", [b"nonsense\n", b'{"type": "dance"}\n'])
async def test_an_order_that_is_not_understood_ends_it(
    line: bytes, piped: Path
) -> None:
    """It says what was wrong first."""
    async with runner(piped, "piped:Talks") as child:
        assert child.process.stdin is not None
        child.process.stdin.write(line)
        unfit = await child.until("unfit")
        await child.gone()

    assert "protocol" == unfit["code"]


async def test_without_a_usable_crewai_it_says_so(bundle: Path) -> None:
    """In a sentence, before anything else."""
    (bundle / "crewai").mkdir()
    (bundle / "crewai" / "__init__.py").write_text("raise ImportError('half there')")
    runner_folder = Path(__file__).parents[2] / "crews" / "runner"
    path = os.pathsep.join((str(runner_folder), str(bundle)))
    async with runner(bundle, "x:Y", ready=False, PYTHONPATH=path) as child:
        unfit = await child.until("unfit")
        code = await child.gone()

    assert (1, "no_crewai") == (code, unfit["code"])
    assert "half there" in unfit["message"]


async def test_a_large_journal_fits_through_the_pipe(warm: Child) -> None:
    """Megabytes in one line, in both directions."""
    warm.entry = "piped:Large"

    first = await warm.segment()
    warm.journal = warm.journal[:1]
    again = await warm.segment()

    assert (2_000_000, 2_000_000) == (first["result"], again["result"])


async def test_a_crew_that_prints_without_end_is_cut_short(warm: Child) -> None:
    """Once, with a word about it; the next segment may print again."""
    warm.entry = "piped:Chatters"
    for _ in range(2):
        warm.journal = []

        await warm.segment()

        texts = [message["text"] for message in warm.said("print")]
        assert 1000 == len(texts)
        assert "what follows is not kept" in texts[-1]


async def test_an_interrupt_from_the_terminal_does_not_end_it(warm: Child) -> None:
    """Ctrl-C reaches every process of the terminal; the worker ends its runners."""
    warm.entry = "piped:Keys"
    warm.process.send_signal(signal.SIGINT)

    ending = await warm.segment()

    assert "finished" == ending["outcome"]


async def test_orders_are_served_one_after_the_other(warm: Child) -> None:
    """One that comes early waits."""
    warm.entry = "piped:Keys"
    await warm.start(run={"id": "a"})
    await warm.start(run={"id": "b"})

    first = await warm.until("ended")
    second = await warm.until("ended")

    assert ["a:first:1", "a:second:1"] == first["result"]
    assert ["b:first:1", "b:second:1"] == second["result"]
