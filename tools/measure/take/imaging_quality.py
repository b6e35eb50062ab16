"""Whether a take is blurred or without detail.

`imaging_quality` is VBench's name (Huang et al., CVPR 2024); they ask a network, this measures
edges.
"""

from __future__ import annotations

import numpy as np

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.edges import edge_width
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.small import sampled
from nightshoot.tools.measure.take.sharpness_kept import SOFTER, width_of_keyframe

SOFT_EDGE = 3.6
"""Source: measured at 270 wide. Clean shadow-play takes and real footage (bigbuckbunny, carphone)
have 3.03 at most; a Gaussian blur of 0.75 percent of the width gives 3.8 to 4.6."""

_FRAMES = 5


class ImagingQuality:
    """Measures how wide the sharpest edges are, at the median of the take."""

    scale = Scale(
        id="imaging_quality",
        unit="pixels that the sharpest edges are wide",
        direction=Direction.AT_MOST,
        threshold=SOFT_EDGE,
    )

    def __call__(self, shown: TakeShown) -> Finding | NotJudged:
        """Gives the median over frames; a short blur of motion is none of the picture's.

        Snow, fog and a lens that is near have wide edges by right, where the keyframe has them.
        """
        luma = shown.footage.luma
        widths = {at: edge_width(luma[at]) for at in sampled(len(luma), _FRAMES)}
        seen = {at: width for at, width in widths.items() if width is not None}
        if 2 * len(seen) < len(widths):
            return NotJudged("the picture has too few edges")
        worst = max(seen, key=lambda at: seen[at])
        width = float(np.median(list(seen.values())))
        if width > SOFT_EDGE and width <= SOFTER * (width_of_keyframe(shown) or 0.0):
            return NotJudged("the approved keyframe is as soft")
        return self.scale.finding(
            width,
            "The picture is blurred; ask for sharp focus and fine detail.",
            frame=worst,
        )
