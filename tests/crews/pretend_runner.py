"""A runner without crewAI: it plays what the bundle's entry says, well or badly.

The entry is JSON, alone or after `play: `: `{"described": {…}, "acts": [act, …]}`. An act is `{"say": message}`
(a `step` waits for its `written`, and is left out when the journal has it) or one of
the deeds below. An argument on the command line is what it does first.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NoReturn

Json = dict[str, Any]

READY: Final[Json] = {"type": "ready", "protocol": 1, "crewai": "0", "python": "3"}

eaten: list[bytes] = []
said = sys.stdout


def say(message: Json) -> None:
    raw(json.dumps(message) + "\n")


def raw(text: str) -> None:
    said.write(text)
    said.flush()


def hear() -> Json:
    line = sys.stdin.readline()
    if not line:
        os._exit(0)
    return dict(json.loads(line))


def hang(_: object = None) -> NoReturn:
    """Do nothing more, but end when the worker does, as the real one."""
    threading.Thread(target=end_with_worker, daemon=True).start()
    while True:
        signal.pause()


def end_with_worker() -> None:
    while sys.stdin.readline():
        pass
    os._exit(0)


def leave(code: int) -> NoReturn:
    sys.stderr.write("the last words\n")
    sys.stderr.flush()
    os._exit(code)


def flood(count: int) -> None:
    for number in range(count):
        say({"type": "print", "stream": "stdout", "text": f"line {number}"})


def close_stdout(_: object) -> None:
    os.close(1)
    hang()


def spawn(pid_file: str) -> None:
    child = os.fork()
    if child == 0:
        while True:
            signal.pause()
    Path(pid_file).write_text(str(child))


def eat_memory(size: int) -> None:
    eaten.append(b"x" * size)
    hang()


def note(path: str) -> None:
    with Path(path).open("a") as file:
        file.write(f"{os.getpid()}\n")


def hang_unless(path: str) -> None:
    if not Path(path).exists():
        hang()


def wait_for(path: str) -> None:
    pause = threading.Event()
    while not Path(path).exists():
        pause.wait(0.01)


def kill_self(number: int) -> None:
    os.kill(os.getpid(), number)


DEEDS: Final[dict[str, Callable[[Any], None]]] = {
    "raw": raw,
    "hang": hang,
    "exit": leave,
    "flood": flood,
    "close_stdout": close_stdout,
    "spawn": spawn,
    "eat_memory": eat_memory,
    "note": note,
    "hang_unless": hang_unless,
    "kill_self": kill_self,
    "wait_for": wait_for,
}


def play(acts: list[Json], start: Json) -> None:
    done = {(e["path"], e["method"], e["call"]) for e in start["journal"]}
    for act in acts:
        ((deed, argument),) = act.items()
        if deed in DEEDS:
            DEEDS[deed](argument)
        elif deed == "echo_start":
            Path(argument).write_text(json.dumps(start))
        elif argument["type"] != "step":
            say(argument)
        elif _address(argument["entry"]) not in done:
            say(argument)
            assert hear() == {"type": "written", "seq": argument["seq"]}


def _address(entry: Json) -> tuple[str, str, int]:
    return entry["path"], entry["method"], entry["call"]


def first(what: str) -> None:
    match what:
        case "hang":
            hang()
        case "unfit":
            say({"type": "unfit", "code": "no-crewai", "message": "crewAI is missing"})
            hang()
        case "other-protocol":
            say(READY | {"protocol": 99})
        case _:
            say(READY)


def main() -> None:
    first(" ".join(sys.argv[1:]))
    while True:
        order = hear()
        if order["type"] == "describe":
            say({"type": "described", **the_play(order)["described"]})
        elif order["type"] == "start":
            play(the_play(order)["acts"], order)


def the_play(order: Json) -> Json:
    text = (Path(order["bundle"]) / order["entry"]).read_text()
    return dict(json.loads(text.partition("play: ")[2] or text))


main()
