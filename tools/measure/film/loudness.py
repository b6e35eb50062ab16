"""Whether a film is as loud as films on phones and on the web are."""

from __future__ import annotations

import math

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.film.shown import FilmShown
from nightshoot.tools.measure.protocol import NotJudged, Scale

LOUDNESS_LUFS = -16.0
"""Integrated loudness of a film. Source: AES TD1008 (2021) recommends -16 LUFS for speech on the
web and on phones."""

LOUDNESS_TOLERANCE = 1.0
"""In LU. Source: EBU R 128 allows programmes that cannot be normalised exactly 1 LU."""


class FilmLoudness:
    """Measures how far the integrated loudness is from where it should be."""

    scale = Scale(
        id="loudness",
        unit=f"LU from {LOUDNESS_LUFS:g} LUFS",
        direction=Direction.AT_MOST,
        threshold=LOUDNESS_TOLERANCE,
    )

    def __call__(self, shown: FilmShown) -> Finding | NotJudged:
        """Gives the distance; a film without sound has none."""
        if shown.sound is None or not math.isfinite(shown.sound.integrated_lufs):
            return NotJudged("the film is silent")
        loudness = shown.sound.integrated_lufs
        return self.scale.finding(
            abs(loudness - LOUDNESS_LUFS), f"The film's loudness is {loudness:.1f} LUFS."
        )
