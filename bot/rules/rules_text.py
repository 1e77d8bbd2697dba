"""The text of a rules file, checked whole: every mistake has its line and reason."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import Annotated, Any, Final, Literal, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from approvals.cel import BadCondition, Condition
from approvals.digest import sha256
from approvals.ids import UserId
from approvals.policies import DEFAULT_EXPIRY, Policy
from approvals.rules import Rule, RuleBook
from bot.rules.yaml_lines import BadYaml, YamlText

CASE_NAMES: Final = frozenset(
    {"crew", "inputs", "priority", "requester", "checkpoint", "kind", "facts"}
)
"""What a condition can speak of: the keys of `approvals.rules.case_of`."""

_LONGEST: Final = timedelta(days=365)
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Mistake:
    """Something wrong in the file; `line` counts from 1."""

    line: int
    reason: str


class BadRules(Exception):
    """The text is no rules file that can be used."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda mistake: mistake.line))
        super().__init__(
            "\n".join(f"line {each.line}: {each.reason}" for each in self.mistakes)
        )


def read_rules(text: str) -> RuleBook:
    """Read a rules file.

    Raises:
        BadRules: with all its mistakes.

    """
    try:
        written = YamlText.parse(text)
    except BadYaml as error:
        raise BadRules([Mistake(line=error.line, reason=str(error))]) from error
    if not isinstance(written.value, Mapping):
        raise BadRules([Mistake(line=1, reason="it does not begin with `version: 1`")])
    mistakes = [
        Mistake(line=line, reason=f"`{key}` is here twice")
        for key, line in written.repeated_keys()
    ]
    mistakes += _mistakes_in_default(written)
    document = None
    try:
        document = _Document.model_validate(
            written.value, context=_Names.of(written.value)
        )
    except ValidationError as error:
        mistakes += [_mistake(each, written) for each in error.errors()]
    if mistakes or document is None:
        raise BadRules(mistakes)
    return document.book(sha256(text))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Names:
    """What the file itself defines, known before any of it is checked."""

    people: tuple[str, ...]
    policies: tuple[str, ...]

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> "_Names":
        def keys(name: str) -> tuple[str, ...]:
            section = value.get(name)
            return tuple(map(str, section)) if isinstance(section, Mapping) else ()

        return cls(people=keys("people"), policies=keys("policies"))


def _known_person(name: str, info: ValidationInfo) -> str:
    return _known(name, "person", "people", _names(info).people)


def _known_policy(name: str, info: ValidationInfo) -> str:
    return _known(name, "policy", "policies", _names(info).policies)


def _names(info: ValidationInfo) -> _Names:
    return cast("_Names", info.context)


def _known(name: str, thing: str, section: str, known: Sequence[str]) -> str:
    if name not in known:
        raise _wrong(f"there is no {thing} “{name}” under `{section}`", name, known)
    return name


def _member_id(text: str) -> UserId:
    if not re.fullmatch(r"[UW][A-Z0-9]{2,}", text):
        raise _wrong(
            f"“{text}” is no Slack member ID, which begins with U or W"
            " (in Slack: the person's profile, More, Copy member ID)"
        )
    return UserId(text)


def _duration(value: object) -> timedelta:
    match = re.fullmatch(r"(\d{1,6})([mhd])", value) if isinstance(value, str) else None
    duration = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else timedelta()
    if not timedelta() < duration <= _LONGEST:
        raise _wrong(f"“{value}” is no duration like 90m, 4h or 3d (at most 365d)")
    return duration


def _condition(text: object) -> Condition:
    if not isinstance(text, str):
        raise _wrong(f"`when` is a condition in quotes, not {text}")
    try:
        condition = Condition.parse(text)
    except BadCondition as error:
        raise _wrong(str(error)) from error
    for name in sorted(condition.names - CASE_NAMES):
        raise _wrong(f"`{text}` speaks of “{name}”", name, sorted(CASE_NAMES))
    return condition


def _no_doubles(names: list[str]) -> list[str]:
    for name, times in Counter(names).items():
        if times > 1:
            raise _wrong(f"“{name}” is named twice")
    return names


