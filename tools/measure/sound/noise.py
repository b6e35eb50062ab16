"""Whether hiss or hum is heard between the words."""

from __future__ import annotations

import numpy as np

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.measure.sound.shown import LineShown

LOUDEST_DB = -31.0
"""Source: `benchmarks/critic/sound.py`: between the words of Kokoro's lines it is 35 dB and more
under the speech. The benchmark counts noise as noticed from 25 dB under it."""

QUIETEST = 0.03
"""The share of a line that is surely between words: 45 ms of silence at either end are 3 % of a
line of three seconds. Source: `trim.trimmed`, which leaves that much."""

_MOST = 8
"""Hundredths of a second, for a long line without a pause: what is surely silent at its ends."""

_SHORTEST_S = 0.3


class Noise:
    """Measures the level of the quietest moments against that of the speech."""

    scale = Scale(
        id="noise",
        unit="dB of the speech",
        direction=Direction.AT_MOST,
        threshold=LOUDEST_DB,
    )

    def __call__(self, shown: LineShown) -> Finding | NotJudged:
        """Gives how far under the speech the floor of noise lies, no deeper than 100 dB."""
        if not shown.heard_s or shown.duration_s < _SHORTEST_S:
            return NotJudged("too little is heard to tell noise from speech")
        place = max(1, min(round(QUIETEST * len(shown.levels)), _MOST)) - 1
        floor = float(np.sort(shown.levels)[place])
        return self.scale.finding(
            floor - shown.speech_db,
            "Noise is heard between the words; use a cleaner voice.",
        )
