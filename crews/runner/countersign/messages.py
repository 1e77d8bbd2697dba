"""What the worker says, checked; the README beside this package tells the protocol."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from countersign.calls import Address

PROTOCOL = 1
"""The version of the protocol; told in `ready`."""


class _Said(BaseModel):
    # A newer worker may say more than this runner knows.
    model_config = ConfigDict(frozen=True, extra="ignore")


class Answer(_Said):
    """A decision on its way into the flow. `request` is None where nobody was asked."""

    path: str
    method: str
    call: int
    request: str | None = None
    verdict: Literal["approve", "reject", "revise", "skip", "choose", "expired"]
    label: str | None = None
    words: str = ""
    by: str = ""
    at: str | None = None
    digest_output: str | None = None
    unticked: bool = False

    @property
    def address(self) -> Address:
        """The call whose output was decided on."""
        return Address(self.path, self.method, self.call)


class Entry(_Said):
    """A finished call as it was journalled: its result, the state after it.

    `began_with` is, in a nested flow, the digest of what it was started with.
    """

    path: str
    method: str
    call: int
    result: Any = None
    state: Any = None
    applied: tuple[Answer, ...] = ()
    began_with: str | None = None

    @property
    def address(self) -> Address:
        """The call that it answers."""
        return Address(self.path, self.method, self.call)


class RunFacts(_Said):
    """The run that the segment belongs to."""

    id: str
    code: str = ""
    requester: str = ""
    priority: str = ""


class Limits(_Said):
    """What a step may return and a run may keep, in bytes of JSON. None: no limit."""

    output_bytes: int | None = None
    journal_bytes: int | None = None


class Describe(_Said):
    """Load a crew and say what it is."""

    type: Literal["describe"] = "describe"
    bundle: str
    entry: str


class Start(_Said):
    """Run one segment."""

    type: Literal["start"] = "start"
    run: RunFacts
    segment: int = 1
    attempt: int = 1
    bundle: str
    entry: str
    inputs: dict[str, Any] = Field(default_factory=dict)
    held: tuple[str, ...] = ()
    model: str | None = None
    journal: tuple[Entry, ...] = ()
    answers: tuple[Answer, ...] = ()
    limits: Limits = Limits()


class Written(_Said):
    """A `step` has been journalled."""

    type: Literal["written"] = "written"
    seq: int


class Cancel(_Said):
    """End at once."""

    type: Literal["cancel"] = "cancel"


Order = Annotated[
    Describe | Start | Written | Cancel,
    Field(discriminator="type"),
]

ORDERS: TypeAdapter[Describe | Start | Written | Cancel] = TypeAdapter(Order)
