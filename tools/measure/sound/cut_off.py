"""Whether a line breaks off in the middle of a sound."""

from __future__ import annotations

import numpy as np

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.measure.sound.shown import LineShown

HIGHEST_DB = -29.0
"""Source: `benchmarks/critic/sound.py`: Kokoro's lines end 33 dB and more under their speech; a
line that is broken off in a syllable ends 0 to 25 dB under it."""

_LAST = 3
"""Hundredths of a second at the end that are listened to."""


class CutOff:
    """Measures how loud the very end is against the speech: a voice dies away, a cut does not."""

    scale = Scale(
        id="cut_off",
        unit="dB of the speech",
        direction=Direction.AT_MOST,
        threshold=HIGHEST_DB,
    )

    def __call__(self, shown: LineShown) -> Finding | NotJudged:
        """Gives the level of the last 30 ms against that of the speech."""
        if not shown.heard_s:
            return NotJudged("nothing is heard")
        ending = 10 * np.log10(np.mean(10 ** (shown.levels[-_LAST:] / 10)))
        return self.scale.finding(
            float(ending) - shown.speech_db,
            "The line breaks off in the middle of a sound; speak it to its end.",
        )
