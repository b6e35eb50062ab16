"""Whether a film has as many frames as its parts."""

from __future__ import annotations

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.film.shown import FilmShown
from nightshoot.tools.measure.protocol import Scale


class FrameCount:
    """Counts frames that are missing or too many."""

    scale = Scale(id="frame_count", unit="frames", direction=Direction.AT_MOST, threshold=0)

    def __call__(self, shown: FilmShown) -> Finding:
        """Gives how far off the count is."""
        found, asked = shown.film.num_frames, shown.cut.num_frames
        return self.scale.finding(
            abs(found - asked), f"The film has {found} frames, its parts {asked}."
        )
