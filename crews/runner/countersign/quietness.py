"""What can only be turned off once crewAI is there."""

import logging

from crewai.core.providers.human_input import set_provider
from crewai.flow.flow_config import flow_config

from countersign.consoles import NobodyAsks
from countersign.inside import without_memory


def turn_off() -> None:
    """Turn off the memory that every flow would make, and the console's questions.

    What crewAI logs is heard only where a crew sets up logging itself.
    """
    logging.getLogger("crewai").addHandler(logging.NullHandler())
    without_memory()
    nobody = NobodyAsks()
    flow_config.hitl_provider = nobody
    flow_config.input_provider = nobody
    set_provider(nobody)
