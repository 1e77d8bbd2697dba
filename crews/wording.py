"""How the worker writes for people: titles, sizes and durations."""

from typing import Final

_MINUTE: Final = 60.0
_KIBIBYTE: Final = 1024


def as_title(name: str) -> str:
    """Write a method's or checkpoint's name as a title: `write_draft`, *Write draft*."""
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def seconds(amount: float) -> str:
    """Write a duration: `10 minutes`, `30 s`."""
    if amount < _MINUTE:
        return f"{amount:g} s"
    minutes = amount / _MINUTE
    return "1 minute" if minutes == 1 else f"{minutes:g} minutes"


def size(amount: int) -> str:
    """Write a size: `5 MB`, `12 kB`, `40 bytes`."""
    if amount < _KIBIBYTE:
        return f"{amount} bytes"
    if amount < _KIBIBYTE**2:
        return f"{amount / _KIBIBYTE:.3g} kB"
    return f"{amount / _KIBIBYTE**2:.3g} MB"
