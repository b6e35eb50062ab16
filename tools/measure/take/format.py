"""Whether a take has the size and the rate that were planned."""

from __future__ import annotations

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.protocol import Scale
from nightshoot.tools.measure.shown import TakeShown


class Format:
    """Compares width, height and frame rate."""

    scale = Scale(id="format", unit="mismatches", direction=Direction.AT_MOST, threshold=0)

    def __call__(self, shown: TakeShown) -> Finding:
        """Gives 0 where all three are right, else 1."""
        plan, take = shown.plan, shown.footage
        right = (take.width, take.height, take.fps) == (plan.width, plan.height, plan.fps)
        return self.scale.finding(
            0 if right else 1,
            f"The take is {take.width}x{take.height} at {take.fps}, "
            f"the plan asks for {plan.width}x{plan.height} at {plan.fps}.",
        )
