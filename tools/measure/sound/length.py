"""Whether as much is said as the text holds: nothing left out, nothing babbled on."""

from __future__ import annotations

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.measure.sound.shown import LineShown
from nightshoot.tools.measure.sound.syllables import peaks

MOST_OFF = 0.35
"""As a share of the text's syllables. Source: `benchmarks/critic/sound.py`: in lines of Kokoro's
voices up to 0.29 of the syllables are not told from their neighbours; half of a line left out is
0.4 and more."""

FEWEST = 4
"""Below this, one syllable more or less decides."""

GRACE = 2
"""Peaks that may be too many: a breath, a click, a word said in two beats."""


class Length:
    """Compares the syllables that are heard with those of the text."""

    scale = Scale(
        id="length",
        unit="of the syllables",
        direction=Direction.AT_MOST,
        threshold=MOST_OFF,
    )

    def __call__(self, shown: LineShown) -> Finding | NotJudged:
        """Gives the share of syllables that are missing or too many."""
        if not shown.syllables:
            return NotJudged("the text has no syllables that can be counted")
        if shown.syllables < FEWEST:
            return NotJudged("the text has too few syllables to count those that are heard")
        if not shown.heard_s:
            return NotJudged("nothing is heard")
        heard, written = peaks(shown.sound), shown.syllables
        missing, more = written - heard, heard - written - GRACE
        return self.scale.finding(
            max(missing, more, 0) / written,
            f"About {heard} syllables are heard where the text has {written}; say all of it, and "
            "nothing else.",
        )
