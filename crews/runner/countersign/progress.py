"""What the crew does right now, in names only: task, agent, tool, model."""

import queue
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

from crewai.events.event_bus import crewai_event_bus
from crewai.events.types.agent_events import (
    AgentExecutionStartedEvent,
    LiteAgentExecutionStartedEvent,
)
from crewai.events.types.llm_events import LLMCallCompletedEvent, LLMCallStartedEvent
from crewai.events.types.tool_usage_events import ToolUsageStartedEvent

from countersign.calls import running_call
from countersign.wire import Report

MAX_TEXT: Final = 120
"""Characters of a progress text."""

_PATIENCE: Final = 2.0


class Progress:
    """Hears crewAI's events and tells them on a thread of its own.

    crewAI lets every flow wait for all listeners, so they only append to a queue.
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._queue: queue.SimpleQueue[Mapping[str, Any] | threading.Event] = (
            queue.SimpleQueue()
        )
        self._last: Mapping[str, Any] = {}

    def listen(self) -> None:
        """Begin to hear and to tell."""
        for kind, words in _WORDS.items():
            crewai_event_bus.on(kind)(self._teller(words))
        crewai_event_bus.on(LLMCallCompletedEvent)(self._hear_usage)
        threading.Thread(
            target=self._tell, name="countersign-progress", daemon=True
        ).start()

    def flush(self) -> None:
        """Wait until everything heard has been told."""
        told = threading.Event()
        self._queue.put(told)
        told.wait(_PATIENCE)

    def _teller(self, words: Callable[[Any], str | None]) -> Callable[[Any, Any], None]:
        def hear(source: Any, event: Any) -> None:
            del source
            text = words(event)
            running = running_call.get()
            if text is None or running is None:
                return
            address = running.address
            self._queue.put(
                {
                    "type": "progress",
                    "path": address.path,
                    "method": address.method,
                    "call": address.call,
                    "text": " ".join(text.split())[:MAX_TEXT],
                }
            )

        return hear

    def _hear_usage(self, source: Any, event: Any) -> None:
        del source
        usage = event.usage or {}
        running = running_call.get()
        self._queue.put(
            {
                "type": "usage",
                "path": running.address.path if running else None,
                "method": running.address.method if running else None,
                "model": event.model or "",
                "prompt_tokens": _count(usage, "prompt_tokens", "input_tokens"),
                "completion_tokens": _count(
                    usage, "completion_tokens", "output_tokens"
                ),
            }
        )

    def _tell(self) -> None:
        while True:
            message = self._queue.get()
            if isinstance(message, threading.Event):
                message.set()
            elif message["type"] != "progress" or message != self._last:
                self._last = message
                self._report(message)


def _agent(event: Any) -> str | None:
    role = getattr(event.agent, "role", None)
    task = getattr(event.task, "name", None)
    return f"{role}: {task}" if role and task else role


def _lone_agent(event: Any) -> str | None:
    return (event.agent_info or {}).get("role")


def _model(event: Any) -> str | None:
    who = event.agent_role or event.task_name
    return f"{who} asks {event.model}" if who else f"asks {event.model}"


def _tool(event: Any) -> str | None:
    who = event.agent_role
    return f"{who} uses {event.tool_name}" if who else f"uses {event.tool_name}"


def _count(usage: Mapping[str, Any], *names: str) -> int:
    found = next((usage[name] for name in names if usage.get(name)), 0)
    return found if isinstance(found, int) else 0


_WORDS: Final[Mapping[type[Any], Callable[[Any], str | None]]] = {
    AgentExecutionStartedEvent: _agent,
    LiteAgentExecutionStartedEvent: _lone_agent,
    LLMCallStartedEvent: _model,
    ToolUsageStartedEvent: _tool,
}
