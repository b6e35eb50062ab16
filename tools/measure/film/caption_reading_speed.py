"""Whether every caption can be read while it is shown."""

from __future__ import annotations

from nightshoot.domain.review import Direction, Finding
from nightshoot.domain.vocabulary import Locale
from nightshoot.tools.edit.parts import film_captions
from nightshoot.tools.edit.phrases import units_of
from nightshoot.tools.measure.film.captions import quoted
from nightshoot.tools.measure.film.shown import FilmShown
from nightshoot.tools.measure.protocol import NotJudged, Scale

FASTEST: dict[Locale, float] = {Locale.ZH: 9.0, Locale.EN: 20.0}
"""Characters a second. Source: Netflix Timed Text Style Guides: Simplified Chinese 9 in programmes
for adults, English 20; the BBC's Subtitle Guidelines (160 to 180 words a minute, about 15 letters a
second) are stricter, and are written for speech that may be shortened, which ours must not."""

TOLERANCE = 1.1
"""Times the fastest. Source: a caption is shown in whole frames, and goes with its voice: at 24
frames a second the shortest caption of 0.8 s is up to 5 % off, and the next one may take a frame
more; a tenth over the limit reads like the limit."""


class CaptionReadingSpeed:
    """Finds the caption that must be read fastest, as the film shows it."""

    scale = Scale(
        id="caption_reading_speed",
        unit="x the fastest readable",
        direction=Direction.AT_MOST,
        threshold=TOLERANCE,
    )

    def __call__(self, shown: FilmShown) -> Finding | NotJudged:
        """Gives the speed of the fastest caption, in multiples of the fastest readable."""
        captions = film_captions(shown.cut)
        if not captions:
            return NotJudged("the film has no captions")
        speeds = [
            units_of("".join(caption.text.split("\n")), shown.locale)
            / float((caption.end - caption.start) / shown.cut.fps)
            for caption in captions
        ]
        worst = max(range(len(speeds)), key=lambda place: speeds[place])
        caption, limit = captions[worst], FASTEST[shown.locale]
        return self.scale.finding(
            speeds[worst] / limit,
            f"The caption “{quoted(caption)}” must be read at {speeds[worst]:.1f} characters a "
            f"second, and {limit:g} is the most; speak slower, or say less.",
            frame=caption.start,
        )
