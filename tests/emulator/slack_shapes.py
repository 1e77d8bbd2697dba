"""Comparing what the local Slack sends with the keys that Slack's samples know."""

from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("shapes")


def unknown_keys(name: str, value: Any) -> list[str]:
    """The keys of a value that the sample of this name does not know."""
    known = set((_FOLDER / f"{name}.txt").read_text().split())
    return sorted(path for path in set(_paths(value)) if not _is_known(path, known))


def _is_known(path: str, known: set[str]) -> bool:
    if path in known or f"{path}.*" in known:
        return True
    parts = path.replace("[]", ".[]").split(".")
    roots = [".".join(parts[:end]).replace(".[]", "[]") for end in range(1, len(parts))]
    return any(f"{root}.*" in known for root in roots)


def _paths(value: Any, at: str = "") -> list[str]:
    if isinstance(value, dict):
        found = []
        for key, held in value.items():
            path = f"{at}.{key}" if at else key
            found += [path, *_paths(held, path)]
        return found
    if isinstance(value, list):
        return [path for item in value for path in _paths(item, f"{at}[]")]
    return []
