"""Whether the picture goes black between two shots where the cut asks for no black."""

from __future__ import annotations

import numpy as np

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.film.shown import FilmShown, join_frames
from nightshoot.tools.measure.protocol import NotJudged, Scale

BRIGHT = 0.9
"""The share of the picture that must be dark for a frame to be black. Source: the letters of a
caption of two lines, which stay on a black picture, cover 3 to 6 % of ours."""

BLACK_LUMA = 16.0
"""Brightness, of 255, that nine tenths of a black picture stay under. Source: 16 is black in
video of limited range (ITU-R BT.709); the darkest frame at a join of eight films by the embedded
painter, most of them at night, has 75."""


class BlackJoins:
    """Finds the darkest frame at a join; dips to black and cards are asked for."""

    scale = Scale(
        id="black_joins",
        unit="luma of 255",
        direction=Direction.AT_LEAST,
        threshold=BLACK_LUMA,
    )

    def __call__(self, shown: FilmShown) -> Finding | NotJudged:
        """Gives how bright the brighter part of the darkest frame at a join is."""
        lights = {
            number: float(np.quantile(_luma(shown.pictures[number]), BRIGHT))
            for number in join_frames(shown.cut)
            if number in shown.pictures
        }
        if not lights:
            return NotJudged("no frame at a join of two shots could be seen")
        darkest = min(lights, key=lambda number: lights[number])
        seconds = float(darkest / shown.cut.fps)
        return self.scale.finding(
            lights[darkest],
            f"The picture is black at a join, {seconds:.1f} s into the film, where the cut asks "
            "for no black.",
            frame=darkest,
        )


def _luma(
    picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Source: ITU-R BT.709, the weights of the primaries."""
    return np.asarray(picture @ np.array([0.2126, 0.7152, 0.0722]))
