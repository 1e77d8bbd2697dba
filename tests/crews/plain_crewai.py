"""Plain crewAI, nothing of ours: runs flow files as its users do.

JSON lines: `{"path", "inputs", "answers"}` in, `{"asked", "steps", "result"}` out.
`answers` are what a person types at each checkpoint, in order.
"""

import json
import os
import sys
from typing import Any

from crewai.flow.flow import Flow
from crewai.flow.flow_config import flow_config
from crewai_core.printer import set_suppress_console_output


class Person:
    """Answers each checkpoint with the next prepared words."""

    def __init__(self, answers: list[str]) -> None:
        self._answers = iter(answers)
        self.asked: list[dict[str, Any]] = []

    def request_feedback(self, context: Any, flow: Any) -> str:
        del flow  # crewAI hands it over; nothing here needs it
        self.asked.append(
            {"checkpoint": context.method_name, "output": context.method_output}
        )
        return next(self._answers)


def run(path: str, inputs: dict[str, Any], answers: list[str]) -> dict[str, Any]:
    person = Person(answers)
    flow_config.hitl_provider = person
    flow: Any = Flow.from_declaration(path=path)
    result = flow.kickoff(inputs=inputs)
    return {
        "asked": person.asked,
        "steps": [entry["method"] for entry in flow._method_outputs],
        "result": getattr(result, "raw", result),
    }


def main() -> None:
    set_suppress_console_output(True)
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for line in sys.stdin:
        replies.write(json.dumps(run(**json.loads(line))) + "\n")
        replies.flush()


if __name__ == "__main__":
    main()
