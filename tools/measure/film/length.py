"""Whether a film is as long as the brief asks."""

from __future__ import annotations

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.film.shown import FilmShown
from nightshoot.tools.measure.protocol import NotJudged, Scale

MOST_OFF = 0.35
"""How far a film may be from the length asked for, as a share of it. Source: the project's own
tests ask for 20 s and accept 14 to 27 s: lines are not cut to fit, and the cards add four seconds
to whatever is told; who asks for a minute is not served by a film of 30 or 90 seconds."""


class Length:
    """Compares the film's length with the length asked for."""

    scale = Scale(
        id="length",
        unit="of the length asked for",
        direction=Direction.AT_MOST,
        threshold=MOST_OFF,
    )

    def __call__(self, shown: FilmShown) -> Finding | NotJudged:
        """Gives by what share the film is too long or too short."""
        if shown.asked_s is None:
            return NotJudged("the brief asks for no length")
        found, asked = shown.film.duration_s, shown.asked_s
        return self.scale.finding(
            abs(found - asked) / asked,
            f"The film lasts {found:.1f} s where {asked:.1f} s were asked for; "
            f"{'tell less' if found > asked else 'tell more'}, or ask for another length.",
        )
