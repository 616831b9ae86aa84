"""What can be wrong with what somebody wants to do in the challenge log. Nothing was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ingest.errors import AllianceError


class LogError(AllianceError):
    """It cannot be done as it is asked. The message says why; nothing was written."""


class NoEntryError(LogError):
    """There is no such entry that the person may see: the same words where there is one."""

    def __init__(self, ref: str) -> None:
        super().__init__(
            f"There is no entry “{ref[:20]}” that you can see. Check the address, or ask whoever "
            "sent it to you whether it is shared with your authority."
        )


class NotNowError(LogError):
    """The entry is not in a state in which the move can be made."""


class AnswersError(LogError):
    """Answers that cannot be kept as they are. `faults` says what is wrong with each, by field."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        super().__init__(f"Nothing was saved. {' '.join(self.faults.values())}")


class ObstaclesError(LogError):
    """What stands in the way of a move, all of it at once."""

    def __init__(self, obstacles: Sequence[str]) -> None:
        self.obstacles = tuple(obstacles)
        super().__init__(f"Nothing was saved. {' '.join(self.obstacles)}")
