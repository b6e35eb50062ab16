"""When a process of ours that ended unasked is started again: at once, later, or not this hour."""

from __future__ import annotations

from collections import deque

_HOUR_S = 3600.0

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 60.0
"""A process that ends again without having done anything is started after this, then twice this and
so on up to that. A driver that is reset, or a disk that comes back, takes seconds to minutes."""


class Restarts:
    """Counts how often a process ended unasked, and says when it may be started again.

    One clock serves all calls, in seconds; it only goes forward.
    """

    def __init__(self, most_an_hour: int) -> None:
        """Starts with none.

        Args:
            most_an_hour: after so many ends within an hour it is not started until the first of
                them is an hour old.
        """
        self._most_an_hour = most_an_hour
        self._ends: deque[float] = deque(maxlen=most_an_hour)
        self._in_vain = 0
        self._told: dict[str, float] = {}

    def ended(self, now: float) -> None:
        """Notes that it ended."""
        self._ends.append(now)
        self._in_vain += 1

    def worked(self) -> None:
        """Notes that it did something: its next end is answered at once."""
        self._in_vain = 0

    def start_at(self) -> float:
        """Gives from when it may be started again."""
        if self._in_vain < 2:
            return 0.0
        pause_s: float = min(_FIRST_PAUSE_S * 2 ** min(self._in_vain - 2, 16), _LONGEST_PAUSE_S)
        return self._ends[-1] + pause_s

    def closed_s(self, now: float) -> float:
        """Gives for how long it is not started, as it ended too often; 0.0: it may be started."""
        if len(self._ends) < self._most_an_hour:
            return 0.0
        return max(0.0, self._ends[0] + _HOUR_S - now)

    def is_news(self, now: float, reason: str) -> bool:
        """Whether a reason was not told within the last hour; it counts as told from now on."""
        self._told = {one: at for one, at in self._told.items() if now - at < _HOUR_S}
        if reason in self._told:
            return False
        self._told[reason] = now
        return True
