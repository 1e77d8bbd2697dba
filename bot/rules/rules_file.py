"""The rules file on disk: read again when it changes, the last good one kept."""

import logging
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from approvals.errors import Refused
from approvals.rules import RuleBook
from bot.problem_table import problem
from bot.problems import Problem, ProblemCode
from bot.rules.rules_text import BadRules, read_rules

logger = logging.getLogger(__name__)

Signature = tuple[int, int, int]


class NoRules(Refused):
    """There is no rules file that can be used, so nobody can be asked anything."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "The rules file cannot be used, so nobody can be asked. "
            + " ".join(_once(problems))
        )


def _once(problems: Sequence[Problem]) -> Iterator[str]:
    """Give every sentence, then each thing to do once."""
    yield from (each.sentence for each in problems)
    yield from dict.fromkeys(each.remedy for each in problems)


class RulesFile:
    """The rules in force (`approvals.ports.Rules`), for any number of threads.

    Looking costs one `stat`. A change that cannot be used is logged once, told by
    `problems`, and leaves the last good rules in force.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._seen: Signature | None = None
        self._book: RuleBook | None = None
        self._text = ""
        self._problems: tuple[Problem, ...] = ()

    def current(self) -> RuleBook:
        """Give the rules in force.

        Raises:
            NoRules: no good rules file has been seen yet.

        """
        with self._lock:
            self._refresh()
            if self._book is None:
                raise NoRules(self._problems)
            return self._book

    def text(self) -> str:
        """Give the whole file that is in force; empty if there is none."""
        with self._lock:
            self._refresh()
            return self._text

    def problems(self) -> tuple[Problem, ...]:
        """Say what is wrong with the file as it is now; nothing, if it is in force."""
        with self._lock:
            self._refresh()
            return self._problems

    def _refresh(self) -> None:
        try:
            status = self.path.stat()
            signature = (status.st_mtime_ns, status.st_size, status.st_ino)
        except OSError:
            signature = (0, 0, 0)
        if signature == self._seen:
            return
        self._seen = signature
        self._problems = self._read()
        for each in self._problems:
            logger.error("the rules file cannot be used: %s", each.sentence)

    def _read(self) -> tuple[Problem, ...]:
        try:
            text = self.path.read_text(encoding="utf-8")
            self._book = read_rules(text)
            self._text = text
        except FileNotFoundError:
            return (problem(ProblemCode.RULES_MISSING, file=self.path),)
        except (OSError, UnicodeDecodeError) as error:
            return (self._broken(self.path.name, f"it cannot be read: {error}"),)
        except BadRules as error:
            return tuple(
                self._broken(f"{self.path.name}:{mistake.line}", mistake.reason)
                for mistake in error.mistakes
            )
        logger.info("rules in force", extra={"rules": self._book.hash[:12]})
        return ()

    def _broken(self, where: str, reason: str) -> Problem:
        return problem(ProblemCode.RULES_BROKEN, where=where, reason=reason)
