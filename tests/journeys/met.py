"""What somebody reads who meets a problem, and what doctor says of it at that moment."""

import asyncio
import html
import json
import re
from dataclasses import dataclass, replace

from bot.problems import Check
from tests.journeys.product import Product


@dataclass(frozen=True, kw_only=True, slots=True)
class Met:
    """A text in Slack, or of an exit; `doctor` is None where doctor was not asked."""

    text: str
    doctor: str | None = None

    def says(self, template: str) -> bool:
        """Tell whether a sentence of the table stands in the text, with any facts."""
        text = " ".join(html.unescape(self.text).split())
        parts = re.split(r"\{\w+\}", template)
        return re.search(".+?".join(map(re.escape, parts)), text) is not None

    def codes(self, check: Check) -> list[str]:
        """List the codes that doctor found at a check."""
        report = json.loads(self.doctor or "{}")
        return [
            problem["code"]
            for found in report["checks"]
            if found["check"] == check
            for problem in found["problems"]
        ]


def elsewhere(product: Product, **changes: str) -> Product:
    """Give the same product for commands that read other settings; "" is not set."""
    return replace(product, environment=product.environment | changes)


async def examined(product: Product) -> str:
    """Run doctor, for scripts."""
    _, report = await product.countersign("doctor", "--json")
    return report


async def told_by_doctor(product: Product) -> Met:
    """Meet a problem that nobody but doctor tells of."""
    (_, text), report = await asyncio.gather(
        product.countersign("doctor"), examined(product)
    )
    return Met(text=text, doctor=report)
