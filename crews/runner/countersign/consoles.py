"""Where crewAI would read from a console: nobody is there, and that is said."""

from typing import Any, NoReturn

from crewai.core.providers.human_input import HumanInputProvider


class NobodyThere(BaseException):
    """Raised in a step that asks on a console.

    Not an `Exception`: crewAI turns those into no answer at all, or has the agent do
    its task again, and both would pass for somebody's consent.
    """

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what}, but there is no console in a run: ask at a checkpoint, with"
            " human_feedback on a method of the flow"
        )


class NobodyAsks(HumanInputProvider):
    """Stands for the console, for flows and for the tasks of crews alike."""

    def request_feedback(self, context: Any, flow: Any) -> NoReturn:
        """Refuse what a flow asks that was not instrumented."""
        del flow
        what = f"{context.method_name} asks for feedback"
        raise NobodyThere(what)

    def request_input(
        self, message: str, flow: Any, metadata: dict[str, Any] | None = None
    ) -> NoReturn:
        """Refuse what `Flow.ask` asks."""
        del flow, metadata
        what = f"the step asks {message!r}"
        raise NobodyThere(what)

    def setup_messages(self, context: Any) -> bool:
        """Leave a task's messages as they are."""
        del context
        return False

    def post_setup_messages(self, context: Any) -> None:
        """Leave them as they are afterwards, too."""

    def handle_feedback(self, formatted_answer: Any, context: Any) -> NoReturn:
        """Refuse what a task with `human_input` asks."""
        del formatted_answer
        name = getattr(context.task, "name", None) or "a task"
        what = f"the task {name!r} asks for human input"
        raise NobodyThere(what)

    async def handle_feedback_async(
        self, formatted_answer: Any, context: Any
    ) -> NoReturn:
        """Refuse it where the task is awaited."""
        self.handle_feedback(formatted_answer, context)
