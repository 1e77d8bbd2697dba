"""Runners wait with crewAI loaded; crews' code never meets, and few enough run."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crews.bundles import UnpackedBundle
from crews.environment import Lane
from crews.errors import RunnerDied, WorkerStopping
from crews.pool import RunnerPool
from crews.runner_process import RunnerProcess
from crews.worker import starter
from tests.crews.plays import play_in, pretending
from tests.crews.waiting import until

MakePool = Callable[..., RunnerPool]


@pytest.fixture
def started() -> list[RunnerProcess]:
    return []


@pytest.fixture
def make_pool(started: list[RunnerProcess]) -> Iterator[MakePool]:
    pools: list[RunnerPool] = []
    start = starter(pretending(scripted_base_url=lambda: "http://127.0.0.1:9"))

    def start_noted(lane: Lane) -> RunnerProcess:
        started.append(start(lane))
        return started[-1]

    def make_pool(*, size: int = 2, warm: int = 0) -> RunnerPool:
        pools.append(RunnerPool(start_noted, size=size, warm={Lane.LIVE: warm}))
        return pools[-1]

    yield make_pool
    for pool in pools:
        pool.close()


def bundle(folder: Path, hash_: str, *, has_code: bool = True) -> UnpackedBundle:
    return play_in(folder / hash_, [], hash_=hash_, has_code=has_code)


def use(
    pool: RunnerPool, bundle: UnpackedBundle, *, lane: Lane = Lane.LIVE
) -> RunnerProcess:
    with pool.lend(bundle.binding, lane) as loan:
        loan.runner.describe(bundle)
        loan.reusable = True
        return loan.runner


def alive(runners: list[RunnerProcess]) -> int:
    return sum(runner.is_alive for runner in runners)


def test_a_runner_is_lent_again_for_its_version(
    make_pool: MakePool, tmp_path: Path
) -> None:
    """The crew is loaded once, not for each segment."""
    pool, a = make_pool(), bundle(tmp_path, "a")

    assert use(pool, a) is use(pool, a)


def test_another_version_gets_another_runner(
    make_pool: MakePool, tmp_path: Path
) -> None:
    """Modules of two crews never meet in one process."""
    pool = make_pool()

    assert use(pool, bundle(tmp_path, "a")) is not use(pool, bundle(tmp_path, "b"))


def test_crews_without_code_share_runners(make_pool: MakePool, tmp_path: Path) -> None:
    """A flow in YAML brings no modules: any warm runner serves it at once."""
    pool = make_pool()
    flow, other = (bundle(tmp_path, name, has_code=False) for name in "ab")

    assert use(pool, flow) is use(pool, other)
    assert use(pool, flow) is not use(pool, bundle(tmp_path, "c"))


def test_practice_and_live_never_share_a_runner(
    make_pool: MakePool, tmp_path: Path
) -> None:
    """The environment of a process says which model it reaches."""
    pool, a = make_pool(), bundle(tmp_path, "a")

    assert use(pool, a) is not use(pool, a, lane=Lane.PRACTICE)


def test_the_longest_unused_makes_room(
    make_pool: MakePool, started: list[RunnerProcess], tmp_path: Path
) -> None:
    """Never more runners than the machine carries."""
    pool = make_pool(size=2)
    first, second = use(pool, bundle(tmp_path, "a")), use(pool, bundle(tmp_path, "b"))
    use(pool, bundle(tmp_path, "a"))

    third = use(pool, bundle(tmp_path, "c"))

    assert first.is_alive
    assert not second.is_alive
    assert third.is_alive
    assert alive(started) == 2


def test_who_finds_none_waits_for_one(make_pool: MakePool, tmp_path: Path) -> None:
    """A full pool is a queue, not an error."""
    pool, a = make_pool(size=1), bundle(tmp_path, "a")
    with ThreadPoolExecutor(1) as other:
        with pool.lend("a", Lane.LIVE) as loan:
            loan.runner.describe(a)
            loan.reusable = True
            waiting = other.submit(use, pool, a)
            assert not waiting.done()

        assert waiting.result(timeout=30) is loan.runner


def test_a_runner_that_was_not_given_back_well_is_killed(
    make_pool: MakePool, started: list[RunnerProcess]
) -> None:
    """Whatever it still does, it does not do it to the next run."""
    pool = make_pool()

    with pytest.raises(RuntimeError, match="broken off"), pool.lend("a", Lane.LIVE):
        raise RuntimeError("broken off")

    assert not started[0].is_alive


def test_one_that_died_while_idle_is_not_lent(
    make_pool: MakePool, tmp_path: Path
) -> None:
    """The next segment gets one that lives."""
    pool, a = make_pool(), bundle(tmp_path, "a")
    dead = use(pool, a)
    dead._child.kill()
    dead._child.wait()

    assert use(pool, a) is not dead


def test_spares_are_warm_and_replaced(
    make_pool: MakePool, started: list[RunnerProcess], tmp_path: Path
) -> None:
    """A new crew's first run need not wait until crewAI is loaded."""
    pool = make_pool(size=3, warm=1)
    pool.warm_up()
    (spare,) = started

    lent = use(pool, bundle(tmp_path, "a"))

    assert lent is spare
    assert len(started) == 2
    assert started[1].bound_to is None


def test_a_lane_that_cannot_be_warmed_harms_no_other(tmp_path: Path) -> None:
    """Without a scripted model there is no practice, and all else goes on."""
    warm = {Lane.LIVE: 1, Lane.PRACTICE: 1}
    pool = RunnerPool(starter(pretending()), size=2, warm=warm)
    pool.warm_up()

    assert use(pool, bundle(tmp_path, "a")).is_alive

    pool.close()


def test_many_threads_never_exceed_the_size(
    make_pool: MakePool, started: list[RunnerProcess], tmp_path: Path
) -> None:
    """However they come, at most `size` processes live, and all are served."""
    pool = make_pool(size=3, warm=1)
    bundles = [bundle(tmp_path, name) for name in "abcd"]
    most = 0
    lock = threading.Lock()

    def work(number: int) -> None:
        nonlocal most
        use(pool, bundles[number % 4])
        with lock:
            most = max(most, alive(started))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(40)))

    assert most <= 3


def test_a_closed_pool_kills_and_lends_no_more(
    make_pool: MakePool, started: list[RunnerProcess], tmp_path: Path
) -> None:
    """Whoever waits is told, whoever works notices, and no process is left."""
    pool = make_pool(size=1)
    with ThreadPoolExecutor(1) as other, pool.lend("a", Lane.LIVE) as loan:
        loan.runner.await_ready()
        waiting = other.submit(use, pool, bundle(tmp_path, "a"))
        pool.close()

        with pytest.raises(WorkerStopping):
            waiting.result(timeout=30)
        with pytest.raises(RunnerDied):
            loan.runner.receive(30)

    until(lambda: alive(started) == 0)
    with pytest.raises(WorkerStopping), pool.lend("a", Lane.LIVE):
        pass
