"""Times, money, numbers and names as people write them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from approvals.crews import CrewVersion
from approvals.ids import UserId
from approvals.requests import Fact, FactType
from bot.wording.text import one_line

NAME_LENGTH: Final = 80
"""Characters of a person's name (Slack allows 80)."""

_SYMBOLS: Final[Mapping[str, str]] = {
    "EUR": "€",
    "USD": "$",
    "GBP": "£",
    "JPY": "¥",
    "INR": "₹",
}
_MOST_DIGITS: Final = 30
_FACT_LENGTH: Final = 300
_NAMES_SHOWN: Final = 4
_UNKNOWN_LENGTH: Final = 120


def date_mark(at: datetime) -> str:
    """Write a time that Slack shows in each reader's own zone (mrkdwn)."""
    return (
        f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}"
        f"|{utc_text(at)}>"
    )


def utc_text(at: datetime) -> str:
    """Write a time for where no zone is known: `Fri 27 Nov 2026, 16:00 UTC`."""
    at = at.astimezone(UTC)
    return f"{at:%a} {at.day} {at:%b %Y, %H:%M} UTC"


def until_text(at: datetime, *, seen_from: datetime, tz: str) -> str:
    """Write a deadline in a zone: `Fri 17:00`, or with its date when far away."""
    local = at.astimezone(_zone(tz))
    if at - seen_from < timedelta(days=6):
        return f"{local:%a %H:%M}"
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def number_text(value: str) -> str:
    """Write a decimal number with its thousands: `1234.50` is `1,234.5`."""
    number = _decimal(value)
    if number is None:
        return one_line(value, _FACT_LENGTH)
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money_text(value: str, currency: str | None) -> str:
    """Write an amount: `3400` and `EUR` are `€3,400`; cents only where there are any."""
    number = _decimal(value)
    code = one_line(currency or "", 12).upper()
    if number is None:
        return f"{one_line(value, _FACT_LENGTH)} {code}".strip()
    whole = number == number.to_integral_value()
    amount = f"{abs(number):,.0f}" if whole else _with_cents(abs(number))
    symbol = _SYMBOLS.get(code, f"{code} " if code else "")
    return f"{'-' if number < 0 else ''}{symbol}{amount}"


def fact_text(fact: Fact) -> str:
    """Write a fact's value; an unknown one says why."""
    if fact.value is None:
        why = one_line(fact.unknown or "no value", _UNKNOWN_LENGTH)
        return f"unknown: {why}"
    match fact.type:
        case FactType.MONEY:
            return money_text(fact.value, fact.currency)
        case FactType.NUMBER:
            return number_text(fact.value)
        case FactType.TEXT | FactType.CHOICE:
            return one_line(fact.value, _FACT_LENGTH)


def name_of(user: UserId, names: Mapping[UserId, str]) -> str:
    """Give a person's name; the id where the name is not known."""
    return one_line(names.get(user) or user, NAME_LENGTH)


def any_of(names: Sequence[str]) -> str:
    """List alternatives: `Ben or Chiara`; a long list is cut and counted."""
    shown = list(names[:_NAMES_SHOWN])
    more = len(names) - len(shown)
    if more:
        shown.append(f"{more} other{'s' if more > 1 else ''}")
    if not shown:
        return "nobody"
    if len(shown) == 1:
        return shown[0]
    return f"{', '.join(shown[:-1])} or {shown[-1]}"


def spoken(name: str) -> str:
    """Say an identifier: `draft_review` is `Draft review`."""
    words = one_line(name.replace("_", " ").replace("-", " "), NAME_LENGTH)
    return words[:1].upper() + words[1:]


def checkpoint_title(crew: CrewVersion | None, name: str) -> str:
    """Give a checkpoint's title, from the crew where it says one."""
    point = crew.checkpoint(name) if crew else None
    title = one_line(point.title, NAME_LENGTH).rstrip(".") if point else ""
    is_template = "${" in title  # is filled in when the checkpoint is reached
    return title if title and not is_template else spoken(name)


def count(number: int, thing: str) -> str:
    """Count things: `1 run`, `3 runs`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _with_cents(number: Decimal) -> str:
    cents = f"{number:,.2f}"
    return cents if Decimal(cents.replace(",", "")) == number else f"{number:,f}"


def _decimal(value: str) -> Decimal | None:
    """Read a decimal that can be written out; huge exponents cannot."""
    try:
        number = Decimal(value.strip())
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
        return None
    return number if len(number.as_tuple().digits) <= _MOST_DIGITS else None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