def _one_name_each(people: dict[str, UserId]) -> dict[str, UserId]:
    names: dict[UserId, str] = {}
    for name, user in people.items():
        if user in names:
            raise _wrong(f"“{names[user]}” and “{name}” are the same person, {user}")
        names[user] = name
    return people


def _wrong(
    reason: str, name: str = "", known: Sequence[str] = ()
) -> PydanticCustomError:
    near = get_close_matches(name, known, n=1)
    if near:
        reason += f"; did you mean “{near[0]}”?"
    elif known and name:
        reason += f" (known: {', '.join(known)})"
    return PydanticCustomError("rules", "{reason}", {"reason": reason})


_PersonName = Annotated[str, AfterValidator(_known_person)]
_People = Annotated[list[_PersonName], Field(min_length=1), AfterValidator(_no_doubles)]


class _Part(BaseModel):
    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True
    )


class _Policy(_Part):
    approvers: _People
    self_approval: bool = False
    expires_after: Annotated[timedelta, BeforeValidator(_duration)] = DEFAULT_EXPIRY


class _Rule(_Part):
    use: Annotated[str, AfterValidator(_known_policy)]
    when: Annotated[Condition, BeforeValidator(_condition)] | None = None


class _Document(_Part):
    version: Literal[1]
    admins: _People
    people: Annotated[
        dict[str, Annotated[UserId, AfterValidator(_member_id)]],
        Field(min_length=1),
        AfterValidator(_one_name_each),
    ]
    policies: Annotated[dict[str, _Policy], Field(min_length=1)]
    rules: Annotated[list[_Rule], Field(min_length=1)]

    def book(self, hash_: str) -> RuleBook:
        """Turn the checked file into what the rest of the system knows."""
        policies = {
            name: Policy(
                name=name,
                approvers=self._ids(policy.approvers),
                self_approval=policy.self_approval,
                expires_after=policy.expires_after,
            )
            for name, policy in self.policies.items()
        }
        return RuleBook(
            hash=hash_,
            admins=self._ids(self.admins),
            people=self.people,
            policies=policies,
            rules=tuple(Rule(use=rule.use, when=rule.when) for rule in self.rules),
        )

    def _ids(self, names: Sequence[str]) -> tuple[UserId, ...]:
        return tuple(self.people[name] for name in names)


def _mistakes_in_default(written: YamlText) -> Iterator[Mistake]:
    """Look for the one rule without `when`: it must be there, and it must be last."""
    rules = written.value.get("rules")
    if not isinstance(rules, list) or not rules:
        return
    defaults = [
        number
        for number, rule in enumerate(rules)
        if isinstance(rule, Mapping) and rule.get("when") is None
    ]
    if not defaults:
        yield Mistake(
            line=written.line_of(["rules"]),
            reason="the last rule must be the default: one with only `use`",
        )
    for number in defaults:
        if number < len(rules) - 1:
            yield Mistake(
                line=written.line_of(["rules", number]),
                reason="a rule without `when` holds always, so it must be the last",
            )


def _mistake(error: ErrorDetails, written: YamlText) -> Mistake:
    return Mistake(line=written.line_of(error["loc"]), reason=_reason(error))


def _reason(error: ErrorDetails) -> str:
    *above, last = error["loc"]
    place = ".".join(map(str, error["loc"]))
    match error["type"]:
        case "rules":
            return error["msg"]
        case "missing":
            return f"`{last}` is missing" + (f" in `{_dotted(above)}`" if above else "")
        case "extra_forbidden":
            return f"`{last}` is not known here" + _near(str(last), above)
        case "too_short":
            return f"`{place}` is empty"
        case _:
            return f"`{place}`: {error['msg'][:1].lower()}{error['msg'][1:]}"


def _dotted(parts: Sequence[int | str]) -> str:
    return ".".join(map(str, parts))


def _near(key: str, above: Sequence[int | str]) -> str:
    kinds: Mapping[object, type[_Part]] = {"policies": _Policy, "rules": _Rule}
    kind = kinds.get(above[0], _Document) if above else _Document
    near = get_close_matches(key, kind.model_fields, n=1)
    return f"; did you mean `{near[0]}`?" if near else ""
