"""What can be refused: a Web API call, an act at the control surface."""

from emulator.records import Json


class Refusal(Exception):
    """Something that Slack would not do.

    Attributes:
        code: Slack's error code, as in `channel_not_found`.
        extra: further keys of the answer.
    """

    def __init__(self, code: str, message: str = "", **extra: object) -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message or f"Slack refuses this: {code}."
        self.extra: Json = dict(extra)


class BadWorkspaceFile(Exception):
    """A workspace file or manifest that cannot be used; the message says why."""


def invalid_arguments(*complaints: str) -> Refusal:
    """Slack's answer to malformed arguments; each complaint names its place."""
    messages = [f"[ERROR] {complaint}" for complaint in complaints]
    return Refusal(
        "invalid_arguments",
        "; ".join(complaints),
        response_metadata={"messages": messages},
    )
