"""Options that the app answered to a `block_suggestion`, until the next ones."""

from emulator.errors import Refusal
from emulator.forms import Control
from emulator.records import Json


class Suggestions:
    """The last answered options for each person's external selects."""

    def __init__(self) -> None:
        self._options: dict[tuple[str, str, str], list[Json]] = {}

    def answered(self, person: str, control: Control) -> list[Json]:
        return self._options.get((person, control.block_id, control.action_id), [])

    def remember(self, person: str, control: Control, answer: Json) -> Json:
        """Keep an answer.

        Returns:
            `options` and `option_groups`, one of them None.

        Raises:
            Refusal: `invalid_options`: it holds neither.
        """
        options, groups = answer.get("options"), answer.get("option_groups")
        if options is None and groups is None:
            raise Refusal("invalid_options", "The app answered with no options.")
        offered = list(options or [])
        for group in groups or []:
            offered += group["options"]
        self._options[person, control.block_id, control.action_id] = offered
        return {"options": options, "option_groups": groups}
