"""Whether a line has nothing to hear, or falls silent in the middle."""

from __future__ import annotations

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.protocol import Scale
from nightshoot.tools.measure.sound.shown import FRAME_S, LineShown

LONGEST_S = 1.0
"""Source: `benchmarks/critic/sound.py`: the longest pause that Kokoro's voices make inside a line
is 0.53 s, after a full stop; twice that is a hole. Voices of the network were not measured."""


class Silence:
    """Measures the longest stretch in which nothing is heard."""

    scale = Scale(id="silence", unit="s", direction=Direction.AT_MOST, threshold=LONGEST_S)

    def __call__(self, shown: LineShown) -> Finding:
        """Gives its length; a line in which nothing at all is heard is silent for ever long."""
        if shown.quiet.all():
            value = max(shown.duration_s, 2 * LONGEST_S)
            return self.scale.finding(value, "Nothing is heard; speak the line again.")
        longest = max((end - first for first, end in shown.gaps), default=0) * FRAME_S
        return self.scale.finding(
            longest, f"The voice is silent for {longest:.1f} s; say the line in one breath."
        )
