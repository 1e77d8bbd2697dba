"""A decision: one person's recorded answer. Rows of these are only ever added."""

from dataclasses import dataclass
from datetime import datetime

from approvals.ids import DecisionId, RequestId, TeamId, UserId
from approvals.verdicts import Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """Who pressed what on which exact text, when, with which words.

    `digest` is what the person had before them; `origin` is Slack's id of the click
    or form, so that the same envelope delivered twice is one decision.
    """

    id: DecisionId
    team: TeamId
    request: RequestId
    person: UserId
    person_name: str
    verdict: Verdict
    label: str | None
    words: str
    digest: str
    origin: str
    at: datetime
