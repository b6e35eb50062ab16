"""What the measures of a take are shown: the plan, the frames decoded once, the keyframe."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from nightshoot.domain.shot import ShotPlan
from nightshoot.tools.measure.frames import Footage, Picture
from nightshoot.tools.measure.motion import Motion, motion_of


@dataclass(frozen=True)
class TakeShown:
    """A take before its judges."""

    plan: ShotPlan
    footage: Footage
    keyframe: Picture | None = None
    """The approved keyframe, `(height, width, 3)` uint8 BGR at its own size; None: not at hand."""

    @cached_property
    def motion(self) -> Motion:
        """How the picture moves, found once for all measures that ask."""
        return motion_of(self.footage.luma, float(self.footage.fps))
