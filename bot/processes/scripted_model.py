"""The scripted model for practice runs: a program of its own, started when first used."""

import atexit
import json
import logging
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from bot.settings import ROOT

logger = logging.getLogger(__name__)

SCRIPT: Final = ROOT / "crews" / "library" / "script.yaml"
ENDS_WITHIN: Final = 5.0


class ScriptedModelUnavailableError(Exception):
    """It could not be started; its own output says why."""


class ScriptedModel:
    """Serves practice runs; safe to call from any thread."""

    def __init__(self, script: Path = SCRIPT) -> None:
        self._script = script
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._base_url = ""

    def base_url(self) -> str:
        """Give where it answers; starts it, or starts it again.

        Raises:
            ScriptedModelUnavailableError: it does not start.

        """
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._start()
            return self._base_url

    def close(self) -> None:
        """End it."""
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
        if process.stdout is not None:
            process.stdout.close()

    def _start(self) -> None:
        command = (sys.executable, "-m", "emulator.model")
        process = subprocess.Popen(  # noqa: S603  our own module and file
            [*command, "--script", str(self._script), "--port", "0"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            message = f"the scripted model did not start (exit {process.wait()})"
            raise ScriptedModelUnavailableError(message)
        self._process = process
        self._base_url = json.loads(line)["base_url"]
        atexit.register(self.close)
