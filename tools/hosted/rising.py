"""Progress that never goes back, whatever a service says of it."""

from __future__ import annotations

from nightshoot.tools.protocols import Progress


class Rising:
    """Tells a progress only what is more than it was told before."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._told = -1.0

    def __call__(self, share: float) -> None:
        """Tells a share from 0.0 to 1.0."""
        share = min(1.0, max(0.0, share))
        if share > self._told:
            self._told = share
            self._progress(share)

    def part(self, first: float, last: float) -> Progress:
        """Gives the progress of a part of the work, between two shares of the whole."""
        return lambda share: self(first + (last - first) * share)
