"""What can go wrong between the worker, its runners and the crews' files.

CrewsError
├── RunnerProblem        the child process; `str()` is read by people
│   ├── RunnerUnfit      it started and says that it cannot work here
│   ├── RunnerDied       it ended, or was killed
│   ├── RunnerStuck      it does not take or give what it should in time
│   └── RunnerGarbled    it said something that is not the protocol
├── Unacceptable         the worker does not take what the runner gives
│   └── LimitReached     more time, memory or text than the settings allow
├── BundleProblem        a crew's folder cannot be made into a bundle, or back
├── WorkerStopping       the worker was told to end: nothing is begun any more
└── SegmentLost          the segment is somebody else's now, or cancelled
"""

import signal


class CrewsError(Exception):
    """The root of everything raised here."""


class RunnerProblem(CrewsError):
    """The runner cannot go on; what it was doing has failed."""

    detail: str = ""


class RunnerUnfit(RunnerProblem):
    """The runner looked at its surroundings and refuses to work."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(f"the crew's process cannot work here: {message}")


class RunnerDied(RunnerProblem):
    """The runner's process ended without being told to.

    `returncode` is as `subprocess` gives it: negative for a signal.
    """

    def __init__(self, returncode: int, last_words: str = "") -> None:
        self.returncode = returncode
        self.detail = last_words
        super().__init__(f"the crew's process {_way_out(returncode)}")


class RunnerStuck(RunnerProblem):
    """The runner does not read, write or start in time."""

    def __init__(self, doing: str, seconds: float) -> None:
        super().__init__(f"the crew's process did not {doing} within {seconds:g} s")


class RunnerGarbled(RunnerProblem):
    """A line on the protocol's pipe that is not the protocol."""

    def __init__(self, why: str, line: bytes = b"") -> None:
        self.detail = line[:500].decode("utf-8", "replace")
        super().__init__(f"the crew's process broke its protocol: {why}")


class Unacceptable(CrewsError):
    """The worker ends the segment; `step` is where, if it is a step's fault."""

    def __init__(self, reason: str, step: str = "") -> None:
        self.step = step
        super().__init__(reason)


class LimitReached(Unacceptable):
    """A limit of the settings is reached."""


class BundleProblem(CrewsError):
    """A crew's folder or bundle that cannot be used.

    `file` is relative to the crew's folder where it is in it.
    """

    def __init__(self, file: str, message: str, line: int | None = None) -> None:
        self.file = file
        self.line = line
        self.message = message
        where = file if line is None else f"{file}:{line}"
        super().__init__(f"{where}: {message}")


class WorkerStopping(CrewsError):
    """The worker was told to end; what runs is handed back."""

    def __init__(self) -> None:
        super().__init__("the worker is stopping")


class SegmentLost(CrewsError):
    """The segment is no longer this worker's, or its run was cancelled."""

    def __init__(self) -> None:
        super().__init__("the segment is no longer this worker's, or was cancelled")


def _way_out(returncode: int) -> str:
    if returncode >= 0:
        return f"ended by itself with exit code {returncode}"
    if returncode == -signal.SIGKILL:
        return "was killed (SIGKILL), perhaps because memory ran out"
    try:
        name = signal.Signals(-returncode).name
    except ValueError:
        name = f"signal {-returncode}"
    return f"crashed ({name})"
