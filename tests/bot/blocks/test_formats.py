"""Times, money, numbers and names."""

from datetime import UTC, datetime, timedelta

import pytest

from approvals.requests import Fact, FactType
from bot.wording.formats import (
    any_of,
    date_mark,
    fact_text,
    money_text,
    number_text,
    spoken,
    until_text,
)

FRIDAY = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        ("3400", "EUR", "€3,400"),
        ("3400.00", "eur", "€3,400"),
        ("3400.5", "USD", "$3,400.50"),
        ("0.125", "GBP", "£0.125"),
        ("-12", "EUR", "-€12"),
        ("12", "CHF", "CHF 12"),
        ("12", None, "12"),
        ("about 12", "EUR", "about 12 EUR"),
        ("1e999999999", "EUR", "1e999999999 EUR"),
        ("NaN", "EUR", "NaN EUR"),
    ],
)
def test_money(value: str, currency: str | None, shown: str) -> None:
    """Amounts have their sign and thousands; what is no number stays as it is."""
    assert money_text(value, currency) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [("1234567.50", "1,234,567.5"), ("100", "100"), ("1E+3", "1,000"), ("n/a", "n/a")],
)
def test_numbers(value: str, shown: str) -> None:
    """Numbers have thousands and no needless noughts."""
    assert number_text(value) == shown


def test_an_unknown_fact_says_why() -> None:
    """A fact that could not be worked out is not shown as a value."""
    fact = Fact(
        name="risk", label="Risk", type=FactType.CHOICE, value=None, unknown="no field"
    )

    assert fact_text(fact) == "unknown: no field"


def test_a_deadline_soon_needs_no_date() -> None:
    """Within a week the day's name is enough; the zone is the reader's."""
    soon = FRIDAY - timedelta(days=2)

    assert until_text(FRIDAY, seen_from=soon, tz="Europe/Madrid") == "Fri 17:00"


def test_a_deadline_far_away_has_its_date() -> None:
    """Beyond that, the day's name would mislead."""
    early = FRIDAY - timedelta(days=12)

    assert until_text(FRIDAY, seen_from=early, tz="UTC") == "Fri 27 Nov 16:00"


def test_an_unknown_zone_is_utc() -> None:
    """A zone that no one knows does not keep a card from being drawn."""
    assert until_text(FRIDAY, seen_from=FRIDAY, tz="../etc/passwd") == "Fri 16:00"


def test_a_time_is_each_readers_own() -> None:
    """Slack draws times in the zone of who reads them."""
    assert date_mark(FRIDAY) == (
        "<!date^1795795200^{date_short_pretty} at {time}|Fri 27 Nov 2026, 16:00 UTC>"
    )


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ([], "nobody"),
        (["Ben"], "Ben"),
        (["Ben", "Cy"], "Ben or Cy"),
        (["A", "B", "C"], "A, B or C"),
        (["A", "B", "C", "D", "E"], "A, B, C, D or 1 other"),
    ],
)
def test_alternatives(names: list[str], shown: str) -> None:
    """A list of people reads as a sentence, however long."""
    assert any_of(names) == shown


def test_identifiers_are_spoken() -> None:
    """Nobody reads snake case."""
    assert spoken("draft_review") == "Draft review"
