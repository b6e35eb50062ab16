"""Several followers as one: none of them can harm a film, or another follower."""

from __future__ import annotations

import logging
from collections.abc import Callable

from nightshoot.events import Event
from nightshoot.following import Follower
from nightshoot.lane import Span
from nightshoot.queueing import Night, Queued

_log = logging.getLogger(__name__)


class Followers:
    """A follower that tells others. One that raises is told nothing more, and the log says why."""

    def __init__(self, *followers: Follower) -> None:
        """Takes those that are told, in this order."""
        self._followers = followers

    def begun(self, entry: Queued) -> None:
        """A film was begun, or is gone on with."""
        self._tell(lambda one: one.begun(entry))

    def event(self, entry: int, event: Event) -> None:
        """Something happened in the film of this entry."""
        self._tell(lambda one: one.event(entry, event))

    def span(self, span: Span) -> None:
        """A turn in a lane ended."""
        self._tell(lambda one: one.span(span))

    def ended(self, entry: Queued, what: str) -> None:
        """A film was let go."""
        self._tell(lambda one: one.ended(entry, what))

    def beat(self, night: Night) -> None:
        """About a second has passed."""
        self._tell(lambda one: one.beat(night))

    def _tell(self, tell: Callable[[Follower], None]) -> None:
        for one in self._followers:
            try:
                tell(one)
            except Exception:  # noqa: BLE001 the edge of one follower's work
                _log.exception("%s follows the night no longer", type(one).__name__)
                # A new tuple: whoever tells at this moment in another thread has the old one.
                self._followers = tuple(left for left in self._followers if left is not one)
