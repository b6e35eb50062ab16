"""Whether a caption must go before its time because the next one is there."""

from __future__ import annotations

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.film.captions import placed, quoted
from nightshoot.tools.measure.film.shown import FilmShown
from nightshoot.tools.measure.protocol import NotJudged, Scale


class CaptionOverlap:
    """Finds the longest time that two captions are asked for at once.

    The cut shows the later one alone, so that the earlier loses that much of its reading time.
    """

    scale = Scale(id="caption_overlap", unit="frames", direction=Direction.AT_MOST, threshold=0)

    def __call__(self, shown: FilmShown) -> Finding | NotJudged:
        """Gives the frames that the worst pair shares."""
        captions = placed(shown.cut)
        if not captions:
            return NotJudged("the film has no captions")
        worst, at, before, latest = 0, captions[0], captions[0], captions[0]
        for caption in captions[1:]:
            shared = min(latest.end, caption.end) - caption.start
            if shared > worst:
                worst, at, before = shared, caption, latest
            latest = max(latest, caption, key=lambda one: one.end)
        return self.scale.finding(
            worst,
            f"The caption “{quoted(at)}” begins before “{quoted(before)}” has ended.",
            frame=at.start if worst else None,
        )
