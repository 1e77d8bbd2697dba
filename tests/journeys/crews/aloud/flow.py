"""A crew without a model: it reads out a text that a test has put beside it."""

import json
from pathlib import Path

from crewai.flow.flow import Flow, listen, start
from crewai.flow.human_feedback import human_feedback
from pydantic import BaseModel, Field

TEXTS = Path(__file__).with_name("texts.json")


class Wish(BaseModel):
    """Which text; and whether it shall come back with every character spelt out."""

    what: str = Field("short", title="What")
    spelt_out: bool = Field(default=False, title="Spelt out")
    heading: str = Field("", json_schema_extra={"readOnly": True})


class Aloud(Flow[Wish]):
    """Reads a text aloud, and hands on what was approved."""

    @start()
    def read(self) -> str:
        """Take the text as it is."""
        texts: dict[str, list[str]] = json.loads(TEXTS.read_text("ascii"))
        self.state.heading, text = texts[self.state.what.split()[0]]
        return text

    @listen(read)
    @human_feedback(
        message="May it go out?",
        emit=["approved", "rejected"],
        metadata={
            "title": "${state.heading}",
            "facts": [{"name": "said", "type": "text", "value": "${output}"}],
        },
    )
    def review(self, text: str) -> str:
        """Let people look at it."""
        return text

    @listen("approved")
    def hand_on(self) -> str:
        """Give what was decided on."""
        decision = self.last_human_feedback
        assert decision is not None
        approved: str = decision.output
        return json.dumps(approved) if self.state.spelt_out else approved
