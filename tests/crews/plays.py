"""What the pretend runner is told to do, and the settings to start it with."""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from crews.bundles import UnpackedBundle
from crews.settings import Limits, RunnerSettings

PRETEND_RUNNER: Final = Path(__file__).with_name("pretend_runner.py")
ENTRY: Final = "play.json"

Act = dict[str, Any]


def pretending(
    *, first: str = "ready", limits: Limits | None = None, **changes: Any
) -> RunnerSettings:
    """Give settings that start the pretend runner."""
    settings = RunnerSettings(
        environment={},
        command=(sys.executable, "-P", str(PRETEND_RUNNER), first),
        limits=limits or Limits(ready=30.0, describe=30.0),
    )
    return replace(settings, **changes)


def play_in(
    folder: Path,
    acts: list[Act],
    *,
    hash_: str = "abc",
    has_code: bool = True,
    **described: Any,
) -> UnpackedBundle:
    """Write a play as a crew's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    play = {"described": {"name": "play", **described}, "acts": acts}
    (folder / ENTRY).write_text(json.dumps(play))
    return UnpackedBundle(hash=hash_, entry=ENTRY, root=folder, has_code=has_code)


def crew_file(acts: list[Act], **described: Any) -> str:
    """Write a play as a crew that is found in a search path."""
    play = {"described": {"name": "play", **described}, "acts": acts}
    return f"schema: crewai.flow/v1\nplay: {json.dumps(play)}"


def started(method: str, *, call: int = 1, title: str | None = None) -> Act:
    return _say("step_started", path="", method=method, call=call, title=title)


def step(method: str, result: object, *, seq: int = 1, call: int = 1) -> Act:
    entry = {"path": "", "method": method, "call": call, "result": result}
    return _say("step", seq=seq, entry=entry)


def ask(method: str, output: object, **changes: Any) -> Act:
    body: Mapping[str, Any] = {
        "path": "",
        "method": method,
        "call": 1,
        "checkpoint": method,
        "visit": 1,
        "revision": 1,
        "output": output,
        "output_text": str(output),
        "title": "Is it right?",
    }
    return _say("ask", ask={**body, **changes})


def waiting(*methods: str) -> Act:
    asks = [{"path": "", "method": method, "call": 1} for method in methods]
    return _say("ended", outcome="waiting", asks=asks)


def finished(text: str = "done", **more: Any) -> Act:
    return _say("ended", outcome="finished", result_text=text, **more)


def failed(**fields: Any) -> Act:
    return _say("failed", **fields)


def progress(method: str, text: str) -> Act:
    return _say("progress", path="", method=method, call=1, text=text)


def _say(kind: str, /, **fields: Any) -> Act:
    return {"say": {"type": kind, **fields}}
