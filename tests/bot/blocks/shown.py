"""Values that are shown, and ways to look at what was drawn."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from approvals.ids import UserId
from approvals.requests import ApprovalRequest, Closing
from approvals.runs import Run
from approvals.verdicts import Verdict
from bot.blocks.card import CardView
from bot.blocks.message import Message, View
from bot.blocks.run_view import RunView
from tests.builders import (
    APPROVER,
    START,
    a_checkpoint,
    a_crew_version,
    a_routed_request,
    a_run,
)

NAMES = {APPROVER: "Ben", UserId("U0CHIARA"): "Chiara"}
STEPS = {
    "draft": "Write a draft",
    "draft_review": "Draft review",
    "legal_check": "Legal check",
    "publish": "Publish",
}
CREW = a_crew_version(
    steps=STEPS,
    checkpoints=(
        a_checkpoint("draft_review", title="Draft review"),
        a_checkpoint("legal_check", title="Legal check", optional=True),
    ),
)


def a_card_view(
    request: ApprovalRequest | None = None, run: Run | None = None, **changes: Any
) -> CardView:
    run = run or a_run(code="K7M2QX")
    request = request or a_routed_request(run)
    known = {"request": request, "run": run, "crew": CREW, "names": NAMES}
    return CardView(**(known | changes))


def a_run_view(run: Run | None = None, **changes: Any) -> RunView:
    known = {"run": run or a_run(code="K7M2QX"), "crew": CREW, "names": NAMES}
    return RunView(**(known | changes))


def a_closing(verdict: Verdict | None, words: str = "", **changes: Any) -> Closing:
    known: dict[str, Any] = {
        "by": APPROVER,
        "by_name": "Ben",
        "at": START + timedelta(hours=1),
        "verdict": verdict,
        "label": None,
        "words": words,
    }
    return Closing(**(known | changes))


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object within a message, a view or a block."""
    if isinstance(value, Message):
        value = value.blocks
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list | tuple):
        for entry in value:
            yield from nodes(entry)


def texts(value: Message | View | Any) -> str:
    """All that is to be read, in its order, each stretch on a line of its own."""
    return "\n".join(_lines(value))


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, Message):
        value = value.blocks
    if isinstance(value, list | tuple):
        for entry in value:
            yield from _lines(entry)
    elif isinstance(value, dict):
        yield from _lines_of(value)


def _lines_of(node: dict[str, Any]) -> Iterator[str]:
    if isinstance(node.get("text"), str):
        yield node["text"]
    elif str(node.get("type")).startswith("rich_text_") and "style" not in node:
        yield "".join(map(_span, node["elements"]))
    else:
        for inner in node.values():
            yield from _lines(inner)


def _span(node: dict[str, Any]) -> str:
    match node["type"]:
        case "date":
            return f"[{node['fallback']}]"
        case "user":
            return f"@{node['user_id']}"
        case _:
            return str(node["text"])


def buttons(value: Message | View) -> list[str]:
    """The labels of all buttons."""
    return [n["text"]["text"] for n in nodes(value) if n.get("type") == "button"]


def values(value: Message | View) -> dict[str, str]:
    """What each button carries, by its action."""
    return {
        n["action_id"]: n["value"]
        for n in nodes(value)
        if "value" in n and "action_id" in n
    }


NASTY = st.sampled_from(
    [
        "<!channel>",
        "<!here|x>",
        "<!subteam^S1>",
        "<!date^1^{date}|x>",
        "<@U0ANA>",
        "<#C0GENERAL|g>",
        "<https://evil.example|Approve>",
        "[Approve](https://evil.example)",
        "![x](https://evil.example/x.png)",
        "https://evil.example",
        "<script>alert(1)</script>",
        "&lt;!channel&gt;",
        "&#x202E;",
        "\u202egnp.exe\u202c",
        "\u2066\u2067\u2069",
        "\u200b\u200d\ufeff",
        "\U000e0041\U000e0042",
        "\ud800",
        "\x00\x1b[31m",
        "`",
        "```",
        "~~~\n",
        "*",
        "_",
        "> ",
        "- ",
        "1. ",
        "| a | b |\n|---|---|\n| c |\n",
        "\n",
        "\n\n",
        " ",
        "\t",
        "שלום",
        "é̀́̂̃̄",
        "👩‍💻",
        "x" * 500,
        "word ",
    ]
)
"""Pieces of text that would do something, or break something."""

HOSTILE = st.lists(NASTY | st.text(max_size=20), max_size=60).map("".join)
"""Any text, and the worst of it together."""
