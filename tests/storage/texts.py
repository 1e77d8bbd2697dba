"""Any text that can reach the store."""

from json import dumps, loads

from hypothesis import strategies as st


def _as_json_carries_it(text: str) -> str:
    """Join what JSON joins: all texts come to us through it, so no pair is split."""
    return str(loads(dumps(text)))


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=12).map(
    _as_json_carries_it
)
"""NUL and lone surrogates included: models and people write both."""
