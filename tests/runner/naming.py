"""Names for parameters that are the same in every process."""

import re


def name_of(value: object) -> str:
    """Write a value without its address in memory, cut to what a line can show."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))[:60]
