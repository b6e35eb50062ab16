"""Following a night: what a runner tells whoever watches it."""

from __future__ import annotations

from typing import Protocol

from nightshoot.events import Event
from nightshoot.lane import Span
from nightshoot.queueing.rows import Night, Queued


class Follower(Protocol):
    """Is told what happens in a night. Must be quick and must not raise; films do not wait for it.

    `begun`, `ended` and `beat` come from the runner's thread, `event` from any thread, `span` from
    the films' event loop.
    """

    def begun(self, entry: Queued) -> None:
        """A film was begun, or is gone on with."""
        ...

    def event(self, entry: int, event: Event) -> None:
        """Something happened in the film of this entry."""
        ...

    def span(self, span: Span) -> None:
        """A turn in a lane ended; `span.film` is the entry's number as text."""
        ...

    def ended(self, entry: Queued, what: str) -> None:
        """A film was let go; `entry` says how, `what` says it in words."""
        ...

    def beat(self, night: Night) -> None:
        """About a second has passed."""
        ...


class Nobody:
    """A follower that nothing interests."""

    def begun(self, entry: Queued) -> None:
        """Does nothing; as the others."""

    def event(self, entry: int, event: Event) -> None:
        """See `begun`."""

    def span(self, span: Span) -> None:
        """See `begun`."""

    def ended(self, entry: Queued, what: str) -> None:
        """See `begun`."""

    def beat(self, night: Night) -> None:
        """See `begun`."""
