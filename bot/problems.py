"""A problem that a user can meet: its code, a sentence, and what to do about it.

Slack texts, exits and `countersign doctor` all take their words from one table,
`bot.problem_table`. What a person may not do is not here but among the refusals
of `approvals.errors`: nothing is wrong then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class ProblemCode(StrEnum):
    """The names that logs, scripts and `countersign doctor --json` can rely on."""

    SETTING_MISSING = "setting_missing"  #: A variable that is needed is not set
    SETTING_WRONG = "setting_wrong"  #: A variable has a value that cannot be
    SETTING_HARMFUL = "setting_harmful"  #: A variable that must not be set is
    OPTION_WRONG = "option_wrong"  #: A command was given a value that cannot be
    SLACK_TOKEN_REFUSED = "slack_token_refused"  # noqa: S105 - a code, not a secret #: Slack does not know it
    SLACK_SCOPES_MISSING = "slack_scopes_missing"  #: The app may not do all it must
    SLACK_UNREACHABLE = "slack_unreachable"  #: No answer from Slack
    SLACK_UNDELIVERED = "slack_undelivered"  #: Messages that Slack will not take
    BOT_NOT_IN_CHANNEL = "bot_not_in_channel"  #: A channel to show a run in
    CHANNEL_PRIVATE = "channel_private"  #: One that the bot cannot even see
    CHANNEL_SHARED = "channel_shared"  #: One that outsiders read
    DATABASE_UNREACHABLE = "database_unreachable"  #: Cannot be opened
    DATABASE_NEWER = "database_newer"  #: A newer version has upgraded it
    DATABASE_OLDER = "database_older"  #: Not upgraded yet
    SQLITE_RISKY = "sqlite_risky"  #: Python's own SQLite has a bug that matters
    RULES_EXIST = "rules_exist"  #: A first one is asked for, and there is one
    RULES_MISSING = "rules_missing"  #: No rules file
    RULES_BROKEN = "rules_broken"  #: A rules file that cannot be used
    RULES_PERSON_UNFIT = "rules_person_unfit"  #: Named in it, but can never decide
    NOBODY_IN_WORKSPACE = "nobody_in_workspace"  #: No full member to name in one
    NOBODY_TO_DECIDE = "nobody_to_decide"  #: A checkpoint without an approver
    UNKNOWN_CREW = "unknown_crew"  #: Asked for by a name that no crew has
    INPUTS_MISSING = "inputs_missing"  #: A crew cannot start without them
    INPUT_WRONG = "input_wrong"  #: Not what the crew's schema allows
    CREW_BROKEN = "crew_broken"  #: A flow file that cannot be used
    NO_CREWS = "no_crews"  #: Nothing to start
    NO_WORKER = "no_worker"  #: Nobody to run it
    MODEL_MISSING = "model_missing"  #: No model is set
    MODEL_UNREACHABLE = "model_unreachable"  #: No answer from the model's server
    MODEL_KEY_REFUSED = "model_key_refused"  #: The key is not accepted
    MODEL_RATE_LIMITED = "model_rate_limited"  #: Too many calls, or no credit
    OUTPUT_LONG = "output_long"  #: More text than a card can show
    OUTPUT_NEUTRALISED = "output_neutralised"  #: Text that would do something in Slack
    PORT_TAKEN = "port_taken"  #: Another program listens there
    ALREADY_RUNNING = "already_running"  #: Another `countersign start` has the lock


class Level(StrEnum):
    """How bad it is."""

    ERROR = "error"  #: Something asked for does not work
    WARNING = "warning"  #: It works, but not as well as it should
    NOTICE = "notice"  #: Good to know


class Check(StrEnum):
    """What `countersign doctor` looks at, in its order."""

    SETTINGS = "settings"  #: The environment and `.env`
    SLACK = "slack"  #: Tokens and scopes
    RULES = "rules"  #: The rules file, and the people it names
    LOCK = "lock"  #: Whether a `countersign start` is on
    DATABASE = "database"  #: It opens and fits this version
    CREWS = "crews"  #: What the workers have loaded
    WORKERS = "workers"  #: Whether any are alive
    DELIVERY = "delivery"  #: What Slack would not take
    MODEL = "model"  #: It answers and accepts the key


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Something that is wrong, in words for the person who meets it.

    `sentence` and `remedy` are data once facts stand in them: whoever shows them in
    Slack escapes them. `check` is doctor's check that finds it, if any can.
    """

    code: ProblemCode
    level: Level
    sentence: str
    remedy: str
    check: Check | None

    def __str__(self) -> str:
        """Put what is wrong and what to do on one line."""
        return f"{self.sentence} {self.remedy}".rstrip()


class ProblemsFound(Exception):
    """Something cannot go on; all that is known to be wrong is in `problems`."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
