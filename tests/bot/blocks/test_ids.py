"""What buttons carry comes back as it was, or not at all."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.ids import RequestId, RunId
from bot.blocks.ids import CardRef, ChoiceRef, CreateRef, RunRef, TextRef

UUIDS = st.uuids().map(str)
DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
CARDS = st.builds(
    CardRef,
    request=UUIDS.map(RequestId),
    revision=st.integers(1, 999_999),
    digest=DIGESTS,
)
REFS = st.one_of(
    CARDS,
    st.builds(ChoiceRef, card=CARDS, choice=st.integers(0, 99)),
    st.builds(RunRef, run=UUIDS.map(RunId)),
    st.builds(TextRef, of=UUIDS, is_result=st.booleans(), page=st.integers(0, 999_999)),
    st.builds(
        CreateRef, crew_version=st.from_regex(r"[0-9a-f]{0,64}", fullmatch=True),
        practice=st.booleans(),
    ),
)  # fmt: skip

REQUEST = str(UUID(int=7))
DIGEST = "ab" * 32


@given(ref=REFS)
def test_a_reference_survives_the_way_through_slack(
    ref: CardRef | ChoiceRef | RunRef | TextRef | CreateRef,
) -> None:
    """Written and read again, a reference is the same, and short."""
    assert type(ref).parse(str(ref)) == ref
    assert len(str(ref)) <= 200


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        "",
        "card:",
        f"card:{REQUEST}:1:{DIGEST} ",
        f"card:{REQUEST}:1:{DIGEST}\n",
        f"card:{REQUEST}:01:{DIGEST}",
        f"card:{REQUEST}:-1:{DIGEST}",
        f"card:{REQUEST}:1:{DIGEST.upper()}",
        f"card:{REQUEST}:1:{DIGEST[:-1]}",
        f"card:{REQUEST[:-1]}:1:{DIGEST}",
        f"card:{REQUEST}:\u0661:{DIGEST}",
        f"run:{REQUEST}",
        f"choice:{REQUEST}:1:{DIGEST}:0",
        {"card": REQUEST},
    ],
)
def test_anything_strange_is_no_card(value: object) -> None:
    """A value that we did not write is not half understood."""
    assert CardRef.parse(value) is None


@given(value=st.text() | st.none() | st.integers())
def test_reading_never_fails(value: object) -> None:
    """Any value is a reference or nothing."""
    for kind in (CardRef, ChoiceRef, RunRef, TextRef, CreateRef):
        found = kind.parse(value)
        assert found is None or str(found) == value
