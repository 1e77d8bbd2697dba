"""Identifiers shaped as Slack's."""

import hashlib
import secrets

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH = 9


def fresh(prefix: str) -> str:
    """An id nobody has seen, as in `V0F3K…`."""
    return prefix + "0" + "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def stable(prefix: str, *parts: str) -> str:
    """The id that the same parts always get: a DM keeps its id after a restart."""
    digest = hashlib.sha256("\n".join(parts).encode()).digest()
    letters = (_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:_LENGTH])
    return prefix + "0" + "".join(letters)


def token(kind: str) -> str:
    """A random token of a kind (`xoxb`, `xapp`), marked as a local one."""
    return f"{kind}-local-{secrets.token_urlsafe(18).replace('_', 'a')}"
