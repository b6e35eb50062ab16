"""Whether a film's sound stays below what players can reproduce."""

from __future__ import annotations

import math

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.film.shown import FilmShown
from nightshoot.tools.measure.protocol import NotJudged, Scale

TRUE_PEAK_DBTP = -1.0
"""Source: EBU R 128: no true peak above -1 dBTP."""


class TruePeak:
    """Measures the highest peak between the samples."""

    scale = Scale(
        id="true_peak", unit="dBTP", direction=Direction.AT_MOST, threshold=TRUE_PEAK_DBTP
    )

    def __call__(self, shown: FilmShown) -> Finding | NotJudged:
        """Gives the peak; a film without sound has none."""
        if shown.sound is None or not math.isfinite(shown.sound.true_peak_dbtp):
            return NotJudged("the film is silent")
        peak = shown.sound.true_peak_dbtp
        return self.scale.finding(peak, f"The film's true peak is {peak:.1f} dBTP.")
