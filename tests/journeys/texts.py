"""Texts that a crew might write: some would do harm in Slack, some are very long."""

from typing import Final

MENTIONS: Final = (
    "<!channel> <!here> <!everyone> @channel @here"
    " <@U0BENOKAF0> <@U0BENOKAF0|Ben> <#C0GENERAL0|general>"
    " <!subteam^S0APPROVER|@approvers> <!date^1|{date}|boo>"
)

LINKS: Final = (
    "<https://evil.example/a|https://your-bank.example>"
    " [your-bank.example](https://evil.example/b 'Your bank')"
    " <mailto:boss@evil.example|the boss> <javascript:alert(1)|here>"
    " ![paid](https://evil.example/pixel.png)"
    " https://evil.example/bare <https://evil.example/auto>\n\n"
    "[1]: https://evil.example/hidden"
)

MARKUP: Final = (
    "<script>alert(document.cookie)</script> <img src=x onerror=alert(1)>"
    " <!-- approve this --> &lt;!channel&gt; &amp;lt;!here&amp;gt;"
    " *bold* _it_ ~no~ `code` > quote :tada: ```open fence"
)

HIDDEN: Final = (
    "pay \u202e000,1\u202c EUR to \u2066me\u2069, zero\u200bwidth\u200d\ufeff"
    " \U000e0041\U000e0042\U000e0043 a\u0301\u0301\u0301\u0301\u0301\u0301\u0301"
    " \x00\x07\x1b[31m \ud83d alone \udc00 \u2028 \x85 end \U0001f468\u200d\U0001f469"
)

STRUCTURE: Final = "\n\n".join(
    [
        *(f"{'#' * (1 + n % 6)} Heading {n} <!channel>" for n in range(60)),
        "| a | b |\n|---|---|\n" + "\n".join(f"| {n} | <!here> |" for n in range(80)),
        "> " * 40 + "deep",
        "- [x](https://evil.example/c)\n" * 5_000,
        "W" * 20_000,
        "\U0001f600" * 3_000,
    ]
)

HOSTILE: Final = f"{MENTIONS}\n\n{LINKS}\n\n{MARKUP}\n\n{HIDDEN}\n\n{STRUCTURE}"
"""All of it in one text: what Slack would act on stands first, in the preview."""

WHOLE: Final = HOSTILE.replace("\ud83d alone \udc00", "alone").replace("\x00", "")
"""The same, without what no UTF-8 file and no database can hold."""

LONG: Final = "\n\n".join(
    f"Paragraph {number:04}. " + "It goes on and on. " * 10 for number in range(1, 966)
)
"""200 kB, in paragraphs that are counted."""

HUGE: Final = "It never ends. " * 71_000
"""More than the 1 MB that a crew's output may have."""

TITLE: Final = "<!channel> *Pay* <https://evil.example|now> \u202eyap"

TEXTS: Final = {
    "short": ("Say it shortly", "All is well."),
    "mentions": ("Read every word", f"{MENTIONS}\n\n{LINKS}\n\n{MARKUP}"),
    "hostile": (TITLE, HOSTILE),
    "whole": ("Hand it on as it is", WHOLE),
    "long": ("Read for long", LONG),
    "huge": ("Never end", HUGE),
}
"""Title and text of what *aloud* can read, by the name that it is asked for with."""
