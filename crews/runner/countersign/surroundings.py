"""What must be set before crewAI is imported, so that it stays quiet and in its place."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

QUIET: Final[Mapping[str, str]] = {
    "CREWAI_DISABLE_TELEMETRY": "true",
    "CREWAI_DISABLE_TRACKING": "true",
    "CREWAI_TRACING_ENABLED": "false",
    "CREWAI_DISABLE_VERSION_CHECK": "true",
    # Else crewAI asks on the console about traces and writes .crewai/ beside the crew.
    "CREWAI_TESTING": "true",
}
"""Set unless the worker has set them: a user who wants telemetry turns it on there."""

_HOMES: Final = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")


_PREFIX: Final = "countersign-runner-"
_LOCK: Final = "lock"


class Surroundings:
    """A folder of the process's own, where crewAI keeps what it insists on keeping.

    The process holds a lock in it for as long as it lives, so that the next runner can
    tell, and delete, what one that was killed has left behind.
    """

    def __init__(self) -> None:
        _delete_left_behind(Path(tempfile.gettempdir()))
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        new = self.folder / "new"
        self._lock = new.open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        new.rename(self.folder / _LOCK)  # nobody sees it unlocked

    def prepare(self) -> None:
        """Turn off what crewAI does unasked and give it a place for its files."""
        for name, value in QUIET.items():
            os.environ.setdefault(name, value)
        storage = self.folder / "storage"
        storage.mkdir()
        os.environ["CREWAI_STORAGE_DIR"] = str(storage)

    @contextmanager
    def home_elsewhere(self) -> Iterator[None]:
        """Have `~` point into the folder while crewAI is imported and writes there."""
        before = {name: os.environ.get(name) for name in _HOMES}
        for name in _HOMES:
            os.environ.pop(name, None)
        os.environ["HOME"] = str(self.folder)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value

    def remove(self) -> None:
        """Delete the folder."""
        self._lock.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _delete_left_behind(where: Path) -> None:
    for lock in where.glob(f"{_PREFIX}*/{_LOCK}"):
        # Somebody else's, or gone by now: then it is not ours to delete.
        with contextlib.suppress(OSError), lock.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent, ignore_errors=True)
