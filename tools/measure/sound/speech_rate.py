"""Whether a line is said too fast or too slowly to be listened to."""

from __future__ import annotations

from nightshoot.domain.review import Direction, Finding
from nightshoot.domain.vocabulary import Locale
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.measure.sound.shown import LineShown

SYLLABLES_A_SECOND = 5.8
"""Of a long line, pauses left out, in Mandarin as in English."""

EXTRA_S: dict[Locale, float] = {Locale.ZH: 0.12, Locale.EN: 0.44}
"""What a line needs besides: its last syllable is drawn out. Source of both: a straight line
through 95 lines of Kokoro's voices of 1 to 21 syllables, then moved to the middle of the tuned
half of `benchmarks/critic/sound.py`."""

SLACK_S = 0.1
"""How much longer a line may be drawn for its own sake, as in a call of two syllables."""

MOST_OFF = 1.3
"""How many times faster or slower than usual a line may be. Source: `benchmarks/critic/sound.py`:
Kokoro's voices, with directions from whispering to excited, reach 1.29 times as fast and 1.18 times
as slow (one line of the reported half reaches 1.33); the same lines sped up by 1.7 are at least
1.31 times as fast as usual."""


CURT_S = 0.2
"""By how much a curt line may be shorter than its share of a longer one: it has no pace of its own.
Source: "No." lasts 0.38 to 0.5 s in Kokoro's voices, its share of a longer line 0.6 s."""

CURT = 3
"""Up to so many syllables a line has the whole allowance."""

WHOLE: dict[Locale, int] = {Locale.ZH: 4, Locale.EN: 8}
"""From so many on it has none. Source: "I know what you did.", five syllables, is said up to 1.42
times as fast as longer English lines; Mandarin ones of four and five are said as fast as any."""


class SpeechRate:
    """Compares how long speech is heard, pauses left out, with what the text needs."""

    scale = Scale(
        id="speech_rate",
        unit="x off the usual pace",
        direction=Direction.AT_MOST,
        threshold=MOST_OFF,
    )

    def __call__(self, shown: LineShown) -> Finding | NotJudged:
        """Gives how many times faster or slower than usual the line is said."""
        if not shown.heard_s:
            return NotJudged("nothing is heard")
        if not shown.syllables:
            return NotJudged("the text has no syllables that can be counted")
        usual = EXTRA_S[shown.locale] + shown.syllables / SYLLABLES_A_SECOND
        whole = WHOLE[shown.locale]
        curt = CURT_S * min(1.0, max(0.0, (whole - shown.syllables) / (whole - CURT)))
        fast, slow = usual / (shown.heard_s + curt), shown.heard_s / (usual + SLACK_S)
        rate = shown.syllables / shown.heard_s
        fault, wish = ("fast", "slower") if fast > slow else ("slowly", "faster")
        return self.scale.finding(
            max(fast, slow),
            f"The line is said too {fault}, {rate:.1f} syllables a second; speak {wish}, and say "
            "all of it once.",
        )
