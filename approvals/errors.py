"""What can be refused, and the sentence for each.

ApprovalError
├── NotFromHere          a state change that the table does not allow
├── Refused              something a person asked for is refused; `str()` is for them
│   ├── NotAnApprover
│   ├── OwnRequest
│   ├── NeverDecides
│   ├── RequestClosed
│   ├── NotYetRouted
│   ├── OlderVersion
│   ├── NotNeeded
│   ├── NotOffered
│   ├── WordsNeeded
│   ├── RunEnded
│   ├── NothingToRetry
│   ├── NotYours
│   └── NobodyToAsk
├── Unknown              no such run or request
├── StaleAttempt         a worker that was thought dead wants to write
├── Conflict             somebody else changed the row first
└── StoreUnavailable     the store is busy or gone; nothing was changed
"""

from collections.abc import Sequence


class ApprovalError(Exception):
    """The root of everything refused here."""


class NotFromHere(ApprovalError):
    """A move that is not in the transition table; nothing was changed."""

    def __init__(self, state: str, move: str) -> None:
        super().__init__(f"cannot {move} from {state}")
        self.state = state
        self.move = move


class Refused(ApprovalError):
    """Something a person asked for is refused, and why; nothing was changed."""


class NotAnApprover(Refused):
    """The person is not among those who may decide this."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        who = " or ".join(names) if names else "nobody yet"
        super().__init__(f"This one is not yours to decide. It waits for {who}.")


class OwnRequest(Refused):
    """The requester may not decide their own run."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        who = " or ".join(names) if names else "somebody else"
        super().__init__(
            f"You started this run, so you may not decide it. It waits for {who}."
        )


class NeverDecides(Refused):
    """Bots, guests, external and deactivated people never decide."""

    def __init__(self) -> None:
        super().__init__("Only full members of this workspace can do that.")


class RequestClosed(Refused):
    """Somebody else was first, or time was."""

    def __init__(self, outcome: str, by_name: str, at_text: str = "") -> None:
        self.outcome = outcome
        self.by_name = by_name
        by = f" by {by_name}" if by_name else ""
        super().__init__(f"Already {outcome}{by}{at_text}. Nothing was changed.")


class NotYetRouted(Refused):
    """The people of this request are not known yet."""

    def __init__(self) -> None:
        super().__init__("It is not settled yet who decides this. Try in a moment.")


class OlderVersion(Refused):
    """The card that was pressed shows something else than what is asked now."""

    def __init__(self, by_name: str = "", at_text: str = "") -> None:
        sent_back = f": {by_name} sent it back{at_text}" if by_name else ""
        super().__init__(
            f"This card shows an older version{sent_back}. Please use the newest one."
        )


class NotNeeded(Refused):
    """The run goes on without an answer to this."""

    def __init__(self) -> None:
        super().__init__("This is not needed any more: the run went another way.")


class NotOffered(Refused):
    """The verdict is not on offer here."""

    def __init__(self, verdict: str) -> None:
        self.verdict = verdict
        super().__init__(f"*{verdict.capitalize()}* is not offered here any more.")


class WordsNeeded(Refused):
    """A rejection needs a reason, a revision needs feedback."""

    def __init__(self) -> None:
        super().__init__("Please write a few words: they go to the crew.")


class RunEnded(Refused):
    """The run is over; `how` says in what way, as in `cancelled by Ana`."""

    def __init__(self, code: str, how: str) -> None:
        super().__init__(f"Run {code} is over: {how}. Nothing was changed.")


class NothingToRetry(Refused):
    """The run has not failed, or was let go on already."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Run {code} goes on already. Nothing was changed.")


class NotYours(Refused):
    """Only the requester or an admin may do this to a run."""

    def __init__(self, requester_name: str) -> None:
        super().__init__(f"Only {requester_name} or an admin can do that.")


class NobodyToAsk(Refused):
    """A checkpoint that nobody but the requester could decide."""

    def __init__(self, checkpoint: str, why: str) -> None:
        self.checkpoint = checkpoint
        self.why = why
        super().__init__(f"Nobody can decide *{checkpoint}*: {why}")


class Unknown(ApprovalError):
    """No such thing, or not in this team."""

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no {what}.")


class StaleAttempt(ApprovalError):
    """The segment was given to another worker meanwhile, or ended."""


class Conflict(ApprovalError):
    """Another transaction changed the row first; look again and retry."""


class StoreUnavailable(ApprovalError):
    """The store is busy or does not answer; nothing was changed. Try again later."""
