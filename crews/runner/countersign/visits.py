"""How often a run has come to a checkpoint: visits, and revisions within a visit."""


class Visits:
    """Counts the arrivals at one checkpoint.

    An arrival after *revise* is the next revision of the same visit; any other is a new
    visit.
    """

    def __init__(self) -> None:
        self._visit = 0
        self._revision = 0
        self._sent_back = False

    def arrive(self) -> tuple[int, int]:
        """Count an arrival; give its visit and revision, both from 1."""
        if self._sent_back:
            self._revision += 1
        else:
            self._visit, self._revision = self._visit + 1, 1
        self._sent_back = False
        return self._visit, self._revision

    def decided(self, verdict: str) -> None:
        """Note what was decided at the last arrival."""
        self._sent_back = verdict == "revise"
