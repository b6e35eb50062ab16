"""Whether two shots of a film show the same picture from beginning to end."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from nightshoot.domain.cut import Clip, ClipKind, Cut
from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.film.shown import FilmShown, Picture
from nightshoot.tools.measure.protocol import NotJudged, Scale

LEAST_APART = 6.0
"""Mean difference, of 255, of two shots at the moment when they differ most. Source: the shots of
eight films by the embedded painter, up to 16 in a film, of the same places and people, are 11.5 and
more apart; the same shot encoded at CRF 40, enlarged by 2 %, brighter by 3 % or six frames later is
up to 4.7 apart."""

_SEEN = 0.7
"""The upper part of the picture that is compared; captions stand below. Source: captions of two
lines reach up to 0.75 of our upright pictures and 0.80 of wide ones."""


class DuplicateShots:
    """Finds the two shots that differ least, at the moment when they differ most.

    The same file twice in a cut is somebody's choice and no fault; two takes that come out the same
    are one: a service gave the same picture for two requests, or a model ignored its prompt.
    """

    scale = Scale(
        id="duplicate_shots",
        unit="difference of 255",
        direction=Direction.AT_LEAST,
        threshold=LEAST_APART,
    )

    def __call__(self, shown: FilmShown) -> Finding | NotJudged:
        """Gives the difference of the two shots that are most alike."""
        seen = [
            (clip, start, pictures)
            for clip, start, pictures in _seen(shown)
            if clip.kind is ClipKind.SHOT and pictures
        ]
        apart = [
            (_difference(one[2], two[2]), one, two)
            for one, two in combinations(seen, 2)
            if one[0].take != two[0].take
        ]
        if not apart:
            return NotJudged("there are no two shots to compare")
        least, one, two = min(apart, key=lambda pair: (pair[0], pair[1][1], pair[2][1]))
        return self.scale.finding(
            least,
            f"The shots {one[0].id} and {two[0].id} show the same picture; shoot one of them again "
            "from another distance or angle.",
            frame=two[1] + min(two[2]),
        )


def _seen(shown: FilmShown) -> list[tuple[Clip, int, dict[int, Picture]]]:
    """Gives each clip, its start, and what was sampled of it alone, by its own frames."""
    cut: Cut = shown.cut
    found, before = [], 0
    for clip, start in zip(cut.clips, cut.starts, strict=True):
        alone = range(start + before, start + clip.num_frames - clip.transition_frames)
        pictures = {
            number - start: picture[: max(1, round(len(picture) * _SEEN))]
            for number, picture in shown.pictures.items()
            if number in alone
        }
        found.append((clip, start, pictures))
        before = clip.transition_frames
    return found


def _difference(one: dict[int, Picture], two: dict[int, Picture]) -> float:
    """Gives how different two shots are at their most different moment.

    Every picture of each is compared with that of the other that is nearest in time: a shot that
    begins like another and goes elsewhere is not the same.
    """
    return max(
        float(np.abs(picture.astype(np.int16) - there[_nearest(there, number)]).mean())
        for here, there in ((one, two), (two, one))
        for number, picture in here.items()
        # What the longer one shows after the shorter has ended has nothing to be compared with.
        if number <= max(there) + _SLACK
    )


_SLACK = 24
"""Frames: half the distance of two samples. Source: `keyint` of the parts, 48."""


def _nearest(pictures: dict[int, Picture], number: int) -> int:
    return min(pictures, key=lambda other: (abs(other - number), other))
