"""Foreign text made fit to be shown: inert, visible as it is, of a known length.

Texts of models and of people are data. Nothing in them may mention, link, hide or
turn round what stands beside it. `clean` is the one entrance; what it gives can go into
`plain_text` and `rich_text`, which parse nothing. Only `escape` makes text for mrkdwn.
"""

import re
from typing import Final

_LINE_ENDS: Final = re.compile("\r\n?|[\x85\u2028\u2029]")
_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")

#: Unicode's directional overrides, embeddings and isolates, interlinear annotations, tags and
#: supplementary variation selectors: they turn text round or hide whole sentences.
_DECEIVING: Final = re.compile(
    "[\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\U000e0000-\U000e01ef]+"
)
#: Characters without width or ink that change nothing for a reader.
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f"
    "\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0]"
)
#: Variation selectors that follow no symbol.
_SELECTORS: Final = re.compile(
    "(?<![^\x00-\x7f\u200c\u200d\ufe00-\ufe0f]|[0-9#*])[\ufe00-\ufe0f]"
)
#: Joiners outside of the scripts and emoji that need them.
_JOINERS: Final = re.compile(
    "(?<![^\x00-\x7f\u200c\u200d])[\u200c\u200d]"
    "|[\u200c\u200d](?![^\x00-\x7f\u200c\u200d])"
)
#: Accents stacked until they cover the lines around them.
_STACKED: Final = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
#: How Slack's own mentions begin; a look-alike keeps them readable and dead.
_MENTION: Final = re.compile("<(?=[!@#])")
_LOOK_ALIKE: Final = "\u2039"

#: What some program takes for a mention, a link, markup or an image.
_ACTING: Final = re.compile(
    r"<[!@#]|</?[a-z][^<>]*>|]\(|\b[a-z][a-z+.-]*://|\b(?:javascript|data|mailto):",
    re.IGNORECASE,
)

_SPACES: Final = re.compile(r"\s+")
_RIGHT_TO_LEFT: Final = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_FIRST_STRONG_ISOLATE: Final = "\u2068"
_POP_ISOLATE: Final = "\u2069"
_SENTENCE: Final = 1_000
_ELLIPSIS: Final = "…"


def clean(text: str) -> str:
    """Give text in which everything that acts is dead and all that hides is seen.

    Lines stay. Right-to-left *text* stays as it is; what is marked as `[U+202E]` are
    the characters that force a direction.
    """
    text = _SURROGATES.sub("\ufffd", text)
    text = _LINE_ENDS.sub("\n", text)
    text = _CONTROLS.sub("", text)
    text = _DECEIVING.sub(_marked, text)
    for hidden in (_INVISIBLE, _SELECTORS, _JOINERS):
        text = hidden.sub("", text)
    text = _STACKED.sub(r"\1", text)
    return _MENTION.sub(_LOOK_ALIKE, text)


def would_act(text: str) -> bool:
    """Tell whether something in a text would act or hide, were it not cleaned."""
    return any(found.search(text) for found in (_ACTING, _DECEIVING, _INVISIBLE))


def one_line(text: str, limit: int) -> str:
    """Give cleaned text on one line, of at most `limit` characters as Slack counts.

    Text that runs from right to left is isolated, so that it cannot reorder what
    stands beside it in a sentence.
    """
    line = _SPACES.sub(" ", clean(text)).strip()
    if _RIGHT_TO_LEFT.search(line):
        line = shorten(line, limit - 2)
        return f"{_FIRST_STRONG_ISOLATE}{line}{_POP_ISOLATE}"
    return shorten(line, limit)


def shorten(text: str, limit: int) -> str:
    """Cut text that is too long after a whole word, and show that it was cut."""
    if length(text) <= limit:
        return text
    cut = text[: limit - 1]
    while length(cut) > limit - 1:
        cut = cut[: limit - 1 - length(cut)]
    space = max(cut.rfind(" "), cut.rfind("\n"))
    if space > len(cut) * 3 // 4:
        cut = cut[:space]
    return cut.rstrip() + _ELLIPSIS


def length(text: str) -> int:
    """Count characters as Slack's clients do: one above U+FFFF is two."""
    if text.isascii():
        return len(text)
    return len(text) + sum(char > "\uffff" for char in text)


def escape(text: str) -> str:
    """Make cleaned text harmless in mrkdwn (always with `verbatim`).

    Slack names three characters to escape (docs.slack.dev, formatting-message-text);
    entities also disarm mentions and links.
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def sentence(text: str) -> str:
    """Make mrkdwn of a sentence of ours in which foreign names may stand.

    Its own `*bold*` and `code` stay.
    """
    return escape(shorten(clean(text).strip(), _SENTENCE))


def inline(text: str, limit: int) -> str:
    """Make a stretch of foreign text for the middle of a mrkdwn sentence."""
    return escape(one_line(text, limit))


def _marked(found: re.Match[str]) -> str:
    hidden = found.group()
    if len(hidden) == 1:
        return f"[U+{ord(hidden):04X}]"
    return f"[{len(hidden)} hidden characters]"
