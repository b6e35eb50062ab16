"""Judges a spoken line: each measure gives one finding, or says why it has none."""

from __future__ import annotations

from nightshoot.domain.review import Review
from nightshoot.tools.measure.protocol import Measure, NotJudged
from nightshoot.tools.measure.sound.clipping import Clipping
from nightshoot.tools.measure.sound.cut_off import CutOff
from nightshoot.tools.measure.sound.length import Length
from nightshoot.tools.measure.sound.loudness import LineLoudness
from nightshoot.tools.measure.sound.noise import Noise
from nightshoot.tools.measure.sound.shown import LineShown
from nightshoot.tools.measure.sound.silence import Silence
from nightshoot.tools.measure.sound.speech_rate import SpeechRate

VERSION = "2"
"""Changes whenever the same line would be judged otherwise; part of every review's key."""

MEASURES: tuple[Measure[LineShown], ...] = (
    Silence(),
    Length(),
    CutOff(),
    SpeechRate(),
    LineLoudness(),
    Clipping(),
    Noise(),
)
"""In the order in which they are told."""


def judge_line(shown: LineShown) -> Review:
    """Gives the verdict on a spoken line."""
    found = [(measure.scale.id, measure(shown)) for measure in MEASURES]
    return Review(
        findings=tuple(one for _, one in found if not isinstance(one, NotJudged)),
        not_judged=tuple(f"{name}: {one.why}" for name, one in found if isinstance(one, NotJudged)),
    )
