"""What can only be turned off once crewAI is there."""

import logging

from crewai.core.providers.human_input import set_provider
from crewai.flow.flow_config import flow_config

from countersign.consoles import NobodyAsks
from countersign.inside import without_memory


def turn_off() -> None:
    """Turn off crewAI's log, its consoles, and the memory that every flow would make."""
    log = logging.getLogger("crewai")
    log.addHandler(logging.NullHandler())
    log.propagate = False
    without_memory()
    nobody = NobodyAsks()
    flow_config.hitl_provider = nobody
    flow_config.input_provider = nobody
    set_provider(nobody)
