"""What a runner says, parsed where it comes in. Protocol version 1.

One JSON object a line. Unknown fields are passed over, so that a newer runner may say
more; an unknown type, or a field of the wrong kind, is `RunnerGarbled`.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)

from approvals.requests import CallAddress, FactType
from approvals.runs import FailureCause
from crews.errors import RunnerGarbled

PROTOCOL: Final = 1


def storable(text: str) -> str:
    """Replace what databases refuse: NUL, and halves of characters."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", "\ufffd")


Text = Annotated[str, AfterValidator(storable)]
"""A text that people will read."""


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Called(_Said):
    """Something about the n-th call of a method."""

    path: str = ""
    method: str
    call: int = 1

    @property
    def address(self) -> CallAddress:
        return CallAddress(path=self.path, method=self.method, call=self.call)


class Ready(_Said):
    """The first line: crewAI is imported and what is used of it is there."""

    type: Literal["ready"]
    protocol: int
    crewai: str = ""
    python: str = ""


class Unfit(_Said):
    """The first line, when it cannot work."""

    type: Literal["unfit"]
    code: str = ""
    message: str


class VerdictLabels(_Said):
    """The flow's labels by verdict."""

    approve: str | None = None
    reject: str | None = None
    revise: str | None = None
    skip: str | None = None
    expired: str | None = None
    choices: tuple[str, ...] = ()


class DescribedCheckpoint(_Said):
    """A checkpoint as the flow's file declares it."""

    name: str
    method: str
    title: str | None = None
    emit: tuple[str, ...] | None = None
    optional: bool = False
    policy: str | None = None
    verdicts: VerdictLabels = VerdictLabels()
    max_revisions: int | None = None
    consequence: Mapping[str, str] = Field(default_factory=dict)


class GraphMethod(_Said):
    """A method of the flow and what it waits for.

    `listens` names methods and labels, any of which may start it; `emits` are the
    labels that it may give.
    """

    name: str
    kind: str = "listen"
    title: str | None = None
    listens: tuple[str, ...] = ()
    emits: tuple[str, ...] = ()
    checkpoint: bool = False


class Graph(_Said):
    """The flow's methods, in file order."""

    methods: tuple[GraphMethod, ...] = ()


class Problem(_Said):
    """What is wrong with a crew's file."""

    file: str
    line: int | None = None
    message: str


class Described(_Said):
    """The answer to `describe`."""

    type: Literal["described"]
    name: str | None = None
    title: str | None = None
    description: str | None = None
    input_schema: Mapping[str, Any] | None = None
    checkpoints: tuple[DescribedCheckpoint, ...] = ()
    graph: Graph = Graph()
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem | str, ...] = ()


class StepStarted(_Called):
    """A method runs now."""

    type: Literal["step_started"]
    title: Text | None = None


class StepEntry(_Called):
    """A journal entry; everything but the address is the runner's own affair."""

    model_config = ConfigDict(frozen=True, extra="allow")

    title: Text | None = None

    def text(self) -> str:
        """Give it as the JSON that the runner will be handed on replay."""
        return json.dumps(self.model_dump(exclude_unset=True), separators=(",", ":"))


class Step(_Said):
    """A method call has ended; its branch waits until this is written."""

    type: Literal["step"]
    seq: int
    entry: StepEntry


class Progress(_Called):
    """What a step does just now."""

    type: Literal["progress"]
    method: str = ""
    text: Text


class AskedFact(_Said):
    """A fact beside the text."""

    name: str
    label: Text | None = None
    type: FactType = FactType.TEXT
    value: Text | None = None
    currency: str | None = None
    unknown: Text | None = None


class AskBody(_Called):
    """A checkpoint that was reached and has no decision yet."""

    checkpoint: str
    visit: int = 1
    revision: int = 1
    output: Any = None
    output_text: Text = ""
    title: Text | None = None
    message: Text | None = None
    facts: tuple[AskedFact, ...] = ()
    context: Text | None = None
    consequence: Mapping[str, Text | None] | None = None
    criteria: tuple[Text, ...] | None = None
    emit: tuple[str, ...] | None = None
    verdicts: VerdictLabels = VerdictLabels()
    policy: str | None = None
    max_revisions: int | None = None


class Asked(_Said):
    """A checkpoint asks."""

    type: Literal["ask"]
    ask: AskBody


class Applied(_Called):
    """A decision was handed to the flow."""

    type: Literal["applied"]
    request: str | None = None
    label: str | None = None


class Usage(_Said):
    """Tokens that a model call took."""

    type: Literal["usage"]
    model: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Printed(_Said):
    """What the crew's code printed."""

    type: Literal["print"]
    stream: str = "stdout"
    text: Text


class Retrying(_Said):
    """A model call failed and is tried again."""

    type: Literal["retry"]
    method: str | None = None
    attempt: int
    of: int
    reason: Text = ""
    wait: float = 0.0


class Overtaken(_Called):
    """An `or_` race went on without this ask: it is needless now."""

    type: Literal["overtaken"]


class AskKey(_Called):
    """Which ask is meant."""

    checkpoint: str = ""


class Ended(_Said):
    """The segment is over: all branches wait or have ended, or the flow is done."""

    type: Literal["ended"]
    outcome: Literal["waiting", "finished"]
    asks: tuple[AskKey, ...] | None = None
    result_text: Text = ""
    ended_by: Literal["reject", "expired"] | None = None
    ended_at: AskKey | None = None
    reusable: bool = True


class FailedThere(_Said):
    """The flow failed in the runner. `file` is relative to the crew's folder."""

    type: Literal["failed"]
    method: str | None = None
    kind: str = "flow"
    cause: FailureCause | None = None
    message: Text
    traceback: Text = ""
    file: str | None = None
    line: int | None = None
    reusable: bool = False


Message = Annotated[
    Ready
    | Unfit
    | Described
    | StepStarted
    | Step
    | Progress
    | Asked
    | Applied
    | Usage
    | Printed
    | Retrying
    | Overtaken
    | Ended
    | FailedThere,
    Field(discriminator="type"),
]

_MESSAGE: Final[TypeAdapter[Message]] = TypeAdapter(Message)


def read_message(line: bytes) -> Message:
    """Parse one line.

    Raises:
        RunnerGarbled: it is not JSON, or not a message of this protocol.

    """
    try:
        return _MESSAGE.validate_python(json.loads(line))
    except (ValueError, RecursionError) as error:
        raise RunnerGarbled(_first_reason(error), line) from error


def _first_reason(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return "not JSON"
    first = error.errors(include_url=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else first["msg"]
