"""What must be seen where: the effects that leave a transaction as values.

A *thing* is shown at *places*. A posting joins the two; the courier makes Slack match.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from approvals.ids import ChannelId, UserId


class ThingKind(StrEnum):
    """What can be shown."""

    RUN = "run"  #: A run's one message; id is the run's
    CARD = "card"  #: A request's card; id is the request's
    RESULT = "result"  #: A run's final text; id is the run's
    FILE = "file"  #: A run's final text as a file, where it is long; id is the run's
    UNROUTABLE = "unroutable"  #: Nobody can decide a request; id is the request's


@dataclass(frozen=True, kw_only=True, slots=True)
class Thing:
    """Something that is shown, drawn from the state of the rows it names."""

    kind: ThingKind
    id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A conversation: a channel's id, or a person's (Slack opens the DM)."""

    conversation: ChannelId | UserId


class Manner(StrEnum):
    """What it means to be shown."""

    CONVERGE = "converge"  #: The place always shows the newest state
    ONCE = "once"  #: Said once, never changed


class Rank(IntEnum):
    """What goes first when Slack's pace does not allow everything at once."""

    SETTLED = 10  #: A decided card loses its buttons
    CARD = 20  #: A new card
    ESCALATION = 30
    REMINDER = 40
    NOTICE = 50  #: Results, refusals, news
    PROGRESS = 60  #: At most a third of what may be updated


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A place shall show a thing's newest state.

    `under` is the thing whose message at the same place is the parent of this one.
    `ping` are people to mention in the first post only.
    """

    thing: Thing
    place: Place
    rank: Rank
    manner: Manner = Manner.CONVERGE
    under: Thing | None = None
    ping: tuple[UserId, ...] = ()
