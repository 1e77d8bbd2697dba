"""What can only be turned off once crewAI is there."""

import logging
from typing import Any

from crewai.flow.flow_config import flow_config

from countersign.inside import without_memory


class NobodyAsks:
    """Stands where crewAI would read from a console."""

    def request_feedback(self, context: Any, flow: Any) -> str:
        """Refuse: checkpoints are answered elsewhere, and never by silence."""
        del flow
        message = f"{context.method_name} was asked outside of a run"
        raise RuntimeError(message)

    def request_input(
        self, message: str, flow: Any, metadata: dict[str, Any] | None = None
    ) -> str | None:
        """Answer nothing: `Flow.ask` then gives None, as after a time-out."""
        del message, flow, metadata
        return None


def turn_off() -> None:
    """Turn off the memory that every flow would make, and the console's questions.

    What crewAI logs is heard only where a crew sets up logging itself.
    """
    logging.getLogger("crewai").addHandler(logging.NullHandler())
    without_memory()
    nobody = NobodyAsks()
    flow_config.hitl_provider = nobody
    flow_config.input_provider = nobody
