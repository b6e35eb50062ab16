"""Whether a line is clipped: its waves cut off flat, which crackles."""

from __future__ import annotations

import numpy as np

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.protocol import Scale
from nightshoot.tools.measure.sound.shown import LineShown
from nightshoot.tools.speech.trim import Samples

MOST_FLAT = 0.05
"""In percent of the samples. Source: `benchmarks/critic/sound.py`: no clean line has a single flat
top of three samples; of 19 in 20 lines driven 6 dB over what they hold, 0.18 % and more is flat."""

_LEVEL = 0.9985
"""How near to the highest a sample of a flat top is. Source: a line that is made quieter after it
was clipped is rounded to 16 bits again, which moves a sample at -20 dB by 0.03 %."""

_RUN = 3
"""So many samples in a row make a flat top; a round one has two at most at 24 kHz."""


class Clipping:
    """Measures how many samples lie on flat tops, on the worse side of the wave.

    Flat tops are seen at any level, but not after a lossy codec such as MP3, which makes them
    round again.
    """

    scale = Scale(
        id="clipping", unit="% of samples", direction=Direction.AT_MOST, threshold=MOST_FLAT
    )

    def __call__(self, shown: LineShown) -> Finding:
        """Gives the share."""
        share = 100 * max(_flat(shown.sound), _flat(-shown.sound))
        return self.scale.finding(
            share, "The sound is clipped, its waves are cut off flat; speak it less loud."
        )


def _flat(sound: Samples) -> float:
    """Gives the share of samples on flat tops above zero."""
    if not len(sound) or float(sound.max()) <= 0:
        return 0.0
    near = sound >= float(sound.max()) * _LEVEL
    edges = np.flatnonzero(np.diff(np.concatenate([[False], near, [False]])))
    runs = edges[1::2] - edges[::2]
    return float(runs[runs >= _RUN].sum()) / len(sound)
