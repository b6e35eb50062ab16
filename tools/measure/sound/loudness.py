"""Whether a line is loud enough to be raised without its noise."""

from __future__ import annotations

import math

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.protocol import Scale
from nightshoot.tools.measure.sound.shown import LineShown
from nightshoot.tools.speech.trim import loudness_lufs

SOFTEST_LUFS = -26.0
"""Source: `trim.LINE_LUFS` is -20 LUFS; a line whose peaks stand in the way is softer, Kokoro's by
up to 5.1 LU. What is softer by 6 LU is raised by so much in the mix, with all that hisses in it."""

_SILENT_LUFS = -70.0


class LineLoudness:
    """Measures the integrated loudness by ITU-R BS.1770-5."""

    scale = Scale(id="loudness", unit="LUFS", direction=Direction.AT_LEAST, threshold=SOFTEST_LUFS)

    def __call__(self, shown: LineShown) -> Finding:
        """Gives the loudness; -70 LUFS, the gate of the standard, for silence."""
        found = loudness_lufs(shown.sound)
        value = found if math.isfinite(found) else _SILENT_LUFS
        return self.scale.finding(
            value, f"The line is too soft, {value:.0f} LUFS; speak it at a usual level."
        )
