"""Whether a take has as many frames as were planned."""

from __future__ import annotations

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.protocol import Scale
from nightshoot.tools.measure.shown import TakeShown


class FrameCount:
    """Counts frames that are missing or too many."""

    scale = Scale(id="frame_count", unit="frames", direction=Direction.AT_MOST, threshold=0)

    def __call__(self, shown: TakeShown) -> Finding:
        """Gives how far off the count is."""
        found, asked = len(shown.footage.luma), shown.plan.num_frames
        return self.scale.finding(
            abs(found - asked), f"The take has {found} frames, the plan asks for {asked}."
        )
