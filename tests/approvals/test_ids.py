"""Ids sort by time; codes survive being read aloud and typed."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.ids import CROCKFORD, new_code, new_id, read_code

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def test_ids_are_version_7_and_sort_by_time() -> None:
    """The order of ids is the order of making."""
    ids = [new_id(NOW + timedelta(milliseconds=n)) for n in range(50)]

    assert sorted(ids) == ids
    assert {7} == {UUID(one).version for one in ids}


def test_a_code_is_read_back_as_it_was_made() -> None:
    """What we print, we understand."""
    code = new_code()

    assert read_code(code) == code
    assert read_code(f" `{code.lower()}` ") == code


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("k7m2qx", "K7M2QX"),
        ("K7M2OI", "K7M201"),  # O for 0, I for 1
        ("l0l0l0", "101010"),
        ("#K7M2QX", "K7M2QX"),
        ("K7M2Q", None),  # too short
        ("K7M2QXX", None),  # too long
        ("K7M2QU", None),  # no U in the alphabet
        ("", None),
    ],
)
def test_codes_are_read_as_people_type_them(typed: str, meant: str | None) -> None:
    """Letters that look like digits are those digits; anything else is no code."""
    assert read_code(typed) == meant


@given(st.text())
def test_no_text_makes_reading_a_code_fail(text: str) -> None:
    """A strange text is no code, not an error."""
    code = read_code(text)

    assert code is None or set(code) <= set(CROCKFORD)
