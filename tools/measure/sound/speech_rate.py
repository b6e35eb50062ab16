"""Whether a line is said too fast or too slowly to be listened to."""

from __future__ import annotations

from nightshoot.domain.review import Direction, Finding
from nightshoot.domain.vocabulary import Locale
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.measure.sound.shown import LineShown
from nightshoot.tools.measure.sound.syllables import characters, syllables, words

A_CHARACTER_S, A_SYLLABLE_S, A_WORD_S = 0.173, 0.138, 0.068
"""How long a Chinese character takes, pauses left out, a syllable of any other word, and each such
word besides: two words of one syllable hold more sounds than one word of two."""

EXTRA_S: dict[Locale, float] = {Locale.ZH: 0.16, Locale.EN: 0.06}
"""What a line needs besides: its last syllable is drawn out. Source of all: least squares of the
ratio over 109 lines of four syllables and more of the tuned voices of `benchmarks/critic/sound.py`;
8 % is left in either language (12 % in English by syllables alone)."""

SLACK_S = 0.1
"""How much longer a line may be drawn for its own sake, as in a call of two syllables."""

MOST_OFF = 1.3
"""How many times faster or slower than usual a line may be. Source: `benchmarks/critic/sound.py`:
109 lines of the tuned voices, with directions from whispering to excited, lie between 1.22 times as
slow and 1.19 as fast; at 1.26, a slow voice that was not among them lost four lines of eight."""

CURT_S = 0.2
"""By how much a line of one syllable may be longer than its share of a longer one: it has no pace
of its own. Source: "Run!" is drawn to 2.3 times its share by one voice of the tuned ones."""

CURT_SHARE = 0.25
"""And by how much of its share it may be shorter, no more than `CURT_S`: what is left of "Stop."
where it breaks off after 0.1 s is not curt."""

WHOLE = 5
"""From so many syllables on there is no such allowance. Source: "我知道了。" is said 1.31 times as
fast as longer lines, those of five syllables no more than 1.19 times."""


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
        usual = usual_s(shown.text, shown.locale)
        curt = CURT_S * max(0.0, (WHOLE - shown.syllables) / (WHOLE - 1))
        fast = usual / (shown.heard_s + min(curt, CURT_SHARE * usual))
        slow = shown.heard_s / (usual + SLACK_S + curt)
        rate = shown.syllables / shown.heard_s
        fault, wish = ("fast", "slower") if fast > slow else ("slowly", "faster")
        return self.scale.finding(
            max(fast, slow),
            f"The line is said too {fault}, {rate:.1f} syllables a second; speak {wish}, and say "
            "all of it once.",
        )


def usual_s(text: str, locale: Locale) -> float:
    """Gives how long a text takes at a usual pace, pauses left out."""
    han = characters(text)
    others = A_SYLLABLE_S * (syllables(text) - han) + A_WORD_S * words(text)
    return EXTRA_S[locale] + A_CHARACTER_S * han + others
