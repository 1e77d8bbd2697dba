"""The text behind `/crew`, as typed commands."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Final

from approvals.ids import RunCode, read_code

LONGEST: Final = 4_000
"""Characters of a command that are read."""


class Scope(StrEnum):
    """Which runs to list."""

    MINE = "mine"  #: Those that the person started
    OPEN = "open"  #: Those that are not over
    ALL = "all"  #: The newest of all


@dataclass(frozen=True, slots=True)
class ShowNow:
    """`/crew`: what can I do now?"""


@dataclass(frozen=True, slots=True)
class Create:
    """`/crew create [CREW] [name="value" …]`."""

    crew: str = ""
    arguments: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ListCrews:
    """`/crew crews`."""


@dataclass(frozen=True, slots=True)
class ListRuns:
    """`/crew runs [mine|open|all]`."""

    scope: Scope = Scope.OPEN


@dataclass(frozen=True, slots=True)
class ListPending:
    """`/crew pending`: what waits for this person's decision."""


@dataclass(frozen=True, slots=True)
class ShowRun:
    """`/crew show CODE`."""

    code: RunCode


@dataclass(frozen=True, slots=True)
class CancelRun:
    """`/crew cancel CODE`."""

    code: RunCode


@dataclass(frozen=True, slots=True)
class Try:
    """`/crew try`: a practice run."""


@dataclass(frozen=True, slots=True)
class Help:
    """`/crew help`."""


@dataclass(frozen=True, slots=True)
class UnknownWord:
    """A word that is no command, and those that may have been meant."""

    word: str
    meant: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A command that cannot be read: `why` is a sentence for the person."""

    why: str


Command = (
    ShowNow
    | Create
    | ListCrews
    | ListRuns
    | ListPending
    | ShowRun
    | CancelRun
    | Try
    | Help
    | UnknownWord
    | Unreadable
)

WORDS: Final = (
    "create",
    "crews",
    "runs",
    "pending",
    "show",
    "cancel",
    "try",
    "help",
)

_ALSO: Final = {
    "start": "create",
    "new": "create",
    "run": "create",
    "list": "runs",
    "status": "show",
    "stop": "cancel",
    "approvals": "pending",
    "approve": "pending",
    "practice": "try",
    "?": "help",
}
"""Other words that people try, and what they mean by them."""

_DOUBLE: Final = '"\u201c\u201d\u201e\u201f\xab\xbb\u2033'
_SINGLE: Final = "'\u2018\u2019\u201a\u201b"
"""Straight and curly quotes: phones and desktops change what people type."""

_ARGUMENT: Final = re.compile(
    rf"""
    (?<!\S)(?P<name>[^\s={_DOUBLE}]+)\s*=
    (?:
        \s*[{_DOUBLE}](?P<double>(?:\\.|[^\\])*?)[{_DOUBLE}](?=\s|$)
      | \s*[{_SINGLE}](?P<single>(?:\\.|[^\\])*?)[{_SINGLE}](?=\s|$)
      | (?P<bare>[^\s{_DOUBLE}]\S*)?
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED: Final = re.compile(rf"\\([\\{_DOUBLE}{_SINGLE}])")
_MARKUP: Final = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_SHOWN: Final = 40


def parse(text: str) -> Command:
    """Read what stands behind `/crew`."""
    words = text[:LONGEST].strip().split(maxsplit=1)
    if not words:
        return ShowNow()
    word, rest = words[0].casefold(), words[1] if len(words) > 1 else ""
    match word:
        case "create":
            return _create(rest)
        case "runs":
            return _runs(rest)
        case "show" | "cancel":
            return _about_run(word, rest)
        case _:
            return _SIMPLE.get(word) or _unknown(word)


_SIMPLE: Final[dict[str, Command]] = {
    "crews": ListCrews(),
    "pending": ListPending(),
    "try": Try(),
    "help": Help(),
}


def _create(rest: str) -> Command:
    crew, arguments = "", rest
    first = rest.split(maxsplit=1)
    if first and "=" not in first[0]:
        crew, arguments = _plain(first[0]), first[1] if len(first) > 1 else ""
    pairs: list[tuple[str, str]] = []
    position = 0
    for found in _ARGUMENT.finditer(arguments):
        between = arguments[position : found.start()].strip()
        if between:
            return _stray(between)
        position = found.end()
        pairs.append((_plain(found["name"]), _value(found)))
    left = arguments[position:].strip()
    if left:
        return _stray(left)
    twice = next(_repeated(pairs), None)
    if twice:
        return Unreadable(f"“{twice[:_SHOWN]}” is there twice. Please give it once.")
    return Create(crew=crew, arguments=tuple(pairs))


def _value(found: re.Match[str]) -> str:
    for quoted in ("double", "single"):
        if found[quoted] is not None:
            return _plain(_ESCAPED.sub(r"\1", found[quoted]))
    return _plain(found["bare"] or "")


def _plain(text: str) -> str:
    """Undo what Slack does to a command's text: entities, links, people, channels."""
    return html.unescape(_MARKUP.sub(_spelled, text))


def _spelled(found: re.Match[str]) -> str:
    sign, target, label = found.groups()
    match sign:
        case "@" | "#":
            return f"{sign}{label or target}"
        case "!":
            return f"@{label or target}"
        case _:
            return str(target.removeprefix("mailto:"))


def _stray(text: str) -> Unreadable:
    shown = _plain(text)
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    return Unreadable(
        f'I could not read “{shown}”. Please write inputs as name="value",'
        ' for example topic="Our new return policy".'
    )


def _repeated(pairs: list[tuple[str, str]]) -> Iterator[str]:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            yield name
        seen.add(name)


def _runs(rest: str) -> Command:
    word = rest.strip().casefold()
    if not word:
        return ListRuns()
    scopes = [scope.value for scope in Scope]
    if word in scopes:
        return ListRuns(Scope(word))
    close = get_close_matches(word, scopes, n=1)
    hint = f" Did you mean `runs {close[0]}`?" if close else ""
    return Unreadable(f"`runs` can be followed by mine, open or all.{hint}")


def _about_run(word: str, rest: str) -> Command:
    code = read_code(rest)
    if code is None:
        what = f"“{rest.strip()[:_SHOWN]}” is no run code." if rest.strip() else ""
        return Unreadable(
            f"{what} Please write `{word}` and the run's code, six letters and digits"
            f" as in `{word} K7M2QX`; `runs` lists them.".strip()
        )
    return ShowRun(code) if word == "show" else CancelRun(code)


def _unknown(word: str) -> UnknownWord:
    if word in _ALSO:
        return UnknownWord(word, (_ALSO[word],))
    close = get_close_matches(word, [*WORDS, *_ALSO], n=3, cutoff=0.6)
    meant = dict.fromkeys(_ALSO.get(found, found) for found in close)
    return UnknownWord(word, tuple(meant))
